"""Runs the `swiftrag` program for the reference scripts of this directory."""

import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]


def program():
    """The release build, or the program in SWIFTRAG."""
    path = os.environ.get("SWIFTRAG", str(ROOT / ".build/release/swiftrag"))
    if not os.access(path, os.X_OK):
        raise SystemExit(f"{path} is not there: build it first (swift build -c release)")
    return path


def embed(model, texts, kernels="simd", threads=2):
    """Embeddings [len(texts), dimension] of `swiftrag embed`; long texts are cut at the limit."""
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory) / "texts.jsonl"
        target = pathlib.Path(directory) / "embeddings.npy"
        source.write_text("".join(json.dumps(text) + "\n" for text in texts))
        subprocess.run(
            [program(), "embed", "--model", str(model), "--kernels", kernels, "--threads",
             str(threads), "--file", str(source), "--input-jsonl", "--npy", str(target), "--quiet"],
            check=True, stdout=subprocess.DEVNULL)
        return np.load(target)


def bench_embed(model, tokens, batch, seconds, threads=2, kernels="simd"):
    """The JSON object that `swiftrag bench embed` prints."""
    result = subprocess.run(
        [program(), "bench", "embed", "--model", str(model), "--kernels", kernels, "--tokens",
         str(tokens), "--batch", str(batch), "--seconds", str(seconds), "--threads", str(threads),
         "--json"], stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)


def logits(model, ids, cache="f16", threads=2, greedy=0, batch=512, repack=True):
    """Logits [len(ids), vocabulary] of `swiftrag bench logits`, and the ids of its greedy text.

    The greedy text goes on from ids[0] alone.
    """
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory) / "ids.txt"
        target = pathlib.Path(directory) / "logits.npy"
        source.write_text(" ".join(map(str, ids)))
        result = subprocess.run(
            [program(), "bench", "logits", "--model", str(model), "--ids", str(source), "--npy",
             str(target), "--cache", cache, "--threads", str(threads), "--batch", str(batch),
             "--greedy", str(greedy), "--json", *([] if repack else ["--no-repack"])],
            check=True, stdout=subprocess.PIPE)
        return np.load(target), json.loads(result.stdout)["greedy"]
