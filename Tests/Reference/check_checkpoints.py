"""Compares `swiftrag inspect --json` with the formats' own Python readers.

Usage: .venv/bin/python Tests/Reference/check_checkpoints.py FILE...
Needs a built `swiftrag` (SWIFTRAG, default .build/release/swiftrag). For every file: the same
tensors with the same shapes, and the same SHA-256 of each tensor's bytes. Exits 1 on a difference.
"""

import hashlib
import json
import os
import subprocess
import sys

import gguf
import safetensors
import torch


def of_gguf(path):
    """Name: (shape, outermost first; sha256 of the bytes)."""
    tensors = gguf.GGUFReader(path).tensors
    return {
        t.name: ([int(n) for n in reversed(t.shape)], hashlib.sha256(t.data.tobytes()).hexdigest())
        for t in tensors
    }


def of_safetensors(path):
    with open(path, "rb") as file:
        entries = safetensors.deserialize(file.read())
    return {
        name: (list(info["shape"]), hashlib.sha256(bytes(info["data"])).hexdigest())
        for name, info in entries
    }


def of_torch(path):
    """A state dictionary, or the one under its usual key; the numbers in row-major order."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    for key in ("model_state_dict", "state_dict", "model"):
        if isinstance(state.get(key), dict):
            state = state[key]
            break
    return {
        name: (list(t.shape), hashlib.sha256(
            t.contiguous().flatten().view(torch.uint8).numpy().tobytes()).hexdigest())
        for name, t in state.items() if isinstance(t, torch.Tensor)
    }


def theirs(path):
    if path.endswith(".gguf"):
        return of_gguf(path)
    return of_safetensors(path) if path.endswith(".safetensors") else of_torch(path)


def ours(path):
    program = os.environ.get("SWIFTRAG", ".build/release/swiftrag")
    output = subprocess.run(
        [program, "inspect", path, "--json", "--hash"], check=True, capture_output=True).stdout
    report = json.loads(output)
    end = 0
    for region in report["byteMap"]:
        assert region["byteOffset"] == end, f"{path}: byte map breaks at {end}"
        end += region["byteCount"]
    assert end == os.path.getsize(path), f"{path}: byte map ends at {end}"
    return {t["name"]: (t["shape"], t["sha256"]) for t in report["tensors"]}


def main():
    failures = 0
    for path in sys.argv[1:]:
        reference, mine = theirs(path), ours(path)
        different = {n for n in reference.keys() | mine.keys() if reference.get(n) != mine.get(n)}
        print(f"{path}: {len(reference)} tensors, {len(different)} different")
        for name in sorted(different)[:5]:
            print(f"  {name}: reference {reference.get(name)}, ours {mine.get(name)}")
        failures += bool(different)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
