#!/usr/bin/env python3
"""Compares our byte-level BPE ids with Hugging Face `tokenizers` and llama.cpp.

    .venv/bin/python Tests/Reference/byte_level_differential.py [--count 30000] [--seed 1]
        [--assets ../shared/assets] [--program .build/release/swiftrag]

The vocabulary is GPT-2's (ggml-vocab-gpt-2.gguf); copies of it under the names of the other
pre-tokenizers show their words. Hugging Face gets each family's published regular expression;
llama.cpp's `default` has none. llama.cpp is also compared on Phi-3's SentencePiece vocabulary.

llama.cpp carries an older edition of Unicode, so a string that differs there is only counted when it
has a character that its edition may not know (or U+017F, which folds into "s"), or when llama.cpp
merged plain text into a special token, which ours never does. Exit status 1 when any other differs.
"""

import pathlib
import sys
import tempfile
import unicodedata

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

    def is_excused(text, expected, special):
        # Python's edition of Unicode is no newer than llama.cpp's.
        return (any(unicodedata.category(c) == "Cn" or c == "\u017f" for c in text)
                or special.intersection(expected))

    wrong = 0

    def compare_llama_cpp(label, path, actual, special=frozenset()):
        nonlocal wrong
        kept = [(t, e, a) for t, e, a in zip(texts, llama_cpp_ids(path, texts), actual)
                if e == a or not is_excused(t, e, special)]
        note = f"{detail}; {len(texts) - len(kept)} more differ for the two known reasons"
        wrong += differences(label, *map(list, zip(*kept)), note)

    with tempfile.TemporaryDirectory() as folder:
        for family, pre_tokenizer in FAMILIES.items():
            path = pathlib.Path(folder) / f"{family}.gguf"
            vocabulary_gguf.from_gguf(path, source, pre=family)
            actual = ours(path)
            if pre_tokenizer:
                expected = [e.ids for e in hugging_face(source, family).encode_batch(texts)]
                wrong += differences(f"{family}, Hugging Face", texts, expected, actual, detail)
            compare_llama_cpp(f"{family}, llama.cpp", path, actual)
    kinds = gguf.GGUFReader(phi).fields["tokenizer.ggml.token_type"].contents()
    special = {i for i, kind in enumerate(kinds) if kind in (2, 3)} | {2}
    compare_llama_cpp("Phi-3, llama.cpp", phi, ours(phi), special)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
