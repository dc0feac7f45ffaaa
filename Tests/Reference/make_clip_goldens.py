#!/usr/bin/env python3
"""Writes Tests/Fixtures/clip: a tiny CLIP in two layouts with its activations.

    .venv/bin/python Tests/Reference/make_clip_goldens.py

tiny/             a CLIP of 2 and 2 layers, random weights (seed 13) in Float16, saved by
                  transformers: config.json, model.safetensors; vocab.json and merges.txt of a small
                  vocabulary
tiny-open-clip/   the same weights as open_clip has them: open_clip_model.safetensors,
                  open_clip_config.json
tiny.json         prepared images (by their seed), token ids, and the offset of each activation in
                  tiny.f32
tiny.f32          every activation of both towers, then the images, Float32, little-endian
token-ids.json    texts with the ids of open_clip and of Hugging Face, for OpenAI's vocabulary

Activations are those of transformers' CLIPModel in Float32, eager attention, taken by hooks, each
input by itself. The script fails where open_clip's embeddings of the same weights differ.
"""

import pathlib
import shutil

import random

import numpy as np
import torch
from safetensors.torch import save_file

import clip_reference as reference
from golden_files import ActivationFile, write_json, write_manifest

FIXTURE = reference.ROOT / "Tests/Fixtures/clip"
# Merges of a tiny vocabulary; the first symbols are bytes, "</w>" ends a word.
MERGES = ["a t</w>", "c at</w>", "o g</w>", "d og</w>", "t h", "th e</w>", "i n", "in g</w>",
          "r e", "re d</w>", "o n</w>", "b l", "u e</w>", "bl ue</w>"]


def byte_characters():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(0x100 + i) for i in range(len(others))]


def vocabulary():
    spellings = byte_characters()
    spellings += [s + "</w>" for s in spellings]
    spellings += [merge.replace(" ", "") for merge in MERGES]
    return spellings + ["<|startoftext|>", "<|endoftext|>"]


def token_ids(open_clip):
    """Some texts of every kind that clip_token_ids.py compares in thousands."""
    import clip_token_ids
    rng = random.Random(5)
    texts = ["", " ", "a photo of a cat.", "<|endoftext|> is text", "ΣΊΣΥΦΟΣ ΑΣ, Σ ΑΣΑ", "'ſ O\u0345"]
    texts += [text.format("Łódź", "smile", "naïve") for text in clip_token_ids.CAPTIONS]
    while len(texts) < 160:
        text = clip_token_ids.random_text(rng)
        clean = open_clip.tokenizer.get_clean_fn("lower")(text)
        if len(text) < 120 and clip_token_ids.unicode_is_shared(text + clean):
            texts.append(text)
    tokenizer = clip_token_ids.without_special(open_clip.tokenizer.SimpleTokenizer())
    merges = reference.ROOT / "Sources/SwiftRAG/TokenizerData/clip-merges.txt"
    fast = clip_token_ids.hugging_face(merges)
    return [{"text": text, "openAI": [49406, *tokenizer.encode(text), 49407],
             "huggingFace": [49406, *fast.encode(text).ids, 49407]} for text in texts]


def main():
    torch.set_num_threads(1)
    FIXTURE.mkdir(parents=True, exist_ok=True)
    pieces = vocabulary()
    model = reference.hugging_face(
        vision=(2, 32, 4, 64), text=(2, 16, 2, 32), image=24, patch=8, vocab=len(pieces),
        context=12, projection=24, activation="quick_gelu", seed=13)
    directory = FIXTURE / "tiny"
    shutil.rmtree(directory, ignore_errors=True)
    model.half().save_pretrained(directory)
    model.float()
    write_json(directory / "vocab.json", {piece: i for i, piece in enumerate(pieces)})
    (directory / "merges.txt").write_text("#version: 0.2\n" + "\n".join(MERGES) + "\n")

    state = reference.openai_names(model)
    other = FIXTURE / "tiny-open-clip"
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir()
    open_clip, _ = reference.import_references()
    twin = reference.open_clip_model(open_clip, model.config, state)
    save_file({k: v.half().contiguous() for k, v in twin.state_dict().items()},
              other / "open_clip_model.safetensors")
    write_json(other / "open_clip_config.json", reference.open_clip_config(model.config))

    generator = np.random.default_rng(13)
    start, end = len(pieces) - 2, len(pieces) - 1
    texts = [[start, *generator.integers(0, start, size).tolist(), end] for size in (5, 0, 10, 1)]
    images = [torch.tensor(generator.normal(0, 1, (1, 3, 24, 24)), dtype=torch.float32)
              for _ in range(2)]

    file = ActivationFile()
    entries = {}
    for kind, inputs in (("images", [dict(pixels=i) for i in images]),
                         ("texts", [dict(ids=t) for t in texts])):
        found = [reference.activations(model, **i) for i in inputs]
        entries[kind] = [file.append(name, layer, np.concatenate([f[(name, layer)] for f in found]))
                         for name, layer in found[0]]
        with torch.no_grad():
            for each, given in zip(found, inputs):
                # Texts are padded with zeros, as open_clip's tokenizer does.
                theirs = (twin.encode_image(given["pixels"], normalize=True) if kind == "images"
                          else twin.encode_text(torch.tensor(
                              [given["ids"] + [0] * (12 - len(given["ids"]))]), normalize=True))
                assert np.abs(each[("embedding", None)] - theirs.numpy()).max() < 1e-6
    pixels = file.append("pixels", None, torch.cat(images).reshape(-1, 24).numpy())
    (FIXTURE / "tiny.f32").write_bytes(file.data)
    write_json(FIXTURE / "tiny.json", {"texts": texts, "imageCount": len(images), "pixels": pixels,
                                       "images": entries["images"],
                                       "textActivations": entries["texts"]})
    write_json(FIXTURE / "token-ids.json", token_ids(open_clip))
    write_manifest(FIXTURE, pathlib.Path(__file__).name, "CLIPGoldenTests.swift")


if __name__ == "__main__":
    main()
