"""Makes schema1.sqlite and schema1.json with a swiftrag whose indexes have schema 1.

    python3 make_schema1.py SWIFTRAG LIBRARY

SWIFTRAG is a release build of commit 6189397, LIBRARY is Sources/SwiftRAG/SampleLibrary. The
documents are indexed as /library/..., a folder that the script creates and removes, so the paths
in the index depend on no machine. schema1.json holds what that program answered: the passages of
each query in each mode (with the query's vector), the listing and the content hash.
"""

import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys

DOCUMENTS = ["harbour-loaf.md", "roof-garden-plan.md", "museum-visiting-rules.html",
             "workshop-lease.docx", "valley-line-timetable.txt"]
QUERIES = [
    "When does the museum open on Sundays?",
    "deposit",
    "How long does the loaf stay in the oven?",
    "last train down the valley",
]
FILTERS = [{}, {"type": "markdown"}, {"path": "*.docx"}]


def run(*arguments):
    result = subprocess.run(arguments, capture_output=True, text=True, check=True)
    return json.loads(result.stdout) if result.stdout.startswith(("{", "[")) else result.stdout


def main():
    program, library = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    here = pathlib.Path(__file__).parent
    index = str(here / "schema1.sqlite")
    pathlib.Path(index).unlink(missing_ok=True)
    folder = pathlib.Path("/library")
    folder.mkdir()
    try:
        for name in DOCUMENTS:
            shutil.copy(library / name, folder)
        # A copy, a file that cannot be read, a changed one and one that vanishes.
        shutil.copy(folder / "harbour-loaf.md", folder / "a-copy.md")
        (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
        (folder / "changed.txt").write_text("The lamp of the old lighthouse was red.")
        (folder / "gone.txt").write_text("This file is removed again.")
        run(program, "add", "--index", index, str(folder), "--json")
        (folder / "changed.txt").write_text("The lamp of the old lighthouse is green.")
        (folder / "gone.txt").unlink()
        run(program, "add", "--index", index, str(folder), "--json")
        searches = [search(program, index, query, mode, filters) for query in QUERIES
                    for mode in ["hybrid", "dense", "keyword"] for filters in FILTERS]
        expected = {
            "contentHash": run(program, "index", "info", "--index", index, "--json")["contentHash"],
            "documents": run(program, "index", "ls", "--index", index, "--json"),
            "vectors": {query: run(program, "embed", query, "--json")["vectors"][0] for query in QUERIES},
            "searches": searches,
        }
    finally:
        shutil.rmtree(folder)
    database = sqlite3.connect(index)
    assert database.execute("PRAGMA user_version").fetchone() == (1,)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    (here / "schema1.json").write_text(json.dumps(expected, sort_keys=True) + "\n")


def search(program, index, query, mode, filters):
    flags = [part for name, value in filters.items() for part in ("--" + name, value)]
    passages = run(program, "search", query, "--mode", mode, "--index", index, "--json",
                   "-k", "3", *flags)
    # The text is in the index; its length and place identify it.
    for passage in passages:
        passage["text"] = passage["text"][:60]
    return {"query": query, "mode": mode, "filter": filters, "passages": passages}


main()
