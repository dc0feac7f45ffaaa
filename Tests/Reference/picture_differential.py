#!/usr/bin/env python3
"""Decodes, resizes and normalises the shared pictures, and compares with Pillow, torchvision and
Hugging Face's processor; then damages the fixtures and compares what can still be decoded.

    .venv/bin/python Tests/Reference/picture_differential.py [--assets ../shared/assets]
        [--mutants 20] [--package .]

Writes the reference into a temporary folder and runs the suite PictureDifferentialTests on it. Fails
where a pixel or a bit of a tensor differs.
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings

from make_picture_fixtures import FIXTURES, ROOT
from picture_reference import CLIPReference, digest, upright_rgb

warnings.simplefilter("ignore")


def whole_rows(assets):
    clip = CLIPReference()
    paths = sorted((assets / "images").rglob("*.*")) + sorted((assets / "clip").glob("*.png"))
    for path in paths:
        try:
            image = upright_rgb(path.read_bytes())
        except OSError as error:
            print(f"Pillow refuses {path.name}: {error}")
            continue
        yield [path, image.width, image.height, digest(image.tobytes())] + clip.digests(image)


def mutants(count, folder):
    """Files with one to four bytes changed, and files that are cut."""
    generator = random.Random(17)
    for path in sorted(FIXTURES.iterdir()):
        if path.suffix == ".tsv":
            continue
        data = path.read_bytes()
        for number in range(count):
            mutant = bytearray(data)
            if number % 5 == 0:
                mutant = mutant[: generator.randrange(len(data))]
            else:
                for _ in range(generator.randint(1, 4)):
                    mutant[generator.randrange(len(data))] = generator.randrange(256)
            target = folder / f"{path.stem}-{number}{path.suffix}"
            target.write_bytes(mutant)
            yield target


def damaged_rows(count, folder):
    for path in mutants(count, folder):
        try:
            image = upright_rgb(path.read_bytes())
            if image.width * image.height > 89_478_485:
                continue
            yield [path, image.width, image.height, digest(image.tobytes())]
        except Exception:  # Pillow raises a dozen kinds of error for damaged files.
            yield [path, "error"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT.parent / "shared/assets")
    parser.add_argument("--mutants", type=int, default=20)
    parser.add_argument("--package", type=pathlib.Path, default=ROOT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tables = {
            "whole": list(whole_rows(options.assets)),
            "damaged": list(damaged_rows(options.mutants, folder)),
        }
        for table, rows in tables.items():
            lines = ["\t".join(map(str, row)) for row in rows]
            (folder / f"{table}.tsv").write_text("\n".join(lines) + "\n")
        environment = dict(os.environ, SWIFTRAG_PICTURE_REFERENCE=str(folder))
        command = ["swift", "test", "--skip-build", "--filter", "PictureDifferentialTests"]
        sys.exit(subprocess.run(command, cwd=options.package, env=environment).returncode)


if __name__ == "__main__":
    main()
