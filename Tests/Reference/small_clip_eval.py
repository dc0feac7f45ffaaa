#!/usr/bin/env python3
"""What the small CLIP can do on pairs of colour and shape that it has not seen, through the program.

    .venv/bin/python Tests/Reference/small_clip_eval.py [--program .build/release/swiftrag]
        [--model Tests/Fixtures/clip-small/clip-small-q8_0.gguf] [--count 200]

Draws scenes of held-out pairs, asks `swiftrag classify` for the pair among all 56, the colour, the
shape and the count, and compares captions with all drawings by `swiftrag embed` (recall of the
caption's own drawing, or of one that it describes as well). Chance is printed beside. Exit status 1
where the pair is right less than half the time: the figures are reported, not tuned.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np

import small_clip_data as data
from clip_reference import ROOT


def classify(program, model, files, labels, template):
    result = subprocess.run(
        [program, "classify", "-q", "-m", model, "--labels", ",".join(labels), "--template", template,
         "--json", "-n", "1", *files], check=True, stdout=subprocess.PIPE)
    return [row["labels"][0]["label"] for row in json.loads(result.stdout)]


def embed(program, model, inputs):
    result = subprocess.run([program, "embed", "-q", "-m", model, "--json", *inputs], check=True,
                            stdout=subprocess.PIPE)
    return np.array(json.loads(result.stdout)["vectors"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    parser.add_argument("--model", default=str(ROOT / "Tests/Fixtures/clip-small/clip-small-q8_0.gguf"))
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    rng = random.Random(99)
    scenes = [data.random_scene(rng, held_out=True) for _ in range(options.count)]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for index, scene in enumerate(scenes):
            files.append(str(pathlib.Path(folder) / f"{index}.png"))
            data.draw(scene, rng).save(files[-1])
        ask = lambda labels, template: classify(options.program, options.model, files, labels, template)
        pairs = [f"{c} {s}" for c in data.COLOURS for s in data.SHAPES]
        single = [i for i, scene in enumerate(scenes) if scene.count == 1]
        found = ask(pairs, "a photo of a {}.")
        pair = np.mean([found[i] == f"{scenes[i].colour} {scenes[i].shape}" for i in single])
        report = [("pair, single shapes", pair, 1 / len(pairs))]
        found = ask(list(data.COLOURS), "a photo of {} things.")
        report.append(("colour", np.mean([f == s.colour for f, s in zip(found, scenes)]), 1 / 8))
        found = ask(data.SHAPES, "a photo of a {}.")
        report.append(("shape, single shapes", np.mean([found[i] == scenes[i].shape for i in single]), 1 / 7))
        found = ask(["a thing", "two things", "three things"], "a picture of {}")
        counts = ["a thing", "two things", "three things"]
        report.append(("count", np.mean([f == counts[s.count - 1] for f, s in zip(found, scenes)]), 1 / 3))
        captions = [data.caption(scene, rng) for scene in scenes]
        pictures = embed(options.program, options.model, files)
        texts = embed(options.program, options.model, [text for text, _ in captions])
        order = np.argsort(-texts @ pictures.T, axis=1)
        for k in (1, 5, 10):
            hits = [any(data.is_true(facts, scenes[i]) for i in row[:k])
                    for (_, facts), row in zip(captions, order)]
            true = [np.mean([data.is_true(facts, s) for s in scenes]) for _, facts in captions]
            report.append((f"recall@{k} of captions", np.mean(hits),
                           float(np.mean([1 - (1 - share) ** k for share in true]))))
    for name, value, chance in report:
        print(f"small CLIP, held-out pairs, {name}: {value:.3f} (chance {chance:.3f})")
    sys.exit(0 if pair >= 0.5 else 1)


if __name__ == "__main__":
    main()
