#!/usr/bin/env python3
"""Loads a GGUF file of our converter in llama.cpp and compares embeddings of the same sentences.

    .venv/bin/python Tests/Reference/llama_cpp_embedding.py [--model FILE.gguf] [--minimum 0.999]

Checked: llama.cpp loads the file, and the cosine between its embedding and that of
sentence-transformers (and of `swiftrag embed`, where the program is built) is above the minimum.
llama.cpp computes with F16 and Q8_0 roundings of its own, so equality is not expected.
"""

import argparse
import pathlib
import sys

import numpy as np
from llama_cpp import LLAMA_POOLING_TYPE_MEAN, Llama
from sentence_transformers import SentenceTransformer

import swiftrag

ROOT = pathlib.Path(__file__).parents[2]
SENTENCES = [
    "The quick brown fox jumps over the lazy dog.",
    "How is the warranty of the dishwasher extended?",
    "Äpfel und Birnen: a naïve comparison, isn't it?",
    "MiniLM maps sentences to 384 numbers.",
    "東京は日本の首都です。",
]


def unit(rows):
    rows = np.asarray(rows, dtype=np.float64)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=pathlib.Path, default=ROOT / "models/embeddings/"
                        "all-MiniLM-L6-v2/all-MiniLM-L6-v2-Q8_0.gguf")
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    parser.add_argument("--minimum", type=float, default=0.999)
    parser.add_argument("--skip-ours", action="store_true")
    options = parser.parse_args()

    model = Llama(str(options.model), embedding=True, n_ctx=512, n_threads=2, verbose=False,
                  pooling_type=LLAMA_POOLING_TYPE_MEAN)
    theirs = unit([model.embed(sentence) for sentence in SENTENCES])
    tokens = [model.tokenize(sentence.encode()) for sentence in SENTENCES]
    reference_model = SentenceTransformer(str(options.assets / "minilm"), device="cpu")
    reference = unit(reference_model.encode(SENTENCES))
    expected = reference_model.tokenizer(SENTENCES)["input_ids"]
    print(f"token ids equal: {tokens == expected}")
    rows = {"llama.cpp and sentence-transformers": (theirs, reference)}
    if not options.skip_ours:
        ours = unit(swiftrag.embed(options.model, SENTENCES))
        rows["llama.cpp and swiftrag"] = (theirs, ours)
        rows["swiftrag and sentence-transformers"] = (ours, reference)
    failed = tokens != expected
    for name, (left, right) in rows.items():
        cosines = (left * right).sum(axis=1)
        failed |= bool(cosines.min() < options.minimum)
        print(f"{name}: cosine {' '.join(f'{c:.6f}' for c in cosines)}, minimum {cosines.min():.6f}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
