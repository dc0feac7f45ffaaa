"""The files of a folder of goldens, concatenated activations and a manifest, for make_*_goldens.py."""

import hashlib
import json

import numpy as np
import torch
import transformers


def write_json(path, value):
    """Compact JSON and a line end."""
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


class ActivationFile:
    """Concatenated Float32 activations, little-endian, and an entry with the offset of each."""

    def __init__(self):
        self.data, self.entries = bytearray(), []

    def append(self, name, layer, rows):
        """Adds `rows` [rows, columns] and returns their entry; `layer` is None outside of the layers."""
        rows = rows.astype("<f4")
        entry = {"name": name, "layer": layer, "rows": rows.shape[0], "columns": rows.shape[1],
                 "offset": len(self.data) // 4}
        self.data += rows.tobytes()
        return entry

    def add(self, name, layer, rows):
        """Appends and lists the entry."""
        self.entries.append(self.append(name, layer, rows))


def write_manifest(folder, generator, tolerances):
    """MANIFEST.json of `folder`: the script, its versions, the place of the tolerances, all hashes."""
    manifest = folder / "MANIFEST.json"
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p != manifest)
    manifest.write_text(json.dumps({
        "generator": f"Tests/Reference/{generator}",
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__,
                     "numpy": np.__version__, "gguf": "0.19.0"},
        "tolerance": f"stated with its reason in Tests/ModelsTests/{tolerances}",
        "sha256": {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
                   for p in files},
    }, indent=2) + "\n")
    print(f"{folder}: {len(files)} files, {sum(p.stat().st_size for p in files)} bytes")
