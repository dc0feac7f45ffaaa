#!/usr/bin/env python3
"""Indexing photographs end to end: pictures per second, the share of the encoder, memory.

    .venv/bin/python Benchmarks/picture_indexing.py --clip MODEL [--count 500] [--threads 2]

Writes COUNT JPEG files of 0.3, 2 and 12 megapixels in turn, cut from the pictures of
`../shared/assets/images` (or from seeded noise where those are not there) and no two alike, and adds
their folder to an empty index. The encoder's share is the time that `swiftrag bench clip` needs for
as many prepared pictures; the rest is decoding, resizing and the index. Memory is the peak of the
largest process, of which one decodes.
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import time

import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).parents[1]
SIZES = [(640, 480), (1600, 1200), (4032, 3024)]


def sources(generator):
    folder = ROOT / "../shared/assets/images"
    pictures = []
    for name in ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "hubble_deep_field.jpg"):
        if (folder / name).exists():
            pictures.append(Image.open(folder / name).convert("RGB"))
    return pictures or [Image.fromarray(generator.integers(0, 256, (512, 512, 3), dtype=np.uint8))]


def write(folder, count):
    generator = np.random.default_rng(1)
    pictures = sources(generator)
    for index in range(count):
        picture = pictures[index % len(pictures)]
        side = min(picture.size)
        cut = int(generator.integers(side // 2, side))
        left = int(generator.integers(0, picture.width - cut + 1))
        top = int(generator.integers(0, picture.height - cut + 1))
        picture.crop((left, top, left + cut, top + cut)).resize(SIZES[index % 3]).save(
            folder / f"photo-{index:04}.jpg", quality=88)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clip", required=True, type=pathlib.Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        photos = work / "photos"
        photos.mkdir()
        write(photos, options.count)
        environment = dict(os.environ, CLIP_MODEL_PATH=str(options.clip.resolve()),
                           XDG_DATA_HOME=str(work / "data"), XDG_CACHE_HOME=str(work / "cache"))
        start = time.perf_counter()
        subprocess.run([options.program, "add", str(photos), "--ocr", "off", "-q", "-t",
                        str(options.threads)], check=True, env=environment)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        report = json.loads(subprocess.run(
            [options.program, "bench", "clip", "-q", "-m", str(options.clip), "--batch", "8", "-t",
             str(options.threads), "--json"], check=True, capture_output=True).stdout)
    encoder = options.count / report["medianPicturesPerSecond"]
    print(f"{options.count} photographs in {seconds:.1f} s: {options.count / seconds:.1f} a second; "
          f"the encoder alone {encoder:.1f} s ({100 * encoder / seconds:.0f} %); "
          f"peak {peak / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
