#!/usr/bin/env python3
"""Logits and greedy text of the Llama family beside llama.cpp's, on the same synthetic files.

    .venv/bin/python Tests/Reference/llama_parity.py [--arch mistral ...] [--type q4_k_m ...]
        [--seed 1] [--work DIR] [--isa avx2] [--json FILE]

For each architecture `swiftrag bench model` writes a small Float32 file, and llama.cpp's quantiser
makes the other types of it (or, with --random-blocks, swiftrag writes random blocks of each type).
Both programs evaluate the same 256 tokens (BOS, then random ids) with an f32 and with an f16 cache,
without flash attention; then both go on greedily from BOS for 200 tokens. Printed for each:
  max/range  largest difference of a logit, relative to the range (largest - least) of that row
  KL         mean over the positions of KL(llama.cpp || swiftrag)
  own KL     the same between llama.cpp with one batch of 256 and llama.cpp token by token: what the
             order of its sums does. Activations are rounded to 8 bits before every product, so a
             difference in the last bit of a sum now and then becomes one of a whole step
  greedy     how many of 200 tokens are equal before the first difference; there, the margin of
             llama.cpp's choice over its second
Bounds: F32 1e-4 of the range; every type KL 1e-5; greedy text equal. The greedy text of
these models is a weak check (each token has a favoured successor, least margin above 2): the logits
are the strict one. Then the trained stories260K,
if the assets are there: 200 greedy steps against llama.cpp and the text of the golden file.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import swiftrag
from llama_cpp_model import F16, F32, LlamaCpp, build, quantize

ROOT = pathlib.Path(__file__).parents[2]
ARCHITECTURES = ["llama2", "codellama", "mistral", "phi3"]
TYPES = ["f32", "f16", "q8_0", "q4_k_m", "q5_k_m", "q6_k"]
# LLAMA_FTYPE_MOSTLY_* of llama.h.
FILE_TYPES = {"f16": 1, "q8_0": 7, "q4_k_m": 15, "q5_k_m": 17, "q6_k": 18}
TOKENS, STEPS = 256, 200


def log_softmax(rows):
    rows = rows.astype(np.float64)
    rows = rows - rows.max(axis=1, keepdims=True)
    return rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))


def divergence(reference, found):
    """KL(reference || found) of each row, in nats."""
    reference, found = log_softmax(reference), log_softmax(found)
    return (np.exp(reference) * (reference - found)).sum(axis=1)


def relative(reference, found):
    """The largest difference of each row by the row's range."""
    span = reference.max(axis=1) - reference.min(axis=1)
    return np.abs(reference - found).max(axis=1) / span


def make(architecture, kind, options, work):
    """The file of an architecture and a type, made unless it is there."""
    origin = "random" if options.random_blocks else "from-f32"
    path = work / f"{architecture}-{kind}-{options.seed}-{origin}.gguf"
    if path.exists():
        return path
    if options.random_blocks or kind == "f32":
        subprocess.run([swiftrag.program(), "bench", "model", "--arch", architecture, "--type", kind,
                        "--seed", str(options.seed), "--out", str(path), "--quiet"], check=True)
    else:
        quantize(make(architecture, "f32", options, work), path, FILE_TYPES[kind])
    return path


def same_prefix(left, right):
    for index, (a, b) in enumerate(zip(left, right)):
        if a != b:
            return index
    return min(len(left), len(right))


def compare(path, ids, cache, threads):
    """The row of one file and one type of cache."""
    kind = {"f32": F32, "f16": F16}[cache]
    peer = LlamaCpp(path, cache=kind, threads=threads, repack=False, flash=False)
    reference = peer.evaluate(ids, "all")
    theirs, margins = peer.greedy([ids[0]], STEPS)
    peer.rewind()
    single = np.concatenate([peer.evaluate([token]) for token in ids])
    peer.close()
    found, ours = swiftrag.logits(path, ids, cache=cache, threads=threads, greedy=STEPS)
    equal = same_prefix(theirs, ours)
    kl = divergence(reference, found)
    return {
        "cache": cache, "max": float(relative(reference, found).max()), "kl": float(kl.mean()),
        "klMax": float(kl.max()), "ownMax": float(relative(reference, single).max()),
        "ownKL": float(divergence(reference, single).mean()), "greedy": equal,
        "margin": None if equal == STEPS else margins[equal],
        "firstWorstRow": int(np.argmax(relative(reference, found) > 1e-3)),
    }


def check(row, kind):
    if row["greedy"] != STEPS or not row["kl"] <= 1e-5:
        return False
    return kind != "f32" or row["cache"] != "f32" or row["max"] <= 1e-4


def synthetic(options, work):
    rows, failed = [], []
    for architecture in options.arch:
        for kind in options.type:
            path = make(architecture, kind, options, work)
            # Byte and word pieces, no special ones.
            ids = [1] + np.random.default_rng(options.seed).integers(3, 500, TOKENS - 1).tolist()
            for cache in ["f32", "f16"]:
                row = {"arch": architecture, "type": kind,
                       **compare(path, ids, cache, options.threads)}
                row["passed"] = check(row, kind)
                rows.append(row)
                failed += [] if row["passed"] else [f"{architecture} {kind} {cache}"]
                margin = "" if row["margin"] is None else f" (margin {row['margin']:.4f})"
                print(f"{architecture:9} {kind:6} kv {cache}: max/range {row['max']:.1e}, KL "
                      f"{row['kl']:.1e} (max {row['klMax']:.1e}), own KL {row['ownKL']:.1e}, "
                      f"greedy {row['greedy']}/{STEPS}{margin}"
                      f"{'' if row['passed'] else '  FAILED'}", flush=True)
    return rows, failed


def stories(options):
    """The trained model of 260,000 weights: equal to llama.cpp and to the golden text."""
    path = options.assets / "llm/stories260K-f32.derived.gguf"
    golden = options.assets / "golden/golden.json"
    if not path.exists():
        print("stories260K: not there, skipped")
        return []
    peer = LlamaCpp(path, cache=F32, threads=options.threads, flash=False)
    theirs, _ = peer.greedy([1], STEPS)
    found, ours = swiftrag.logits(path, [1] + theirs[:-1], cache="f32", threads=options.threads,
                                  greedy=STEPS)
    peer.rewind()
    reference = peer.evaluate([1] + theirs[:-1], "all")
    text = peer.text(ours).strip()
    expected = json.loads(golden.read_text())["stories260K"]["text"].strip()
    # llama2.c counts its BOS among the 200 steps and stops there; the shorter text decides.
    length = min(len(text), len(expected))
    equal = text[:length] == expected[:length] and length > 400
    print(f"stories260K: greedy {same_prefix(theirs, ours)}/{STEPS}, max/range "
          f"{relative(reference, found).max():.1e}, {length} characters "
          f"{'equal to' if equal else 'DIFFERENT from'} the golden text")
    return [] if equal and theirs == ours else ["stories260K"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--arch", nargs="+", default=ARCHITECTURES, choices=ARCHITECTURES)
    parser.add_argument("--type", nargs="+", default=TYPES, choices=TYPES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random-blocks", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", type=pathlib.Path, help="where the files are written, and kept")
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    print(f"llama.cpp: {build()}")
    with tempfile.TemporaryDirectory() as directory:
        work = options.work or pathlib.Path(directory)
        work.mkdir(parents=True, exist_ok=True)
        rows, failed = synthetic(options, work)
    failed += stories(options)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    print(f"{len(rows)} comparisons, failed: {', '.join(failed) or 'none'}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
