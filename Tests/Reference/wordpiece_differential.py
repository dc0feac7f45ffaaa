#!/usr/bin/env python3
"""Compares our WordPiece ids with those of Hugging Face `tokenizers` and prints the differences.

    .venv/bin/python Tests/Reference/wordpiece_differential.py [--count 30000] [--seed 1]
        [--assets ../shared/assets] [--command "CMD reading JSON strings, printing id arrays"]

The strings are those of `differential_texts.py`.

Hugging Face is asked with truncation and padding off and `encode_special_tokens` on: "[SEP]" in a
text is text there as it is here (a document must not be able to end its own sequence).
Exit status 1 when there is a difference. Offsets are not compared.
"""

import sys

from tokenizers import Tokenizer

from differential_texts import ROOT, all_texts, differences, our_ids, parser


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--command", help="default: swiftrag tokenize --model ASSETS/minilm --jsonl")
    options = arguments.parse_args()
    texts, detail = all_texts(options)

    reference = Tokenizer.from_file(str(options.assets / "minilm/tokenizer.json"))
    reference.no_truncation()
    reference.no_padding()
    reference.encode_special_tokens = True
    expected = [encoding.ids for encoding in reference.encode_batch(texts)]

    command = options.command or [str(ROOT / ".build/release/swiftrag"), "tokenize", "--model",
                                  str(options.assets / "minilm"), "--jsonl"]
    unknown = sum(ids.count(100) for ids in expected)
    wrong = differences("WordPiece", texts, expected, our_ids(command, texts),
                        f"{detail}, [UNK] {unknown}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
