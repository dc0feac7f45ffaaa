#!/usr/bin/env python3
"""Compares our SentencePiece ids with those of `sentencepiece` itself and prints the differences.

    .venv/bin/python Tests/Reference/sentencepiece_differential.py [--count 30000] [--seed 1]
        [--assets ../shared/assets] [--program .build/release/swiftrag]

For each model under ASSETS/tokenizers (Mistral v1, whose vocabulary is that of v0.1 and v0.2, and
v3, which has user-defined pieces) a vocabulary-only GGUF is written and read by `swiftrag tokenize`.
The strings are those of `differential_texts.py`, the spellings of special tokens among them:
sentencepiece never takes those for the tokens either. Exit status 1 when there is a difference.
"""

import pathlib
import sys
import tempfile

import sentencepiece

import vocabulary_gguf
from differential_texts import ROOT, all_texts, differences, our_ids, parser


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    options = arguments.parse_args()
    texts, detail = all_texts(options)
    models = sorted((options.assets / "tokenizers").glob("*.model*"))
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for model in models:
            gguf = pathlib.Path(folder) / f"{model.name}.gguf"
            vocabulary_gguf.from_sentencepiece(gguf, model)
            reference = sentencepiece.SentencePieceProcessor(model_file=str(model))
            expected = [reference.encode(text) for text in texts]
            actual = our_ids([options.program, "tokenize", "-q", "--model", str(gguf), "--jsonl"],
                             texts)
            wrong += differences(model.name, texts, expected, actual, detail)
    if not models:
        sys.exit("no sentencepiece models under the assets")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
