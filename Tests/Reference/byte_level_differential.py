#!/usr/bin/env python3
"""Compares our byte-level BPE ids with Hugging Face `tokenizers` and llama.cpp.

    .venv/bin/python Tests/Reference/byte_level_differential.py [--count 30000] [--seed 1]
        [--assets ../shared/assets] [--program .build/release/swiftrag]

The vocabulary is GPT-2's (ggml-vocab-gpt-2.gguf); copies of it under the names of the other
pre-tokenizers show their words. Hugging Face's tokenizers have each family's published regular
expression and normaliser; llama.cpp's `default` has no counterpart there. llama.cpp is also compared
on Phi-3's SentencePiece vocabulary.

Qwen's tokenizers normalise to NFC. llama.cpp does not, so it gets the normalised texts.

Two more vocabularies are trained here on the sample library, as Qwen's and SmolLM's tokenizers are
built (normaliser, pre-tokenizer, special tokens), and compared with special tokens parsed as well.

Exit status 1 when a string differs.
"""

import json
import pathlib
import re
import sys
import tempfile

import gguf
import llama_cpp
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

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
    "smollm": [pre_tokenizers.Digits(individual_digits=True),
               pre_tokenizers.ByteLevel(add_prefix_space=False)],
    "default": None,
}
NORMALIZERS = {"qwen2": normalizers.NFC()}
# Special tokens as in the published files: control tokens, then user-defined ones.
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
USER_DEFINED = {"qwen2": ["<think>", "</think>", "<tool_call>", "</tool_call>"], "smollm": []}


def hugging_face(source, family):
    fields = gguf.GGUFReader(source).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(line.split(" ")) for line in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges,
                                     ignore_merges=family == "llama-bpe"))
    configure(tokenizer, family)
    return tokenizer


def configure(tokenizer, family):
    """Sets the pre-tokenizer and, where the family has one, the normaliser."""
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(FAMILIES[family])
    if family in NORMALIZERS:
        tokenizer.normalizer = NORMALIZERS[family]


def train(family, files, size):
    """A vocabulary trained on `files`, with the family's special tokens after the trained ones."""
    tokenizer = Tokenizer(models.BPE())
    configure(tokenizer, family)
    tokenizer.train(files, trainers.BpeTrainer(
        vocab_size=size, show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    tokenizer.add_special_tokens(CONTROL)
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t in USER_DEFINED[family]])
    return tokenizer


def write_trained(path, tokenizer, family):
    """The same vocabulary as a GGUF file."""
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary = tokenizer.get_vocab()
    tokens = sorted(vocabulary, key=vocabulary.get)
    kinds = [3 if t in CONTROL else 4 if t in USER_DEFINED[family] else 1 for t in tokens]
    vocabulary_gguf.write(path, "gpt2", tokens, kinds, merges=[" ".join(m) for m in model["merges"]],
                          pre=family, bos=vocabulary["<|endoftext|>"],
                          eos=vocabulary["<|im_end|>"], unknown=None)


def llama_cpp_ids(path, texts, family=None, special=False):
    model = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
    if family in NORMALIZERS:
        # Special tokens are found first, so marks after them do not combine with them.
        marks = re.compile("(" + "|".join(map(re.escape, CONTROL + USER_DEFINED[family])) + ")")
        texts = ["".join(map(NORMALIZERS[family].normalize_str,
                             marks.split(text) if special else [text])) for text in texts]
    ids = [model.tokenize(text.encode(), add_bos=False, special=special) for text in texts]
    model.close()
    return ids


def sample_library():
    return [str(f) for f in sorted((ROOT / "Sources/SwiftRAG/SampleLibrary").rglob("*"))
            if f.suffix in (".md", ".txt", ".html")]


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    options = arguments.parse_args()
    texts, detail = all_texts(options)
    source = options.assets / "tokenizers/ggml-vocab-gpt-2.gguf"
    phi = options.assets / "tokenizers/ggml-vocab-phi-3.gguf"

    def ours(path, *flags):
        return our_ids([options.program, "tokenize", "-q", "--model", str(path), "--jsonl", *flags],
                       texts)

    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for family, pre_tokenizer in FAMILIES.items():
            path = pathlib.Path(folder) / f"{family}.gguf"
            vocabulary_gguf.from_gguf(path, source, pre=family)
            actual = ours(path)
            if pre_tokenizer:
                expected = [e.ids for e in hugging_face(source, family).encode_batch(texts)]
                wrong += differences(f"{family}, Hugging Face", texts, expected, actual, detail)
            wrong += differences(f"{family}, llama.cpp", texts, llama_cpp_ids(path, texts, family),
                                 actual, detail)
        for family in USER_DEFINED:
            path = pathlib.Path(folder) / f"trained-{family}.gguf"
            tokenizer = train(family, sample_library(), 2000)
            write_trained(path, tokenizer, family)
            expected = [e.ids for e in tokenizer.encode_batch(texts)]
            actual = ours(path, "--special")
            wrong += differences(f"trained {family} with special tokens, Hugging Face", texts,
                                 expected, actual, detail)
            wrong += differences(f"trained {family} with special tokens, llama.cpp", texts,
                                 llama_cpp_ids(path, texts, family, special=True), actual, detail)
    wrong += differences("Phi-3, llama.cpp", texts, llama_cpp_ids(phi, texts), ours(phi), detail)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
