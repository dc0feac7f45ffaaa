#!/usr/bin/env python3
"""Spearman correlation on STS-B dev (English) of sentence-transformers and of `swiftrag embed`.

    .venv/bin/python Tests/Reference/sts_spearman.py [--kernels simd]

Cosine of the two sentences' embeddings against the mean human score, 1,500 pairs. F32 has to equal
the reference to four decimals, the bundled Q8_0 file to within 0.002.
"""

import argparse
import csv
import pathlib
import sys

import numpy as np
from scipy.stats import spearmanr
from sentence_transformers import SentenceTransformer

import swiftrag

ROOT = pathlib.Path(__file__).parents[2]
BUNDLED = ROOT / "models/embeddings/all-MiniLM-L6-v2/all-MiniLM-L6-v2-Q8_0.gguf"


def correlation(embeddings, scores):
    half = len(scores)
    left, right = embeddings[:half].astype(np.float64), embeddings[half:].astype(np.float64)
    norms = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return spearmanr((left * right).sum(axis=1) / norms, scores).statistic


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    parser.add_argument("--kernels", default="simd")
    options = parser.parse_args()

    with open(options.assets / "text/stsb-en-dev.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    scores = np.array([float(row[2]) for row in rows])
    texts = [row[0] for row in rows] + [row[1] for row in rows]
    original = options.assets / "minilm"
    reference = correlation(
        SentenceTransformer(str(original), device="cpu").encode(texts, batch_size=64), scores)
    f32 = correlation(swiftrag.embed(original, texts, kernels=options.kernels), scores)
    quantized = correlation(swiftrag.embed(BUNDLED, texts, kernels=options.kernels), scores)
    print(f"STS-B dev, {len(rows)} pairs, Spearman: sentence-transformers {reference:.6f}, "
          f"swiftrag F32 {f32:.6f}, Q8_0 {quantized:.6f} (difference {quantized - reference:+.6f})")
    equal = round(f32, 4) == round(reference, 4) or abs(f32 - reference) < 5e-6
    sys.exit(bool(not equal or abs(quantized - reference) > 0.002))


if __name__ == "__main__":
    main()
