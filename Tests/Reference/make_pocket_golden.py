#!/usr/bin/env python3
"""Writes Tests/Fixtures/pocket/golden.json: held-out prompts and llama.cpp's greedy answers.

    .venv/bin/python Tests/Reference/make_pocket_golden.py

For each of six examples: the prompt's text behind BOS, its ids by llama.cpp's tokenizer, the ids of
the greedy answer (f32 cache, file layout, no flash attention), its text, and the answer that the
passages give. Examples in which a choice of llama.cpp's has a margin below 0.3 are left out: the
rounding of activations decides those.
"""

import json
import pathlib
import random
import sys

from llama_cpp_model import F32, LlamaCpp, build

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks/pocket"))
import pocket_data  # noqa: E402  (a folder of its own)

END = 2
LEAST_MARGIN = 0.3


def main():
    folder = ROOT / "Tests/Fixtures/pocket"
    peer = LlamaCpp(folder / "pocket-Q4_K_M.gguf", context=2048, batch=2048, cache=F32,
                    repack=False, flash=False)
    rng, rows = random.Random(40_000), []
    while len(rows) < 6:
        passages, question, answer = pocket_data.example(rng, held_out=True)
        text = pocket_data.prompt_text(passages, question)
        ids = peer.tokenize(text)
        found, margins = peer.greedy(ids, 48)
        count = found.index(END) + 1 if END in found else len(found)
        if min(margins[:count]) < LEAST_MARGIN:
            continue
        rows.append({"prompt": text, "promptIDs": ids, "answerIDs": found[:count],
                     "answer": peer.text(found[:count]), "expected": answer,
                     "leastMargin": min(margins[:count])})
        print(f"{question}\n  {rows[-1]['answer']}  (expected {answer}, least margin "
              f"{rows[-1]['leastMargin']:.3f})")
    (folder / "golden.json").write_text(json.dumps(
        {"llamaCpp": build(), "examples": rows}, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
