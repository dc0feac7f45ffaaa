#!/usr/bin/env python3
"""Embeddings of `swiftrag embed` against sentence-transformers, on 1,000 texts and 1,000 short ones.

    .venv/bin/python Tests/Reference/embedding_parity.py [--count 1000] [--kernels simd,blas]
        [--model DIRECTORY --quantised GGUF]

The texts are drawn (seeded) from XQuAD's paragraphs and questions and STS-B's sentences. For the
original Float32 weights the largest absolute difference has to stay below 2e-6, and the cosines of the
Q8_0 file have to reach 0.999. The short texts are one to eight words in a row, as people type them into
a search. The texts get no prompts. Exit status 1 when a bound does not hold.
"""

import argparse
import pathlib
import random
import string
import sys

import numpy as np
from sentence_transformers import SentenceTransformer

import swiftrag
from differential_texts import asset_texts

ROOT = pathlib.Path(__file__).parents[2]
BUNDLED = ROOT / "models/embeddings/all-MiniLM-L6-v2/all-MiniLM-L6-v2-Q8_0.gguf"


def short_texts(texts, count):
    """One to eight neighbouring words of a text, without marks around them."""
    draw = random.Random(2)
    result = []
    while len(result) < count:
        words = draw.choice(texts).split()
        number = len(result) % 8 + 1
        start = draw.randrange(max(1, len(words) - number + 1))
        text = " ".join(words[start:start + number]).strip(string.punctuation + " ")
        if text:
            result.append(text)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--bound", type=float, default=2e-6)
    parser.add_argument("--kernels", default="simd,blas")
    parser.add_argument("--model", type=pathlib.Path, help="default: the assets' all-MiniLM-L6-v2")
    parser.add_argument("--quantised", type=pathlib.Path, default=BUNDLED)
    options = parser.parse_args()

    texts = sorted(set(asset_texts(options.assets)))
    short = short_texts(texts, options.count)
    texts = random.Random(1).sample(texts, options.count)
    original = options.model or options.assets / "minilm"
    model = SentenceTransformer(str(original), device="cpu")
    failed = False
    for name, group in [("", texts), ("short, ", short)]:
        lengths = [len(ids) for ids in model.tokenizer(group, truncation=False)["input_ids"]]
        limit = model.max_seq_length
        print(f"{name}{len(group)} texts, {sum(lengths)} tokens, {sum(n > limit for n in lengths)} of "
              f"them cut at {limit}")
        reference = model.encode(group, batch_size=32)
        for kernels in options.kernels.split(","):
            ours = swiftrag.embed(original, group, kernels=kernels)
            difference = float(np.abs(ours - reference).max())
            failed |= difference > options.bound
            print(f"{name}F32, {kernels}: largest absolute difference {difference:.3g} "
                  f"(bound {options.bound:g})")
            quantised = swiftrag.embed(options.quantised, group, kernels=kernels)
            cosines = (quantised * reference).sum(axis=1)
            failed |= cosines.min() < 0.999
            print(f"{name}Q8_0, {kernels}: cosine mean {cosines.mean():.5f}, "
                  f"1 % {np.quantile(cosines, 0.01):.5f}, minimum {cosines.min():.5f} "
                  f"(a text of {lengths[int(cosines.argmin())]} tokens)")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
