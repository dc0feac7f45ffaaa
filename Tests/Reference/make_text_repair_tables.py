#!/usr/bin/env python3
"""Writes NamedCharacterReferences.swift of Sources/Bytes and the tables of
Sources/Tokenizers/TextRepair: MojibakeTables.swift, HTMLEntityTable.swift and
CaseTables.swift.

CLIP's tokenizer cleans text with ftfy and Python's html.unescape, and lowers it with str.lower. The
sets of characters that they use are facts about text in wrong encodings, about HTML 5 and about
Unicode; this script takes them from the libraries:

- the single-byte encodings that ftfy tries, as the scalars of bytes 0x80 to 0xFF;
- the sets and alternatives of its expressions for suspicious sequences, from the parsed expressions;
- ligatures and widths, from what ftfy's functions do to each scalar;
- named character references of HTML 5, from html.entities;
- which scalars are cased and which are ignored between a capital sigma and the end of its word,
  found by what str.lower does around them.

Run: PYTHONPATH=.venv/clip .venv/bin/python Tests/Reference/make_text_repair_tables.py
"""

import html.entities
import pathlib
import re
import re._parser as parser

import ftfy
from ftfy import badness, chardata, fixes

from make_unicode_tables import SCALARS, literal, ranges, span

FOLDER = pathlib.Path(__file__).parents[2] / "Sources/Tokenizers/TextRepair"
# Whether a set is one of these is computed, not looked up.
NAMED = {r"\s": "space", r"\w": "word", "[^A-Za-z]": "notLetter", ".": "any"}


class Sets:
    """The distinct sets of the expressions, numbered."""

    def __init__(self):
        self.numbers = {}

    def number(self, members):
        return self.numbers.setdefault(frozenset(members), len(self.numbers))


def members(items, limit):
    """The scalars below `limit` of a parsed set, or the name of one that is computed."""
    if items == [(parser.CATEGORY, parser.CATEGORY_SPACE)]:
        return "space"
    if items == [(parser.CATEGORY, parser.CATEGORY_WORD)]:
        return "word"
    if items[0][0] is parser.NEGATE:
        assert items[1:] == [(parser.RANGE, (65, 90)), (parser.RANGE, (97, 122))], items
        return "notLetter"
    found = set()
    for kind, value in items:
        if kind is parser.LITERAL:
            found.add(value)
        else:
            assert kind is parser.RANGE, kind
            found.update(range(value[0], value[1] + 1))
    assert max(found) < limit
    return found


def alternatives(expression, sets, limit=0x10000):
    """Each alternative of an expression as words: numbers of sets, names, `^`; `?` is expanded."""
    tree = parser.parse(expression.pattern, expression.flags & ~re.UNICODE
                        if isinstance(expression.pattern, bytes) else expression.flags)
    items = list(tree)
    branches = [list(branch) for branch in items[0][1][1]] if items[0][0] is parser.BRANCH else [items]
    lines = []
    for branch in branches:
        expanded = [[]]
        for kind, value in branch:
            if kind is parser.AT:
                words = ["^"]
            elif kind is parser.ANY:
                words = ["any"]
            elif kind is parser.LITERAL:
                words = [str(sets.number({value}))]
            elif kind is parser.IN:
                found = members(value, limit)
                words = [found if isinstance(found, str) else str(sets.number(found))]
            elif kind is parser.MAX_REPEAT:
                least, most, (item,) = value
                assert item[0] is parser.IN
                found = members(item[1], limit)
                word = found if isinstance(found, str) else str(sets.number(found))
                expanded = [line + [word] * n for line in expanded for n in range(least, most + 1)]
                continue
            else:
                raise AssertionError(kind)
            expanded = [line + words for line in expanded]
        lines += [" ".join(line) for line in expanded]
    return lines


def detector(sets):
    """The sets of ftfy's expression for embedded UTF-8: first of 2, 3, 4, continuation, strict."""
    names = ["utf8_first_of_2", "utf8_first_of_3", "utf8_first_of_4", "utf8_continuation",
             "utf8_continuation_strict"]
    parsed = [list(parser.parse(f"[{chardata.UTF8_CLUES[name]}]"))[0] for name in names]
    return [str(sets.number(members(value, 0x10000))) for _, value in parsed]


def lines_literal(name, doc, lines):
    docs = "\n".join(("  /// " + x).rstrip() for x in doc)
    body = "\n".join("    " + x for x in lines)
    return f'{docs}\n  static let {name}: String = """\n{body}\n    """\n'


def mapping(name, doc, function):
    words = [f"{c:X}=" + ".".join(f"{ord(x):X}" for x in function(chr(c)))
             for c in SCALARS if function(chr(c)) != chr(c)]
    return literal(name, doc, words)


def mojibake():
    sets = Sets()
    bad = alternatives(badness.BADNESS_RE, sets)
    altered = alternatives(chardata.ALTERED_UTF8_RE, sets, 256)
    lossy = alternatives(chardata.LOSSY_UTF8_RE, sets, 256)
    clues = detector(sets)
    set_lines = [" ".join(span(a, b) for a, b in ranges(s)) for s in sets.numbers]
    tables = []
    encodings = [e for e in chardata.CHARMAP_ENCODINGS if e != "latin-1"]
    for encoding in encodings:
        high = bytes(range(0x80, 0x100)).decode(encoding)
        tables.append(literal(re.sub(r"[^a-z0-9]", "", encoding.replace("sloppy-", "")),
                              [f"`{encoding}`, the scalars of bytes 0x80 to 0xFF."],
                              [f"{ord(c):X}" for c in high]))
    tables.append(mapping("ligatures", ["Ligatures and digraphs of Latin letters."],
                          fixes.fix_latin_ligatures))
    tables.append(mapping("widths", ["Fullwidth and halfwidth forms, and the ideographic space."],
                          fixes.fix_character_width))
    tables.append(lines_literal("sets", ["The sets of the expressions below, one a line, from 0."],
                                set_lines))
    for name, doc, lines in (
            ("suspicious", "Sequences that text in the right encoding hardly has.", bad),
            ("alteredBytes", "UTF-8 sequences whose byte A0 became a space.", altered),
            ("lossyBytes", "UTF-8 sequences that lost bytes, which are 1A.", lossy)):
        tables.append(lines_literal(name, [doc, "", "Alternatives, one a line: sets by number or name;"
                                           " `^` is the start of the text.", "The numbers are decimal."], lines))
    tables.append(lines_literal(
        "detector", ["Sets of characters that UTF-8 bytes become: first of 2, of 3 and of 4 bytes,",
                     "continuation, and continuation without the space."], [" ".join(clues)]))
    return tables


def case_tables():
    # A capital sigma is final after a cased letter, where no cased letter follows; scalars that are
    # ignored may stand between.
    cased = {c for c in SCALARS if ("A\u03a3" + chr(c)).lower()[1:2] == "\u03c3"
             and (chr(c) + "\u03a3").lower()[-1] == "\u03c2"}
    ignored = {c for c in SCALARS if ("A" + chr(c) + "\u03a3").lower()[-1] == "\u03c2"
               and ("A\u03a3" + chr(c) + "A").lower()[1] == "\u03c3" and c not in cased}
    return [literal("cased", [f"Letters with case, {len(cased):,} scalars."],
                    [span(a, b) for a, b in ranges(cased)]),
            literal("caseIgnorable", [f"Ignored between letters with case, {len(ignored):,} scalars."],
                    [span(a, b) for a, b in ranges(ignored)])]


def entities():
    # Longest first is not needed: names are looked up whole.
    words = [f"{name}={'.'.join(f'{ord(x):X}' for x in value)}"
             for name, value in sorted(html.entities.html5.items())]
    html5 = {"&" + name for name in html.entities.html5}
    capitals = {name[1:]: value for name, value in chardata.HTML_ENTITIES.items() if name not in html5}
    upper = [f"{name}={'.'.join(f'{ord(x):X}' for x in value)}" for name, value in sorted(capitals.items())]
    references = literal("references", [f"Names of HTML 5 without the ampersand, {len(words):,}."], words)
    return (references.replace("  static let", "  package static let"),
            literal("capitals", [f"Names in capitals that ftfy reads as well, {len(upper):,}."], upper))


def write(name, doc, tables, source, folder=FOLDER, access=""):
    header = f"""// swift-format-ignore-file
// Generated by Tests/Reference/make_text_repair_tables.py from {source}; do not edit.

/// {doc}
///
/// All numbers are hexadecimal; words are separated by a space or a line feed.
{access}enum {name} {{
"""
    path = folder / f"{name}.swift"
    path.write_text(header + "\n".join(tables) + "}\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size} bytes")


def main():
    import platform
    import unicodedata
    python = f"Python {platform.python_version()} (Unicode {unicodedata.unidata_version})"
    FOLDER.mkdir(exist_ok=True)
    write("MojibakeTables", "Encodings and sets of characters with which ftfy recognises text that was "
          "decoded wrongly.", mojibake(), f"ftfy {ftfy.__version__}")
    references, capitals = entities()
    write("NamedCharacterReferences", "The named character references of HTML 5.", [references], python,
          FOLDER.parents[1] / "Bytes", "package ")
    write("HTMLEntityTable", "Names of character references that ftfy reads beside those of HTML 5.", [capitals],
          f"{python} and ftfy {ftfy.__version__}")
    write("CaseTables", "The properties that decide the form of a small sigma.", case_tables(), python)


if __name__ == "__main__":
    main()
