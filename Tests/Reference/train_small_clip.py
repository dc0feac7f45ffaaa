#!/usr/bin/env python3
"""Trains Tests/Fixtures/clip-small: a small CLIP that has seen drawings of coloured shapes.

    .venv/bin/python Tests/Reference/train_small_clip.py [--steps 1000] [--out FOLDER]

A CLIP of the same architecture as ViT-B/32, with 3 and 2 layers and a vocabulary of some 700 tokens,
learns from drawings that `small_clip_data.py` makes: one to three shapes of one colour at a place on
a background, with captions that name some of this. A fifth of the pairs of colour and shape is never
seen in training.

Writes a Hugging Face folder (config.json, model.safetensors in Float16, vocab.json, merges.txt), from
which `swiftrag models convert FOLDER --type q8_0 --out
Tests/Fixtures/clip-small/clip-small-q8_0.gguf` makes the fixture. `small_clip_eval.py` reports its
accuracy on the pairs that it has not seen. Training is seeded; another number of threads or another
machine gives other last bits, and so slightly other weights.
"""

import argparse
import pathlib
import random
import time

import numpy as np
import torch

import clip_reference as reference
import small_clip_data as data
from golden_files import write_json

BATCH, POOL, CONTEXT = 128, 6000, 24


def images_and_scenes(rng, count):
    scenes = [data.random_scene(rng, held_out=False) for _ in range(count)]
    pixels = np.stack([data.prepared(data.draw(scene, rng)) for scene in scenes])
    return torch.tensor(pixels), scenes


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("/tmp/clip-small"))
    options = parser.parse_args()
    rng = random.Random(21)
    torch.manual_seed(21)
    corpus = [data.caption(data.random_scene(rng, held_out=None), rng)[0] for _ in range(4000)]
    tokenizer = data.Tokenizer.train(corpus, merge_count=200)
    vocab = len(tokenizer.pieces)
    model = reference.hugging_face(
        vision=(3, 96, 3, 384), text=(2, 64, 2, 256), image=data.SIDE, patch=16, vocab=vocab,
        context=CONTEXT, projection=64, activation="quick_gelu", seed=21)
    from transformers import CLIPModel
    model = CLIPModel(model.config)  # the usual initialisation, not that of goldens
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, options.steps, pct_start=0.1)
    start = time.time()
    pixels, scenes = images_and_scenes(rng, POOL)
    print(f"{POOL} drawings, {time.time() - start:.0f} s", flush=True)
    losses = []
    for step in range(options.steps):
        chosen = rng.sample(range(POOL), BATCH)
        captions = [data.caption(scenes[i], rng) for i in chosen]
        ids = [tokenizer.encode(text, CONTEXT) for text, _ in captions]
        length = max(map(len, ids))
        ids = torch.tensor([i + [0] * (length - len(i)) for i in ids])
        output = model(input_ids=ids, pixel_values=pixels[chosen])
        # A caption that is true of another drawing of the batch is not a wrong answer there.
        true = torch.tensor([[data.is_true(facts, scenes[i]) for i in chosen] for _, facts in captions])
        true.fill_diagonal_(False)
        logits = output.logits_per_text.masked_fill(true, -1e4)
        target = torch.arange(BATCH)
        loss = (torch.nn.functional.cross_entropy(logits, target)
                + torch.nn.functional.cross_entropy(logits.T, target)) / 2
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, float(np.log(100)))
        losses.append(loss.item())
        if step % 250 == 249:
            print(f"step {step + 1}: loss {np.mean(losses[-250:]):.3f}, "
                  f"{time.time() - start:.0f} s", flush=True)
    model.half().save_pretrained(options.out)
    write_json(options.out / "vocab.json", {piece: i for i, piece in enumerate(tokenizer.pieces)})
    (options.out / "merges.txt").write_text(
        "#version: 0.2\n" + "\n".join(" ".join(m) for m in tokenizer.merges) + "\n")
    print(f"{options.out}: {sum(p.numel() for p in model.parameters())} parameters")


if __name__ == "__main__":
    main()
