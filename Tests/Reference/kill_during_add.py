#!/usr/bin/env python3
"""Kills `swiftrag add` with SIGKILL many times and checks that the index survives.

    kill_during_add.py [--times 100] [--documents 120] [--program .build/release/swiftrag]

After every kill `index verify` must succeed: SQLite's integrity check passes, and every document is
complete (its chunks, vectors and words) or absent. At the end, an uninterrupted `add` must give the
index the same content hash as an index that was never interrupted.
"""
import argparse
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--documents", type=int, default=120)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--program", default=".build/release/swiftrag")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        corpus = folder / "corpus"
        generator = pathlib.Path(__file__).with_name("make_corpus.py")
        subprocess.run(
            [sys.executable, generator, corpus, "--count", str(arguments.documents)], check=True)

        def add(index):
            return [program, "add", str(corpus), "--index", str(index), "-q"]

        def info(index):
            output = subprocess.run(
                [program, "index", "info", "--index", str(index), "--json"],
                check=True, capture_output=True, text=True).stdout
            return json.loads(output)

        calm = folder / "calm.sqlite"
        started = time.monotonic()
        subprocess.run(add(calm), check=True)
        whole = time.monotonic() - started
        expected = info(calm)["contentHash"]

        index = folder / "killed.sqlite"
        killed = finished = 0
        while killed < arguments.times:
            process = subprocess.Popen(add(index), stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, whole * 0.3))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
            else:
                # It finished before the kill: check the result and start over.
                finished += 1
                assert info(index)["contentHash"] == expected, "a finished run differs"
                for path in folder.glob("killed.sqlite*"):
                    path.unlink()
                continue
            if index.exists():
                verify = subprocess.run(
                    [program, "index", "verify", "--index", str(index)],
                    capture_output=True, text=True)
                assert verify.returncode == 0, f"verify failed after kill {killed}:\n{verify.stderr}"
        subprocess.run(add(index), check=True)
        result = info(index)
        assert result["contentHash"] == expected, "the re-run does not converge"
        assert result["documents"] == arguments.documents
        print(f"{killed} kills, {finished} runs finished in between: integrity intact, "
              f"content hash equal to an undisturbed run ({expected[:16]}…)")


if __name__ == "__main__":
    main()
