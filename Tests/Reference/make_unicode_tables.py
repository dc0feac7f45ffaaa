#!/usr/bin/env python3
"""Writes Sources/Tokenizers/Unicode/UnicodeTables.swift.

Normalisation depends on Unicode properties, and each implementation carries its own edition of
them. The ids have to equal those of Hugging Face `tokenizers`, so this script passes each of the
1,112,064 scalars through that library and stores the results as ranges:

- dropped:      BertNormalizer(clean_text) deletes it
- space:        BertNormalizer(clean_text) turns it into a space, or BertPreTokenizer splits at it
- ideograph:    BertNormalizer(handle_chinese_chars) puts spaces around it
- nonspacing:   BertNormalizer(strip_accents) deletes it after decomposition
- punctuation:  BertPreTokenizer makes it a word of its own
- combining:    canonical combining class, found by which of two marks NFD puts first
- decomposed:   canonical decomposition, whole (Hangul syllables are left to arithmetic)
- lowercased:   lower case, as runs
- exclusion:    decomposes into two or more scalars, which NFC does not compose again

Run: .venv/bin/python Tests/Reference/make_unicode_tables.py   (pinned: requirements.txt)
"""

import pathlib
import unicodedata

import tokenizers
from tokenizers import normalizers, pre_tokenizers

OUTPUT = pathlib.Path(__file__).parents[2] / "Sources/Tokenizers/Unicode/UnicodeTables.swift"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
HANGUL = range(0xAC00, 0xAC00 + 11172)


def normalizer(**options):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**off, **options}).normalize_str


def changes(function):
    """{scalar: text} for the scalars that `function` changes."""
    answers = ((c, function(chr(c))) for c in SCALARS)
    return {c: text for c, text in answers if text != chr(c)}


def combining_classes(nfd):
    """Canonical combining classes as `tokenizers` orders marks, not as its documentation says.

    A mark m stands after c in NFD(c + m) unless 0 < ccc(m) < ccc(c). One known mark of each class
    is enough to find ccc(c): the greatest class that moves before c is just below it.
    """
    lowest, highest = "\u0334", "\u0345"  # classes 1 and 240, in every edition

    def moves_before(mark, c):
        return mark != chr(c) and nfd(chr(c) + mark) == mark + chr(c)

    def is_mark(c):
        return moves_before(lowest, c) or nfd(highest + chr(c)) == chr(c) + highest

    marks = [c for c in SCALARS if nfd(chr(c)) == chr(c) and is_mark(c)]
    witness = {}
    for c in marks:
        witness.setdefault(unicodedata.combining(chr(c)), c)
    witness.pop(0, None)  # newer than Python's edition
    order = sorted(witness)

    found = {}
    for c in marks:
        below = [ccc for ccc in order if moves_before(chr(witness[ccc]), c)]
        found[c] = order[order.index(below[-1]) + 1] if below else order[0]
    for c, ccc in found.items():
        expected = unicodedata.combining(chr(c))
        assert expected in (0, ccc), (hex(c), ccc, expected)
    return found


def composition_exclusions(decomposed):
    """Scalars that NFC leaves decomposed; single-scalar decompositions never compose and are not listed.

    Also checks that every other decomposition is a chain of pairs, each of which NFC composes.
    """
    nfc = normalizers.NFC().normalize_str
    excluded = {c for c, text in decomposed.items() if len(text) > 1 and nfc(chr(c)) != chr(c)}
    composed = {text: chr(c) for c, text in decomposed.items() if len(text) > 1 and c not in excluded}
    for text, c in composed.items():
        head = text[:-1]
        assert nfc((head if len(head) == 1 else composed[head]) + text[-1]) == c, hex(ord(c))
    return excluded


def ranges(values, same=lambda a, b: True):
    out = []
    for c in sorted(values):
        if out and out[-1][1] == c - 1 and same(out[-1][0], c):
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def span(first, last):
    return f"{first:X}" if first == last else f"{first:X}-{last:X}"


def lower_runs(mapping):
    """`first-last/stride+delta` for regular pairs, `scalar=text` for the others."""
    single = {c: ord(t) - c for c, t in mapping.items() if len(t) == 1}
    runs, left = [], sorted(single)
    while left:
        first = left[0]
        best = [first]
        for stride in (1, 2):
            run = [first]
            while single.get(run[-1] + stride) == single[first]:
                run.append(run[-1] + stride)
            if len(run) > len(best):
                best, best_stride = run, stride
        stride = best_stride if len(best) > 1 else 1
        delta = single[first]
        sign = "+" if delta > 0 else "-"
        runs.append(f"{first:X}-{best[-1]:X}/{stride}{sign}{abs(delta):X}")
        left = [c for c in left if c not in set(best)]
    runs += [f"{c:X}={'.'.join(f'{ord(x):X}' for x in t)}"
             for c, t in mapping.items() if len(t) != 1]
    return runs


def literal(name, doc, words):
    lines, line = [], ""
    for word in words:
        if line and len(line) + 1 + len(word) > 96:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    body = "\n".join("    " + x for x in lines)
    docs = "\n".join("  /// " + x for x in doc)
    return f'{docs}\n  static let {name}: String = """\n{body}\n    """\n'


def main():
    clean = normalizer(clean_text=True)
    around = {c: clean("a" + chr(c) + "b")[1:-1] for c in SCALARS}
    dropped = {c for c, t in around.items() if t == ""}
    space = {c for c, t in around.items() if t == " "}
    assert all(t in ("", " ", chr(c)) for c, t in around.items())

    padded = changes(normalizer(handle_chinese_chars=True))
    assert all(t == f" {chr(c)} " for c, t in padded.items())

    nfd = normalizers.NFD().normalize_str
    decomposed = changes(nfd)
    strip = normalizer(strip_accents=True)
    stripped = changes(strip)
    nonspacing = {c for c, t in stripped.items() if t == "" and c not in decomposed}
    for c in SCALARS:  # stripping is NFD, then deletion of `nonspacing`, and nothing else
        text = decomposed.get(c, chr(c))
        assert strip(chr(c)) == "".join(x for x in text if ord(x) not in nonspacing), hex(c)
    for c in HANGUL:  # Unicode 3.12, "Conjoining Jamo Behavior"
        i = c - 0xAC00
        jamo = chr(0x1100 + i // 588) + chr(0x1161 + i % 588 // 28)
        jamo += chr(0x11A7 + i % 28) if i % 28 else ""
        assert decomposed.pop(c) == jamo

    lowercased = changes(normalizer(lowercase=True))
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    punctuation = set()
    for c in SCALARS:
        words = [w for w, _ in split("a" + chr(c) + "b")]
        if len(words) == 3:
            punctuation.add(c)
        elif len(words) == 2:
            assert c in space | {0x0B, 0x0C, 0x85}, hex(c)
            space.add(c)
    ccc = combining_classes(nfd)
    excluded = composition_exclusions(decomposed)

    tables = [
        literal("dropped", ["Deleted by `clean_text`: NUL, U+FFFD, Cc but TAB LF CR, Cf, Co of the",
                            "edition in use there. Unassigned scalars stay."],
                [span(a, b) for a, b in ranges(dropped)]),
        literal("space", ["White space; U+000B, U+000C and U+0085 only where `clean_text` is off."],
                [span(a, b) for a, b in ranges(space)]),
        literal("ideograph", ["Surrounded by spaces by `handle_chinese_chars`."],
                [span(a, b) for a, b in ranges(padded)]),
        literal("nonspacing", ["Deleted by `strip_accents` after canonical decomposition."],
                [span(a, b) for a, b in ranges(nonspacing)]),
        literal("punctuation", ["A word of its own."],
                [span(a, b) for a, b in ranges(punctuation)]),
        literal("combiningClass", ["Canonical combining class where it is not 0:",
                                   "`first-last=class`, hexadecimal."],
                [f"{span(a, b)}={ccc[a]:X}"
                 for a, b in ranges(ccc, lambda a, b: ccc[a] == ccc[b])]),
        literal("decomposition", ["Full canonical decomposition, Hangul syllables excepted:",
                                  "`scalar=scalar.scalar`."],
                [f"{c:X}={'.'.join(f'{ord(x):X}' for x in t)}"
                 for c, t in sorted(decomposed.items())]),
        literal("lowercase", ["Lower case: `first-last/stride+delta`, or `scalar=scalar.scalar`."],
                lower_runs(lowercased)),
        literal("compositionExclusion", ["Decomposes into two or more scalars, but is not composed again by NFC."],
                [span(a, b) for a, b in ranges(excluded)]),
    ]
    header = f"""// swift-format-ignore-file
// Generated by Tests/Reference/make_unicode_tables.py from Hugging Face tokenizers {tokenizers.__version__};
// do not edit. The script says how each property was found.

/// Unicode properties as Hugging Face `tokenizers` {tokenizers.__version__} applies them.
///
/// All numbers are hexadecimal; words are separated by a space or a line feed.
enum UnicodeTables {{
"""
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(header + "\n".join(tables) + "}\n", encoding="utf-8")
    print(f"{OUTPUT}: {OUTPUT.stat().st_size} bytes; combining classes {len(ccc)}, "
          f"decompositions {len(decomposed)}, lower case {len(lowercased)}")


if __name__ == "__main__":
    main()
