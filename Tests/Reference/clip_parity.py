#!/usr/bin/env python3
"""Compares CLIP ViT-B/32, opened from every published layout, with the references layer by layer.

    .venv/bin/python Tests/Reference/clip_parity.py [--folder FOLDER] [--only NAME ...]

Writes checkpoints of the true shape with seeded weights, each by its reference:

- hugging-face-safetensors: transformers' save_pretrained
- hugging-face-bin: pytorch_model.bin with config.json, by torch.save
- open-clip-safetensors, open-clip-bin: open_clip's state, by safetensors and torch.save
- openai-archive: OpenAI's model in Float16, traced and saved as TorchScript with the buffers
  input_resolution, context_length and vocab_size, as ViT-B-32.pt is

and the activations of both towers by transformers (Float32; of the rounded weights for the archive).
Then it runs the tests CLIPParityTests, which open each checkpoint, compare every activation, and
convert the first to Q8_0. Needs `swift build --build-tests` and 3 GB of disk; exit status 1 when a
test fails.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.torch import save_file

import clip_reference as reference
from golden_files import ActivationFile, write_json

TEXTS = [[49406, 320, 1125, 539, 320, 2368, 269, 49407], [49406, 49407]]


def goldens(folder, name, model, images, texts):
    """NAME.f32 and NAME.json, in the format of Tests/Fixtures/clip."""
    file = ActivationFile()
    entries = {}
    for kind, inputs in (("images", [dict(pixels=i) for i in images]),
                         ("textActivations", [dict(ids=t) for t in texts])):
        found = [reference.activations(model, **given) for given in inputs]
        entries[kind] = [file.append(key, layer, np.concatenate([f[(key, layer)] for f in found]))
                         for key, layer in found[0]]
    pixels = file.append("pixels", None, torch.cat(images).reshape(-1, 224).numpy())
    (folder / f"{name}.f32").write_bytes(file.data)
    write_json(folder / f"{name}.json",
               {"texts": texts, "imageCount": len(images), "pixels": pixels, **entries})


def torchscript_archive(clip, state, path):
    """OpenAI's model as its published archive: Float16, traced, sizes as buffers."""
    model = clip.model.build_model({key: value.clone() for key, value in state.items()})
    for name, value in (("input_resolution", 224), ("context_length", 77), ("vocab_size", 49408)):
        if hasattr(model, name):
            delattr(model, name)
        model.register_buffer(name, torch.tensor(value))
    model = model.eval()
    image = torch.zeros(1, 3, 224, 224, dtype=torch.float16)
    text = torch.tensor([TEXTS[0] + [0] * (77 - len(TEXTS[0]))])
    with torch.no_grad():
        traced = torch.jit.trace_module(
            model, {"encode_image": image, "encode_text": text, "forward": (image, text)},
            check_trace=False)
    torch.jit.save(traced, str(path))


def write(folder, only):
    torch.set_num_threads(2)
    model = reference.hugging_face(
        vision=(12, 768, 12, 3072), text=(12, 512, 8, 2048), image=224, patch=32, vocab=49408,
        context=77, projection=512, activation="quick_gelu", seed=31)
    generator = np.random.default_rng(31)
    images = [torch.tensor(generator.normal(0, 1, (1, 3, 224, 224)), dtype=torch.float32)
              for _ in range(2)]
    words = [int(i) for i in generator.integers(0, 49406, 75)]
    texts = TEXTS + [[49406, *words, 49407]]
    goldens(folder, "f32", model, images, texts)
    state = reference.openai_names(model)
    open_clip, clip = reference.import_references()
    formats = []

    def add(name, path, precision):
        if not only or name in only:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            formats.append({"name": name, "path": path, "goldens": precision})
            return folder / path
        return None

    if path := add("hugging-face-safetensors", "hf/model.safetensors", "f32"):
        model.save_pretrained(path.parent)
    if path := add("hugging-face-bin", "hf-bin/pytorch_model.bin", "f32"):
        model.config.save_pretrained(path.parent)
        torch.save(model.state_dict(), path)
    twin = reference.open_clip_model(open_clip, model.config, state)
    with torch.no_grad():
        theirs = twin.encode_image(torch.cat(images), normalize=True).numpy()
    ours = np.concatenate([reference.activations(model, pixels=i)[("embedding", None)] for i in images])
    print(f"open_clip and transformers differ by {np.abs(theirs - ours).max():.1e}", flush=True)
    for name, file in (("open-clip-safetensors", "open_clip_model.safetensors"),
                       ("open-clip-bin", "open_clip_pytorch_model.bin")):
        if path := add(name, f"{name}/{file}", "f32"):
            write_json(path.parent / "open_clip_config.json",
                       reference.open_clip_config(model.config))
            if name.endswith("bin"):
                torch.save(twin.state_dict(), path)
            else:
                save_file({k: v.contiguous() for k, v in twin.state_dict().items()}, path)
    if path := add("openai-archive", "openai/ViT-B-32.pt", "f16"):
        torchscript_archive(clip, state, path)
        # The archive keeps normalisations, embeddings and the scale in Float32.
        halved = torch.jit.load(str(path)).state_dict()
        loaded = {key: value.float() for key, value in halved.items()
                  if key not in ("input_resolution", "context_length", "vocab_size")}
        rounded = to_hugging_face(model, loaded)
        goldens(folder, "f16", rounded, images, texts)
    write_json(folder / "formats.json", formats)


def to_hugging_face(model, state):
    """A CLIPModel with the weights of a state under OpenAI's names."""
    names = reference.openai_names(model)
    assert names.keys() == state.keys(), names.keys() ^ state.keys()
    own = model.state_dict()
    width = {"visual.transformer": 768, "transformer": 512}
    for key, value in own.items():
        for theirs, tensor in names.items():
            if tensor.shape == value.shape and tensor.data_ptr() == value.data_ptr():
                value.copy_(state[theirs])
    own["visual_projection.weight"].copy_(state["visual.proj"].T)
    own["text_projection.weight"].copy_(state["text_projection"].T)
    for theirs, ours in (("visual.transformer", "vision_model"), ("transformer", "text_model")):
        for index in range(12):
            for part in ("weight", "bias"):
                fused = state[f"{theirs}.resblocks.{index}.attn.in_proj_{part}"]
                for name, rows in zip("qkv", fused.split(width[theirs])):
                    own[f"{ours}.encoder.layers.{index}.self_attn.{name}_proj.{part}"].copy_(rows)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=pathlib.Path, help="kept; else a temporary one")
    parser.add_argument("--only", nargs="*", default=[], help="formats to write")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "formats.json").exists():
            write(folder, options.only)
        print(", ".join(f["name"] for f in json.loads((folder / "formats.json").read_text())), flush=True)
        result = subprocess.run(
            ["swift", "test", "--skip-build", "--filter", "CLIPParityTests"], cwd=reference.ROOT,
            env={**os.environ, "SWIFTRAG_CLIP_PARITY": str(folder)}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)
        print("\n".join(line for line in result.stdout.splitlines()
                        if "CLIP ViT-B/32" in line or "✘" in line or "Test run" in line))
        sys.exit(result.returncode)


if __name__ == "__main__":
    main()
