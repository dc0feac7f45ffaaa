"""Makes schema2.sqlite from schema1.sqlite with a swiftrag whose indexes have schema 2.

    python3 make_schema2.py SWIFTRAG

SWIFTRAG is a build of commit 717838e, which migrates the copy when it lists it. The documents, the
answers and the content hash are those of schema1.json.
"""

import pathlib
import shutil
import sqlite3
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def main():
    index = HERE / "schema2.sqlite"
    shutil.copyfile(HERE / "schema1.sqlite", index)
    subprocess.run([sys.argv[1], "index", "info", "--index", str(index)], check=True)
    with sqlite3.connect(index) as database:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        database.execute("PRAGMA journal_mode = DELETE")
    with sqlite3.connect(index, isolation_level=None) as database:
        database.execute("VACUUM")
    assert version == 2, version


if __name__ == "__main__":
    main()
