"""The seeded strings of the tokenizers' differential runs.

Every text of XQuAD and STS-B, every Unicode scalar once within a word, and random ones: words of
many scripts, accents composed and decomposed and out of order, ideographs, Hangul syllables and
jamo, emoji, control characters, runs of white space, contractions, invalid UTF-8 after replacement,
words around the limit of 100 characters, scalars of all planes, and the spellings of special
tokens.
"""

import argparse
import csv
import json
import pathlib
import random
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]

WORDS = (
    "retrieval embeddings unbelievable Größe Straße naïve façade Ångström résumé coöperate İstanbul "
    "ıssız ΣΊΣΥΦΟΣ Ὀδυσσεύς Ελληνικά Москва Йод ёлка Київ ქართული Հայաստան עִבְרִית العَرَبِيَّة اردو "
    "हिन्दी বাংলা தமிழ் తెలుగు ไทย ลาว မြန်မာ ខ្មែរ བོད 中文 漢字 日本語 ひらがな カタカナ ガギグ ｶﾞ "
    "한국어 각 강 흫 ㅎㅏㄴ Tiếng Việt Nguyễn Łódź Čeština ŉ ǅ ﬁ ﬃ ẞ K Å ℌ ½ ² ① Ⅷ №"
).split()
EMOJI = ["😀", "👩‍👩‍👧‍👦", "🇩🇪", "❤️", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☃", "1️⃣"]
PUNCTUATION = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + list("–—“”‘’…«»¿¡·。、「」！？￥€£¢¬±×÷′″‰†‡•")
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028", "\u0085"]
CONTROLS = [chr(c) for c in (*range(32), 127, *range(0x80, 0xA0), 0xAD, 0x200D, 0x200E, 0x202E,
                             0x2066, 0xFEFF, 0xFFFC, 0xFFFD, 0xE000, 0xE0001, 0x10FFFF)]
SPECIALS = ["[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]", "[unused0]", "##ing", "</s>", "<s>", "<unk>",
            "<0x0A>", "<|end|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>", "[INST]", "[/INST]", "<<SYS>>",
            "\u2581", "\u2581the", "\u0120"]
CONTRACTIONS = ["I'm", "you're", "WE'VE", "it's", "he'LL", "they'd", "'s", "'", "''re", "don\u2019t", "'\u017f"]
MARKS = [chr(c) for c in (*range(0x300, 0x370), 0x5B0, 0x5BC, 0x64B, 0x651, 0x93C, 0x94D, 0x302E,
                          0x302F, 0x3099, 0x1D165, 0x1D16D, 0x16FF0, 0x1DFA, 0x20D0, 0x345)]


def scalar(rng):
    kind = rng.random()
    if kind < 0.3:
        c = rng.randrange(0x20, 0x250)
    elif kind < 0.7:
        c = rng.randrange(0x10000)
    elif kind < 0.9:
        c = rng.randrange(0x10000, 0x20000)
    else:
        c = rng.randrange(0x110000)
    return chr(c) if not 0xD800 <= c <= 0xDFFF else "\ufffd"


def decomposed_word(rng):
    return "".join(rng.choice("aeiouAEINOUnscgz") + "".join(rng.choices(MARKS, k=rng.randrange(4)))
                   for _ in range(rng.randrange(1, 6)))


def long_word(rng):
    unit = rng.choice(["a", "é", "ß", "e\u0301", "漢", "한", "𝐀", "x1", "İ", "-"])
    return unit * (100 // max(1, len(unit)) + rng.randrange(-3, 4))


def invalid(rng):
    raw = bytearray(" ".join(rng.choices(WORDS, k=3)).encode())
    for _ in range(rng.randrange(1, 5)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw).decode("utf-8", errors="replace")


def piece(rng):
    return rng.choice([
        lambda: rng.choice(WORDS), lambda: rng.choice(WORDS), lambda: rng.choice(EMOJI),
        lambda: rng.choice(PUNCTUATION), lambda: rng.choice(CONTROLS), lambda: rng.choice(SPECIALS),
        lambda: rng.choice(CONTRACTIONS), lambda: rng.choice(SPACES) * rng.randrange(1, 9),
        lambda: scalar(rng), lambda: "".join(scalar(rng) for _ in range(rng.randrange(1, 12))),
        lambda: decomposed_word(rng), lambda: long_word(rng), lambda: invalid(rng),
        lambda: chr(rng.randrange(0xAC00, 0xD7A4)), lambda: chr(rng.randrange(0x1100, 0x1200)),
        lambda: chr(rng.randrange(0x4E00, 0xA000)), lambda: str(rng.randrange(10**6)), lambda: str(rng.randrange(10**15)),
    ])()


def random_text(rng):
    return "".join(piece(rng) + (rng.choice(SPACES) if rng.random() < 0.6 else "")
                   for _ in range(rng.randrange(12)))


def asset_texts(assets):
    texts = []
    for article in json.loads((assets / "text/xquad.en.json").read_text())["data"]:
        for paragraph in article["paragraphs"]:
            texts.append(paragraph["context"])
            texts += [qa["question"] for qa in paragraph["qas"]]
    with open(assets / "text/stsb-en-dev.csv", newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            texts += row[:2]
    return texts


def every_scalar():
    """Each scalar once, within a word; 60 to a string."""
    scalars = [chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
    for start in range(0, len(scalars), 60):
        yield " ".join(f"a{c}b" for c in scalars[start:start + 60])


def parser(doc):
    """The options of every differential run."""
    options = argparse.ArgumentParser(description=doc.split("\n")[0])
    options.add_argument("--count", type=int, default=30000, help="random strings")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    options.add_argument("--skip-every-scalar", action="store_true")
    return options


def all_texts(options):
    """The strings, and the number of each kind for the report."""
    rng = random.Random(options.seed)
    texts = asset_texts(options.assets)
    counts = {"XQuAD and STS-B": len(texts)}
    texts += [random_text(rng) for _ in range(options.count)]
    counts["random"] = options.count
    if not options.skip_every_scalar:
        scalars = list(every_scalar())
        texts += scalars
        counts["every scalar"] = len(scalars)
    return texts, ", ".join(f"{name} {count}" for name, count in counts.items())


def our_ids(command, texts):
    """The output of `command`: JSON strings in, one per line, arrays of ids out."""
    lines = "".join(json.dumps(text, ensure_ascii=index % 2 == 0) + "\n"
                    for index, text in enumerate(texts))
    words = shlex.split(command) if isinstance(command, str) else command
    result = subprocess.run(words, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    ids = [json.loads(line) for line in result.stdout.splitlines()]
    if len(ids) != len(texts):
        sys.exit(f"{len(texts)} strings went in, {len(ids)} lines came out")
    return ids


def differences(label, texts, expected, actual, detail):
    """Prints the first differences and one line for RESULTS.md; returns the number of differences."""
    wrong = [i for i in range(len(texts)) if expected[i] != actual[i]]
    for i in wrong[:10]:
        print(f"string {i}: {texts[i][:200]!a}\n  expected {expected[i][:60]}\n  actual   {actual[i][:60]}")
    print(f"{label}: strings {len(texts)} ({detail}), ids {sum(map(len, expected))}, "
          f"differences {len(wrong)}")
    return len(wrong)
