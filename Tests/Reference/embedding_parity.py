#!/usr/bin/env python3
"""Embeddings of `swiftrag embed` against sentence-transformers, on 1,000 texts.

    .venv/bin/python Tests/Reference/embedding_parity.py [--count 1000] [--kernels simd,blas]
        [--model DIRECTORY --quantised GGUF]

The texts are drawn (seeded) from XQuAD's paragraphs and questions and STS-B's sentences. For the
original Float32 weights the largest absolute difference has to stay below 2e-6; of the Q8_0 file the
cosines are reported, and for another model than the bundled one they have to reach 0.999. The texts
get no prompts. Exit status 1 when a bound does not hold.
"""

import argparse
import pathlib
import random
import sys

import numpy as np
from sentence_transformers import SentenceTransformer

import swiftrag
from differential_texts import asset_texts

ROOT = pathlib.Path(__file__).parents[2]
BUNDLED = ROOT / "models/embeddings/all-MiniLM-L6-v2/all-MiniLM-L6-v2-Q8_0.gguf"


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
    texts = random.Random(1).sample(texts, options.count)
    original = options.model or options.assets / "minilm"
    model = SentenceTransformer(str(original), device="cpu")
    lengths = [len(ids) for ids in model.tokenizer(texts, truncation=False)["input_ids"]]
    limit = model.max_seq_length
    print(f"{len(texts)} texts, {sum(lengths)} tokens, {sum(n > limit for n in lengths)} of them cut "
          f"at {limit}")
    reference = model.encode(texts, batch_size=32)
    failed = False
    for kernels in options.kernels.split(","):
        ours = swiftrag.embed(original, texts, kernels=kernels)
        difference = float(np.abs(ours - reference).max())
        failed |= difference > options.bound
        print(f"F32, {kernels}: largest absolute difference {difference:.3g} "
              f"(bound {options.bound:g})")
        cosines = (swiftrag.embed(options.quantised, texts, kernels=kernels) * reference).sum(axis=1)
        failed |= options.model is not None and cosines.min() < 0.999
        print(f"Q8_0, {kernels}: cosine mean {cosines.mean():.5f}, 1 % {np.quantile(cosines, 0.01):.5f}, "
              f"minimum {cosines.min():.5f} (a text of {lengths[int(cosines.argmin())]} tokens)")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
