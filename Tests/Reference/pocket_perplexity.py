#!/usr/bin/env python3
"""Perplexity of the pocket Llama: Float32 against Q4_K_M, swiftrag against llama.cpp.

    .venv/bin/python Tests/Reference/pocket_perplexity.py [--examples 60] [--f32 FILE.gguf]

The text is generated with held-out names (Benchmarks/pocket/pocket_data.py). Counted are the tokens
of the answers, and separately those of passages and question, whose invented names and numbers
nothing can know beforehand. An answer is exact where every token of it is the most likely one, so
greedy text is it to the letter; the citation where its tokens from the bracket on are. Where --f32
is not given, only the quantised file is measured.
"""

import argparse
import pathlib
import random
import sys

import numpy as np

import swiftrag
from llama_cpp_model import F32, LlamaCpp

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks/pocket"))
import pocket_data  # noqa: E402  (a folder of its own)


def log_probabilities(logits, ids):
    """ln p of ids[1:], from the logits of every position before."""
    rows = logits[:-1].astype(np.float64)
    rows -= rows.max(axis=1, keepdims=True)
    rows -= np.log(np.exp(rows).sum(axis=1, keepdims=True))
    return rows[np.arange(len(ids) - 1), ids[1:]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=pathlib.Path,
                        default=ROOT / "Tests/Fixtures/pocket/pocket-Q4_K_M.gguf")
    parser.add_argument("--f32", type=pathlib.Path)
    parser.add_argument("--examples", type=int, default=60)
    parser.add_argument("--skip-ours", action="store_true")
    parser.add_argument("--maximum", type=float, default=1e-3,
                        help="largest relative difference of a perplexity to llama.cpp's")
    options = parser.parse_args()
    rng = random.Random(30_000)
    examples = [pocket_data.example(rng, held_out=True) for _ in range(options.examples)]
    failed = False
    for name, path in {"Q4_K_M": options.model, "F32": options.f32}.items():
        if path is None:
            continue
        peer = LlamaCpp(path, context=2048, batch=2048, threads=2, cache=F32, repack=False,
                        flash=False)
        totals, exact, cited = {}, {}, {}
        for passages, question, answer in examples:
            prompt = peer.tokenize(pocket_data.prompt_text(passages, question))
            whole = peer.tokenize(pocket_data.prompt_text(passages, question) + " " + answer) + [2]
            peer.rewind()
            found = {"llama.cpp": peer.evaluate(whole, "all")}
            if not options.skip_ours:
                found["swiftrag"] = swiftrag.logits(path, whole, cache="f32")[0]
            bracket = len(peer.tokenize(
                pocket_data.prompt_text(passages, question) + " " + answer.split(" [")[0]))
            for program, logits in found.items():
                right = logits[:-1].argmax(axis=1) == np.array(whole[1:])
                exact[program] = exact.get(program, 0) + right[len(prompt) - 1:].all()
                cited[program] = cited.get(program, 0) + right[bracket - 1:].all()
                logs = log_probabilities(logits, whole)
                for part, values in {"answer": logs[len(prompt) - 1:],
                                     "prompt": logs[:len(prompt) - 1]}.items():
                    totals.setdefault((program, part), []).extend(values)
        peer.close()
        perplexity = {key: float(np.exp(-np.mean(values))) for key, values in totals.items()}
        for part in ["answer", "prompt"]:
            theirs = perplexity["llama.cpp", part]
            line = f"{name} {part}: llama.cpp {theirs:.5f}"
            if not options.skip_ours:
                ours = perplexity["swiftrag", part]
                line += f", swiftrag {ours:.5f} ({ours / theirs - 1:+.1e})"
                failed |= abs(ours / theirs - 1) > options.maximum
            print(f"{line}, {len(totals['llama.cpp', part])} tokens")
        for program in exact:
            print(f"{name} {program}: {exact[program]} of {len(examples)} answers exact, "
                  f"{cited[program]} citations (the answer given)")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
