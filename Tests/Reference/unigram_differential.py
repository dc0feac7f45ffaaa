#!/usr/bin/env python3
"""Compares our unigram ids with those of Hugging Face `tokenizers` and prints the differences.

    .venv/bin/python Tests/Reference/unigram_differential.py --model E5 [--count 20000] [--seed 1]

E5 is a directory with tokenizer.json, such as multilingual-e5-small's; `--command` runs another
program than `swiftrag tokenize`, for example with a GGUF file of the same model. The strings are those
of `differential_texts.py`.

The special tokens are renamed in the reference: "<s>" in a text is text there as it is here (a
document must not be able to end its own sequence). Exit status 1 when there is a difference.
"""

import json
import pathlib
import sys

from differential_texts import ROOT, all_texts, differences, our_ids, parser
from make_unigram_fixture import reference


def main():
    arguments = parser(__doc__)
    arguments.set_defaults(count=20000)
    arguments.add_argument("--model", type=pathlib.Path, required=True)
    arguments.add_argument("--command", help="default: swiftrag tokenize --model MODEL --jsonl")
    options = arguments.parse_args()
    texts, detail = all_texts(options)
    tokenizer = reference(json.loads((options.model / "tokenizer.json").read_text()))
    expected = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    command = options.command or [str(ROOT / ".build/release/swiftrag"), "tokenize", "--model",
                                  str(options.model), "--jsonl"]
    unknown = sum(ids.count(3) for ids in expected)
    wrong = differences("Unigram", texts, expected, our_ids(command, texts),
                        f"{detail}, <unk> {unknown}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
