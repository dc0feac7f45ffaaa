#!/usr/bin/env python3
"""Compares rules that decide whether a picture is shown for a question.

    .venv/bin/python Tests/Reference/picture_relevance.py CLIP_FOLDER

CLIP_FOLDER is a Hugging Face folder of the small CLIP (train_small_clip.py). The index is 5, 30 or
240 drawings of shapes in colours that the model has not seen together in training. Three kinds of
questions are asked: captions with all drawings in the index; the same captions without the drawings
that they describe, where only a similar one is left; and the questions of the sample library, about
other subjects. The rules:

- index level: the built-in one, PictureRelevance.swift, whose texts and threshold are read from there;
- own level: the same with the neutral texts' cosines with the picture itself;
- z-score of the cosine among the pictures, at least 2.5;
- cosine of at least 0.25, which suits OpenAI's models, and of at least 0.7, fitted to this one.
"""

import json
import pathlib
import random
import re
import sys

import numpy as np
import torch
from transformers import CLIPModel

import small_clip_data as data

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = (HERE.parents[1] / "Sources/RAG/Retrieval/PictureRelevance.swift").read_text()
THRESHOLD = float(re.search(r"threshold = ([0-9.]+)", SOURCE).group(1))
NEUTRAL = re.findall(r'"([^"]+)"', re.search(r"neutralTexts = \[(.*?)\]", SOURCE, re.S).group(1))


def unit(tensor):
    return torch.nn.functional.normalize(tensor, dim=-1).double().numpy()


class Model:
    def __init__(self, folder):
        self.clip = CLIPModel.from_pretrained(folder, dtype=torch.float32).eval()
        merges = (pathlib.Path(folder) / "merges.txt").read_text().splitlines()[1:]
        self.tokenizer = data.Tokenizer([tuple(line.split()) for line in merges if line])
        self.context = self.clip.config.text_config.max_position_embeddings
        self.scale = float(self.clip.logit_scale.detach().exp())

    def texts(self, texts):
        rows = []
        with torch.no_grad():
            for text in texts:
                ids = torch.tensor([self.tokenizer.encode(text, self.context)])
                output = self.clip.text_model(input_ids=ids).last_hidden_state[:, -1]
                rows.append(self.clip.text_projection(output)[0])
        return unit(torch.stack(rows))

    def pictures(self, pictures):
        pixels = torch.tensor(np.stack([data.prepared(picture) for picture in pictures]))
        with torch.no_grad():
            pooled = self.clip.vision_model(pixel_values=pixels).pooler_output
            return unit(self.clip.visual_projection(pooled))


def rules(scale):
    """By name, from cosines [pictures] and neutral cosines [pictures, texts], which are shown."""
    def probable(cosines, level):
        return 1 / (1 + np.exp(scale * (level - cosines))) >= THRESHOLD
    return {
        "index level": lambda c, n: probable(c, n.max(0).mean()),
        "own level": lambda c, n: probable(c, np.log(np.exp(scale * n).mean(1)) / scale),
        "z-score among pictures": lambda c, n: (c - c.mean()) / (c.std() + 1e-9) >= 2.5,
        "cosine >= 0.25": lambda c, n: c >= 0.25,
        "cosine >= 0.70": lambda c, n: c >= 0.70,
    }


def index(model, rng, count, subjects):
    """Questions with their cosines, neutral cosines and right pictures, by kind."""
    scenes = [data.random_scene(rng, held_out=True) for _ in range(count)]
    pictures = model.pictures([data.draw(scene, rng) for scene in scenes])
    neutral = pictures @ model.texts(NEUTRAL).T
    captions = [data.caption(rng.choice(scenes), rng) for _ in range(200)]
    captions = [(text, facts) for text, facts in captions if len(facts) >= 3]
    for (_, facts), vector in zip(captions, model.texts([text for text, _ in captions])):
        cosines = pictures @ vector
        right = np.array([data.is_true(facts, scene) for scene in scenes])
        yield "fitting", cosines, neutral, right
        if not right.all():
            yield "similar", cosines[~right], neutral[~right], right[~right]
    for vector in model.texts(subjects):
        yield "other subject", pictures @ vector, neutral, np.zeros(count, bool)


def main():
    model = Model(sys.argv[1])
    questions = json.loads((HERE.parent / "Fixtures/sample-questions.json").read_text())
    subjects = [entry["question"] for entry in questions["answerable"]]
    print(f"logit scale {model.scale:.1f}, threshold {THRESHOLD}")
    print("| pictures | rule | a fitting picture is first | only similar ones: none shown "
          "| other subject: none shown |")
    print("|---|---|---|---|---|")
    for count, repeats in ((5, 6), (30, 6), (240, 2)):
        asked = [question for seed in range(repeats)
                 for question in index(model, random.Random(5 + seed), count, subjects)]
        for name, rule in rules(model.scale).items():
            outcomes = {"fitting": [], "similar": [], "other subject": []}
            for kind, cosines, neutral, right in asked:
                shown = rule(cosines, neutral)
                best = cosines.argmax()
                outcomes[kind].append(shown[best] and right[best] if kind == "fitting"
                                      else not shown.any())
            means = " | ".join(f"{np.mean(values):.3f}" for values in outcomes.values())
            print(f"| {count} | {name} | {means} |")


if __name__ == "__main__":
    main()
