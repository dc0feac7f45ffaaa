#!/usr/bin/env python3
"""Measures the text that `swiftrag add` takes from raw web pages against their main content.

    main_content.py FOLDER [--trafilatura]

FOLDER holds ground-truth.json and the pages HASH.html.gz of
https://github.com/scrapinghub/article-extraction-benchmark (MIT; 181 news pages with their articles).
Prints, over all pages, the share of the words of the articles that are in the extracted text (recall)
and the share of the words of the extracted text that are in the articles (precision), counted as in
extraction_recall.py, and the pages with the lowest recall. --trafilatura prints the same for that
library (pinned in requirements-documents.txt), with its default settings.
"""

import argparse
import gzip
import json
import pathlib
import tempfile

from document_kinds import words
from extraction_recall import extracted, shared


def report(name, truth, texts):
    rows = [(page, words(article), words(texts.get(page, ""))) for page, article in truth.items()]
    common = {page: shared(article, text) for page, article, text in rows}
    total = sum(common.values())
    recall = total / sum(len(article) for _, article, _ in rows)
    precision = total / sum(len(text) for _, _, text in rows)
    print(f"{name:12} recall {recall:.4f}  precision {precision:.4f}  pages {len(rows)}")
    worst = sorted(rows, key=lambda row: common[row[0]] / max(1, len(row[1])))[:5]
    for page, article, _ in worst:
        print(f"  {common[page] / max(1, len(article)):.3f} {page}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--trafilatura", action="store_true")
    options = parser.parse_args()
    rows = json.loads((options.folder / "ground-truth.json").read_text("utf-8"))
    truth = {name + ".html": row["articleBody"] for name, row in rows.items()}
    pages = {name: gzip.decompress((options.folder / (name + ".gz")).read_bytes()) for name in truth}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "docs"
        folder.mkdir()
        for name, page in pages.items():
            (folder / name).write_bytes(page)
        report("swiftrag", truth, extracted([folder], folder.parent / "index.sqlite"))
    if options.trafilatura:
        import trafilatura
        report("trafilatura", truth, {name: trafilatura.extract(page) or "" for name, page in pages.items()})


if __name__ == "__main__":
    main()
