#!/usr/bin/env python3
"""Measures the text that `swiftrag add` extracts from generated documents whose text is known.

    extraction_recall.py [--count 20] [--seed 1] [--kind SUBSTRING]

Prints a table by kind of document:

    recall      share of the words of the source that are in the extracted text
    precision   share of the words of the extracted text that are in the source
    pairs       share of the pairs of neighbouring words of the source (in a sentence, or a row of a
                table) that are neighbours in the extracted text; the order of reading, and rows

Words are compared in lower case, as often as they occur. To add a kind, write a function that takes
a seeded generator and returns the file's bytes and its source text, one sentence or row per line, and
put `@kind(name, file name extension)` above it. SWIFTRAG names another program than the release build.
"""

import argparse
import collections
import pathlib
import random
import re
import sqlite3
import subprocess
import tempfile

from make_corpus import PEOPLE, PLACES, THINGS, TOPICS, sentence
from swiftrag import program
from tiny_documents import PDF, text_width, wrap

KINDS = []


def kind(name, extension):
    """Registers a generator of documents."""
    return lambda generate: KINDS.append((name, extension, generate))


def sentences(rng, count):
    return [sentence(rng) for _ in range(count)]


def fares(rng, count):
    """Rows of a table with a header."""
    rows = [["Place", "Single", "Return", "Visitors"]]
    for _ in range(count):
        single = rng.randint(2, 30)
        rows.append([f"{rng.choice(PLACES)} {rng.choice(THINGS)}", f"{single}.50",
                     f"{single * 2 - 1}.00", str(rng.randint(10, 9000))])
    return rows


@kind("TXT, UTF-8", "txt")
def plain(rng):
    lines = sentences(rng, 30)
    text = "\n\n".join("\n".join(wrap(" ".join(lines[n:n + 5]), 10, 400)) for n in range(0, 30, 5))
    return text.encode(), "\n".join(lines)


@kind("TXT, UTF-16LE without a mark", "txt")
def wide(rng):
    lines = sentences(rng, 10)
    return "\r\n".join(lines).encode("utf-16-le"), "\n".join(lines)


@kind("TXT, windows-1252 with few accents", "txt")
def western(rng):
    lines = sentences(rng, 10) + [f"The caf\u00e9 \u201c{rng.choice(PLACES)}\u201d takes 5 \u20ac."]
    return "\n".join(lines).encode("cp1252"), "\n".join(lines)


@kind("TXT, quoted mail", "txt")
def mail(rng):
    lines = sentences(rng, 8)
    quoted = wrap(" ".join(lines[:5]), 10, 350)
    text = "\n".join(["On Monday Ines wrote:"] + ["> " + line for line in quoted] + [""] + lines[5:])
    return text.encode(), "\n".join(["On Monday Ines wrote:"] + lines)


@kind("MD, headings, lists, tables, quotes", "md")
def markdown(rng):
    lines, rows = sentences(rng, 12), fares(rng, 6)
    title = f"On {rng.choice(TOPICS)}"
    quoted = "\n".join("> " + line for line in wrap(" ".join(lines[4:8]), 10, 350))
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    table = table.replace("\n", "\n|---|---|---|---|\n", 1)
    picture = "![](data:image/png;base64," + "iVBORw0KGgo9aB7zQx" * 60 + ")"
    items = "\n".join("- " + line for line in lines[8:])
    text = "\n\n".join([f"# {title}", *lines[:4], quoted, table, picture, items])
    return text.encode(), "\n".join([title, *lines, *map(" ".join, rows)])


@kind("PDF, paragraphs", "pdf")
def paragraphs(rng):
    pdf, source = PDF(), []
    for _ in range(3):
        lines = sentences(rng, 12)
        pdf.page([("h1", lines[0]), *[("p", " ".join(lines[n:n + 3])) for n in range(1, 10, 3)]])
        source += lines[:10]
    return pdf.data(), "\n".join(source)


@kind("PDF, two columns", "pdf")
def columns(rng):
    lines = sentences(rng, 30)
    wrapped = wrap(" ".join(lines), 10, 215)
    half = (len(wrapped) + 1) // 2
    texts = [(72 + 245 * (n // half), 72 + 12 * (n % half), line) for n, line in enumerate(wrapped)]
    pdf = PDF()
    pdf.placed(texts)
    return pdf.data(), "\n".join(lines)


def table_page(pdf, rng, leading):
    """A page with a table between paragraphs; returns its sentences and rows."""
    before, after, rows = sentences(rng, 3), sentences(rng, 3), fares(rng, 12)
    texts = [(72, 60 + 12 * n, line) for n, line in enumerate(wrap(" ".join(before), 10, 450))]
    y = texts[-1][1] + 12 + leading
    for row in rows:
        for x, cell in zip([72, 290, 380, 470], row):
            texts.append((x, y, cell + ("<" if x > 72 else "")))
        y += leading
    texts += [(72, y + leading + 12 * n, line) for n, line in enumerate(wrap(" ".join(after), 10, 450))]
    pdf.placed(texts)
    return [*before, *map(" ".join, rows), *after]


@kind("PDF, tables in solid type", "pdf")
def solid_tables(rng):
    pdf = PDF()
    source = table_page(pdf, rng, 12) + table_page(pdf, rng, 12)
    return pdf.data(), "\n".join(source)


@kind("PDF, tables with padded rows", "pdf")
def padded_tables(rng):
    pdf = PDF()
    source = table_page(pdf, rng, 20) + table_page(pdf, rng, 26)
    return pdf.data(), "\n".join(source)


def hyphenated(text, width):
    """Lines with words divided to fill them, and broken after hyphens of the text."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if text_width(longer, 10) <= width:
            line = longer
            continue
        place = word.find("-") + 1 or (len(word) // 2 if len(word) > 4 and word.isalpha() else 0)
        head = word[:place] if "-" in word else word[:place] + "-"
        if place and text_width(f"{line} {head}", 10) <= width:
            lines.append(f"{line} {head}".strip())
            line = word[place:]
        else:
            lines.append(line)
            line = word
    return lines + [line]


@kind("PDF, hyphens at line ends", "pdf")
def hyphens(rng):
    lines = []
    for text in sentences(rng, 25):
        number = rng.randint(20, 80)
        lines.append(f"{text[:-1]}, for {number}-{number + 5} crowns or part {rng.choice(PEOPLE)}-"
                     f"{number} of the well-kept store.")
    pdf = PDF()
    pdf.placed([(72, 60 + 12 * n, line) for n, line in enumerate(hyphenated(" ".join(lines), 260))])
    return pdf.data(), "\n".join(lines)


def extracted(paths, index):
    """The text of each file among or below paths, from its passages in a new index."""
    subprocess.run([program(), "add", *map(str, paths), "--index", str(index), "--quiet"],
                   check=True, stdout=subprocess.DEVNULL)
    texts = collections.defaultdict(list)
    with sqlite3.connect(index) as database:
        for path, text in database.execute(
            "SELECT path, text FROM document JOIN chunk USING (contentID) ORDER BY path, ordinal"):
            texts[pathlib.Path(path).name].append(text)
    return {name: "\n".join(parts) for name, parts in texts.items()}


def words(text):
    return re.findall(r"\w+", text.lower())


def shared(one, other):
    return sum((collections.Counter(one) & collections.Counter(other)).values())


def pairs(text):
    return list(zip(words(text), words(text)[1:]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20, help="documents of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", default="", help="only kinds whose name contains this")
    options = parser.parse_args()
    chosen = [entry for entry in KINDS if options.kind.lower() in entry[0].lower()]
    sources = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "docs"
        folder.mkdir()
        for number, (name, extension, generate) in enumerate(chosen):
            for copy in range(options.count):
                data, source = generate(random.Random(f"{options.seed} {name} {copy}"))
                file = folder / f"{number:02}-{copy:03}.{extension}"
                file.write_bytes(data)
                sources[file.name] = (name, source)
        texts = extracted([folder], folder.parent / "index.sqlite")
    print(f"{'kind':40} {'files':>5} {'words':>7} {'recall':>7} {'precision':>9} {'pairs':>7}")
    for name, _, _ in chosen:
        rows = [(source, texts.get(file, "")) for file, (of, source) in sources.items() if of == name]
        source_words = sum(len(words(source)) for source, _ in rows)
        found_words = sum(len(words(text)) for _, text in rows)
        common = sum(shared(words(source), words(text)) for source, text in rows)
        wanted = [[pair for line in source.split("\n") for pair in pairs(line)] for source, _ in rows]
        neighbours = sum(shared(pair, pairs(text)) for pair, (_, text) in zip(wanted, rows))
        print(f"{name:40} {len(rows):5} {source_words:7} {common / max(1, source_words):7.4f} "
              f"{common / max(1, found_words):9.4f} {neighbours / max(1, sum(map(len, wanted))):7.4f}")


if __name__ == "__main__":
    main()
