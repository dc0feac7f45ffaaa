#!/usr/bin/env python3
"""Compares our CLIP token ids with open_clip's, OpenAI's and Hugging Face's.

    .venv/bin/python Tests/Reference/clip_token_ids.py [--count 12000] [--seed 1]
        [--assets ../shared/assets] [--program .build/release/swiftrag]

The strings are XQuAD in 11 languages, STS-B, captions, and random ones: those of
`differential_texts.py`, HTML references of all kinds, and text that was encoded and decoded wrongly,
once and twice.

By default `<|endoftext|>` in a text is text, so the references' expression for words is used without
their special tokens; with `--special` ours are compared with the references as they are. open_clip
spells its own `<end_of_text>`, so that run compares OpenAI's.

The references compose and lower characters with the Unicode of the Python that runs them, and find
words with that of `regex`; ours has the tables of Hugging Face's libraries. Texts on which these
editions differ (scalars that Python does not have; marks whose order another edition changed) are
left out and counted. Exit status 1 when there is a difference.
"""

import html.entities
import json
import pathlib
import random
import sys
import unicodedata

import regex
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

import differential_texts
from clip_reference import import_references
from differential_texts import ROOT, differences, our_ids, parser

NFC = normalizers.NFC()
LANGUAGES = ["ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh"]
ENCODINGS = ["latin-1", "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1257", "iso-8859-2",
             "mac_roman", "cp437"]
CAPTIONS = ["a photo of a {}.", "A cat on a keyboard", "two DOGS playing in the snow!", "{}'s house",
            "it\u2019s a {} \u2014 isn\u2019t it?", "the {} in {} (1998)", "{}&#39;s {}", "IMG_{}.JPG",
            "\u201c{}\u201d by {}", "don't, won't, I'll, we've, they're, I'm, he'd: {}"]


def xquad(assets):
    texts = []
    for language in LANGUAGES:
        path = assets / f"text/xquad.{language}.json"
        if not path.exists():
            continue
        for article in json.loads(path.read_text())["data"]:
            for paragraph in article["paragraphs"]:
                texts.append(paragraph["context"])
                texts += [qa["question"] for qa in paragraph["qas"]]
    return texts


def mojibake(rng, text):
    """The text in UTF-8, read in another encoding; once or twice, whole or in part."""
    for _ in range(rng.choice([1, 1, 1, 2])):
        encoding = rng.choice(ENCODINGS)
        part = text
        if rng.random() < 0.3:
            cut = rng.randrange(len(text) + 1)
            head, part = text[:cut], text[cut:]
        else:
            head = ""
        text = head + part.encode().decode(encoding, errors=rng.choice(["replace", "ignore"]))
        if rng.random() < 0.2:
            text = text.replace("\xa0", " ")
    return text


def reference(rng):
    name = rng.choice(list(html.entities.html5))
    return rng.choice([
        lambda: "&" + name, lambda: "&" + name.upper(), lambda: "&" + name.rstrip(";"),
        lambda: f"&{name[:rng.randrange(len(name) + 1)]}", lambda: f"&#{rng.randrange(0x500)};",
        lambda: f"&#{rng.randrange(0x120000)}", lambda: f"&#x{rng.randrange(0x120000):x};",
        lambda: f"&#X{rng.randrange(300):X}", lambda: "&amp;" + name, lambda: "&amp;amp;lt;b&gt;",
        lambda: "&" * rng.randrange(1, 4), lambda: "&#;", lambda: "&#x;", lambda: "&#12a;",
        lambda: "&#99999999999999999999;"])()


def random_text(rng):
    kind = rng.random()
    words = differential_texts.WORDS
    if kind < 0.2:
        return rng.choice(CAPTIONS).format(*(rng.choice(words) for _ in range(3)))
    if kind < 0.4:
        text = " ".join(rng.choices(words + list("“”‘’–—…éüßñ¿¡€£©®°à œ"), k=rng.randrange(1, 8)))
        return mojibake(rng, text)
    if kind < 0.6:
        return "".join(reference(rng) + rng.choice(["", " ", "x", "é", "<b>", "\n"])
                       for _ in range(rng.randrange(1, 6)))
    if kind < 0.65:
        return "".join(rng.choice(["\x1b[31m", "\x1b[0;1m", "\x1b", "a", " ", "\x00", "\x7f", "é"])
                       for _ in range(rng.randrange(1, 12)))
    return differential_texts.random_text(rng)


def unicode_is_shared(text):
    """Whether Python has every scalar, and both editions compose the text alike."""
    return (all(unicodedata.category(c) != "Cn" for c in text)
            and unicodedata.normalize("NFC", text) == NFC.normalize_str(text))


def without_special(tokenizer):
    """The tokenizer with text as data: no special token in its expression for words."""
    tokenizer.pat = regex.compile(
        r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+""", regex.IGNORECASE)
    tokenizer.cache = {}
    return tokenizer


def wrapped(tokenizer, texts, start, end):
    return [[start, *tokenizer.encode(text), end] for text in texts]




def hugging_face(merges_path):
    merges = [tuple(line.split(" ")) for line in merges_path.read_text().splitlines()[1:]]
    characters = [chr(b) for b in [*range(33, 127), *range(161, 173), *range(174, 256)]]
    characters += [chr(256 + i) for i in range(256 - len(characters))]
    pieces = characters + [c + "</w>" for c in characters] + ["".join(m) for m in merges]
    pieces += ["<|startoftext|>", "<|endoftext|>"]
    tokenizer = Tokenizer(models.BPE({p: i for i, p in enumerate(pieces)}, merges,
                                     end_of_word_suffix="</w>", fuse_unk=False,
                                     unk_token="<|endoftext|>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(
            Regex(r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""), "removed",
            invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def main():
    arguments = parser(__doc__)
    arguments.set_defaults(count=12000)
    arguments.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    options = arguments.parse_args()
    rng = random.Random(options.seed)
    texts = xquad(options.assets)
    texts += [text for text in differential_texts.asset_texts(options.assets) if text not in set(texts)]
    found = len(texts)
    texts += [random_text(rng) for _ in range(options.count)]
    open_clip, clip = import_references()
    clean = open_clip.tokenizer.get_clean_fn("lower")
    shared = [text for text in texts if unicode_is_shared(text) and unicode_is_shared(clean(text))]
    detail = (f"XQuAD and STS-B {found}, random {options.count}, "
              f"left out for their Unicode {len(texts) - len(shared)}")
    texts = shared

    def ours(cleaning, *flags):
        return our_ids([options.program, "tokenize", "-q", "--jsonl", "--clip", cleaning, *flags],
                       texts)

    start, end = 49406, 49407
    expected = wrapped(without_special(open_clip.tokenizer.SimpleTokenizer()), texts, start, end)
    mine = ours("openai")
    wrong = differences("CLIP, open_clip", texts, expected, mine, detail)
    theirs = clip.simple_tokenizer.SimpleTokenizer()
    expected = wrapped(theirs, texts, start, end)
    wrong += differences("CLIP with special tokens, OpenAI", texts, expected,
                         ours("openai", "--special"), detail)
    expected = wrapped(without_special(theirs), texts, start, end)
    wrong += differences("CLIP, OpenAI", texts, expected, mine, detail)
    merges = ROOT / "Sources/SwiftRAG/TokenizerData/clip-merges.txt"
    expected = [[start, *e.ids, end] for e in hugging_face(merges).encode_batch(texts)]
    wrong += differences("CLIP, Hugging Face", texts, expected, ours("huggingface"), detail)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
