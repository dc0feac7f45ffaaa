#!/usr/bin/env python3
"""Writes Sources/SwiftRAG/TokenizerData/clip-merges.txt from OpenAI's bpe_simple_vocab_16e6.txt.gz.

The published models use the first 48,894 merges of the 262,145 in that file; they are the merges.txt
of Hugging Face's folders. The file is part of openai/CLIP (MIT licence, Copyright 2021 OpenAI).

    python3 Tests/Reference/make_clip_merges.py [--assets ../shared/assets]
"""

import argparse
import gzip
import pathlib

ROOT = pathlib.Path(__file__).parents[2]
OUTPUT = ROOT / "Sources/SwiftRAG/TokenizerData/clip-merges.txt"
COUNT = 49152 - 256 - 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    source = parser.parse_args().assets / "clip/bpe_simple_vocab_16e6.txt.gz"
    lines = gzip.decompress(source.read_bytes()).decode("utf-8").split("\n")
    merges = lines[1:COUNT + 1]
    assert all(len(merge.split(" ")) == 2 for merge in merges)
    OUTPUT.write_text("\n".join(["#version: 0.2", *merges]) + "\n", encoding="utf-8")
    print(f"{OUTPUT}: {len(merges)} merges, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
