#!/usr/bin/env python3
"""Writes Tests/Fixtures/wordpiece: texts with the ids that Hugging Face `tokenizers` gives them.

    .venv/bin/python Tests/Reference/make_wordpiece_fixture.py [--assets ../shared/assets]

vocab.txt is the vocabulary of all-MiniLM-L6-v2 (BERT base uncased; Apache-2.0). cases.json holds
hand-picked texts and seeded random ones (as wordpiece_differential.py makes them), in four
normaliser configurations. Special tokens in a text are text (`encode_special_tokens`).
"""

import argparse
import json
import pathlib
import random
import shutil

import tokenizers
from tokenizers import Tokenizer, normalizers

import differential_texts as differential

ROOT = pathlib.Path(__file__).parents[2]
FIXTURE = ROOT / "Tests/Fixtures/wordpiece"

PICKED = [
    "", " ", "\u0000", "Hello, world!", "unaffable", "ΣΊΣΥΦΟΣ ς σ Σ", "İstanbul ıI", "e\u0301 é E\u0301",
    "漢字かな交じり文", "豈\uf900\u2f800", "각 \u1100\u1161\u11a8 한글", "ﬁ ﬃ ½ Å K", "a\u00adb\u200bc\u2060d",
    "a\u00a0b\u3000c\u2028d\u0085e\u000bf", "[CLS] [SEP] [MASK] [UNK] [PAD] [unused1]", "##ing ##",
    "a" * 99, "a" * 100, "a" * 101, "é" * 100, "é" * 101, "ß" * 101, "x" * 5000, "👩‍👩‍👧‍👦 🇩🇪 1️⃣",
    "\ufffdab\ufffd", "\U0010ffff\ue000x", "a\u302e\u3099\u0301b", "\U0001d15e \U0001d16d\U0001d165",
    "don't e-mail me@example.com $5.00 50% #1", "\u0378\u2fe0", "ａｂｃ　１２３", "ﷺ", "a\u0345\u0301α\u0345",
]
CONFIGURATIONS = {
    "uncased": dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True),
    "cased": dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=False),
    "accents kept": dict(
        clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=True),
    "case kept": dict(
        clean_text=False, handle_chinese_chars=True, strip_accents=True, lowercase=False),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    options = parser.parse_args()
    FIXTURE.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(options.assets / "minilm/vocab.txt", FIXTURE / "vocab.txt")

    rng = random.Random(20)
    texts = PICKED + [differential.random_text(rng)[:400] for _ in range(400)]
    tokenizer = Tokenizer.from_file(str(options.assets / "minilm/tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    configurations = []
    for name, normalizer in CONFIGURATIONS.items():
        tokenizer.normalizer = normalizers.BertNormalizer(**normalizer)
        part = texts if name == "uncased" else texts[:150]
        ids = [encoding.ids for encoding in tokenizer.encode_batch(part)]
        configurations.append({"name": name, "normalizer": normalizer, "ids": ids})
    fixture = {
        "origin": f"make_wordpiece_fixture.py, tokenizers {tokenizers.__version__}",
        "texts": texts,
        "configurations": configurations,
    }
    path = FIXTURE / "cases.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(f"{path}: {len(texts)} texts, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
