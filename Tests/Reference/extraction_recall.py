#!/usr/bin/env python3
"""Measures the text that `swiftrag add` extracts from documents of each type.

    .venv/bin/python Tests/Reference/extraction_recall.py [--count 20] [--seed 1] [--kind SUBSTRING]
    .venv/bin/python Tests/Reference/extraction_recall.py --folder DIR

The first form generates documents whose text is known, and prints for the program, and for the
library of reference_extractors.py that reads the type:

    recall      share of the words of the source that are in the extracted text
    precision   share of the words of the extracted text that are in the source
    pairs       share of the pairs of neighbouring words of the source (in a sentence, or a row of a
                table) that are neighbours in the extracted text; the order of reading, and rows

The second form compares the program with the library on the documents of a folder, whose text nobody
has written down: recall is the share of the library's words that the program has, precision the
share of the program's words that the library has. `--worst N` names the files that differ most.

Words are compared in lower case, as often as they occur; a column's name before each value repeats
the header on purpose and does not count against precision. SWIFTRAG names another program than the
release build. With --minimum the script fails where the program's recall or precision is lower.
"""

import argparse
import collections
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

from document_kinds import KINDS, words
import office_document_kinds  # noqa: F401  (registers its kinds)
import reference_extractors
from swiftrag import program


def extracted(paths, index):
    """The text of each file among or below paths, from its passages in a new index."""
    subprocess.run([program(), "add", *map(str, paths), "--index", str(index), "--quiet"],
                   stdout=subprocess.DEVNULL, check=False)
    texts = collections.defaultdict(list)
    with sqlite3.connect(index) as database:
        for path, text in database.execute(
            "SELECT path, text FROM document JOIN chunk USING (contentID) ORDER BY path, ordinal"):
            texts[pathlib.Path(path).name].append(text)
    return {name: "\n".join(parts) for name, parts in texts.items()}


def shared(one, other):
    return sum((collections.Counter(one) & collections.Counter(other)).values())


def pairs(text):
    return list(zip(words(text), words(text)[1:]))


def measure(documents):
    """Recall, precision and pairs over documents (source, headers, extracted text)."""
    source_words = found_words = common = wanted = neighbours = 0
    for source, headers, text in documents:
        found = collections.Counter(words(text))
        surplus = found - collections.Counter(words(source))
        repeated = sum(count for word, count in surplus.items() if word in headers)
        lines = [pair for line in source.split("\n") for pair in pairs(line)]
        source_words += len(words(source))
        found_words += sum(found.values()) - repeated
        common += shared(words(source), words(text))
        wanted += len(lines)
        neighbours += shared(lines, pairs(text))
    return (common / max(1, source_words), common / max(1, found_words), neighbours / max(1, wanted))


def generated(options):
    chosen = [entry for entry in KINDS if options.kind.lower() in entry[0].lower()]
    sources, references = {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "docs"
        folder.mkdir()
        for number, (name, extension, generate) in enumerate(chosen):
            for copy in range(options.count):
                data, source, *headers = generate(random.Random(f"{options.seed} {name} {copy}"))
                file = folder / f"{number:02}-{copy:03}.{extension}"
                file.write_bytes(data)
                sources[file.name] = (name, source, headers[0] if headers else set())
                references[file.name] = reference_extractors.text(file)
        # Source code and JSON are read only where a path names the file.
        texts = extracted(sorted(folder.iterdir()), folder.parent / "index.sqlite")
    print("| Type | Files | Words | Recall | Precision | Pairs | Library | Recall | Precision | Pairs |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    failed = False
    for name, extension, _ in chosen:
        rows = [(file, source, headers) for file, (of, source, headers) in sources.items() if of == name]
        ours = measure([(source, headers, texts.get(file, "")) for file, source, headers in rows])
        count = sum(len(words(source)) for _, source, _ in rows)
        library, _ = reference_extractors.REFERENCES.get(f".{extension}", ("", None))
        theirs = ["", "", ""]
        if library:
            documents = [(source, headers, references[file] or "") for file, source, headers in rows]
            theirs = [f"{value:.4f}" for value in measure(documents)]
        failed |= min(ours[:2]) < options.minimum
        shown = [name, len(rows), count, *(f"{value:.4f}" for value in ours), library, *theirs]
        print("| " + " | ".join(map(str, shown)) + " |")
    return 1 if failed else 0


def compared(options):
    files = [path for path in sorted(options.folder.iterdir())
             if path.suffix.lower() in reference_extractors.REFERENCES]
    with tempfile.TemporaryDirectory() as temporary:
        texts = extracted(files, pathlib.Path(temporary) / "index.sqlite")
    types = collections.defaultdict(list)
    for file in files:
        types[file.suffix.lower()].append((file.name, reference_extractors.text(file)))
    print("| Type | Files | Read by both | Only program | Only library | Library | Words | Recall | Precision |")
    print("|---|---|---|---|---|---|---|---|---|")
    differing = []
    for suffix, rows in types.items():
        both = [(name, text, texts[name]) for name, text in rows if text and words(text) and name in texts]
        only_ours = sum(1 for name, text in rows if not (text and words(text)) and name in texts)
        only_theirs = [name for name, text in rows if text and words(text) and name not in texts]
        recall, precision, _ = measure([(theirs, set(), ours) for _, theirs, ours in both])
        count = sum(len(words(theirs)) for _, theirs, _ in both)
        for name, theirs, ours in both:
            missing = len(words(theirs)) - shared(words(theirs), words(ours))
            differing.append((missing, len(words(theirs)), len(words(ours)), name))
        differing += [(len(words(text)), len(words(text)), 0, name) for name, text in rows
                      if name in only_theirs]
        library, _ = reference_extractors.REFERENCES[suffix]
        print(f"| {suffix[1:].upper()} | {len(rows)} | {len(both)} | {only_ours} | {len(only_theirs)} "
              f"| {library} | {count} | {recall:.4f} | {precision:.4f} |")
    for missing, theirs, ours, name in sorted(differing, reverse=True)[:options.worst]:
        print(f"{name}: {missing} of the library's {theirs} words are missing, {ours} extracted")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20, help="documents of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", default="", help="only kinds whose name contains this")
    parser.add_argument("--minimum", type=float, default=0, help="fail below this recall or precision")
    parser.add_argument("--folder", type=pathlib.Path, help="compare on the documents of this folder")
    parser.add_argument("--worst", type=int, default=0, help="with --folder: name so many files")
    options = parser.parse_args()
    return compared(options) if options.folder else generated(options)


if __name__ == "__main__":
    sys.exit(main())
