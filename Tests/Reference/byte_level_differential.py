#!/usr/bin/env python3
"""Compares our byte-level BPE ids with Hugging Face `tokenizers` and llama.cpp.

    .venv/bin/python Tests/Reference/byte_level_differential.py [--count 30000] [--seed 1]
        [--assets ../shared/assets] [--program .build/release/swiftrag]

The vocabulary is GPT-2's (ggml-vocab-gpt-2.gguf); copies of it under the names of the other
pre-tokenizers show their words. Hugging Face gets each family's published regular expression;
llama.cpp's `default` has none. llama.cpp is also compared on Phi-3's SentencePiece vocabulary.

Exit status 1 when a string differs.
"""

import pathlib
import sys
import tempfile

import gguf
import llama_cpp
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

import vocabulary_gguf
from differential_texts import ROOT, all_texts, differences, our_ids, parser

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{%s}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
FAMILIES = {
    "gpt-2": [pre_tokenizers.ByteLevel(add_prefix_space=False)],
    "llama-bpe": [pre_tokenizers.Split(Regex(LLAMA3 % "1,3"), "isolated"),
                  pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)],
    "qwen2": [pre_tokenizers.Split(Regex(LLAMA3 % "1"), "isolated"),
              pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)],
    "starcoder": [pre_tokenizers.Digits(individual_digits=True),
                  pre_tokenizers.ByteLevel(add_prefix_space=False)],
    "default": None,
}


def hugging_face(source, family):
    fields = gguf.GGUFReader(source).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(line.split(" ")) for line in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges,
                                     ignore_merges=family == "llama-bpe"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(FAMILIES[family])
    return tokenizer


def llama_cpp_ids(path, texts):
    model = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
    ids = [model.tokenize(text.encode(), add_bos=False, special=False) for text in texts]
    model.close()
    return ids


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    options = arguments.parse_args()
    texts, detail = all_texts(options)
    source = options.assets / "tokenizers/ggml-vocab-gpt-2.gguf"
    phi = options.assets / "tokenizers/ggml-vocab-phi-3.gguf"

    def ours(path):
        return our_ids([options.program, "tokenize", "-q", "--model", str(path), "--jsonl"], texts)

    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for family, pre_tokenizer in FAMILIES.items():
            path = pathlib.Path(folder) / f"{family}.gguf"
            vocabulary_gguf.from_gguf(path, source, pre=family)
            actual = ours(path)
            if pre_tokenizer:
                expected = [e.ids for e in hugging_face(source, family).encode_batch(texts)]
                wrong += differences(f"{family}, Hugging Face", texts, expected, actual, detail)
            wrong += differences(f"{family}, llama.cpp", texts, llama_cpp_ids(path, texts), actual,
                                 detail)
    wrong += differences("Phi-3, llama.cpp", texts, llama_cpp_ids(phi, texts), ours(phi), detail)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
