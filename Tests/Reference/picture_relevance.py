#!/usr/bin/env python3
"""Compares rules that decide whether a picture is shown for a question.

    .venv/bin/python Tests/Reference/picture_relevance.py CLIP_FOLDER

CLIP_FOLDER is a Hugging Face folder of the small CLIP (train_small_clip.py). 240 drawings of shapes
whose colours the model has not seen with them in training are the index. Each caption is asked twice:
with all drawings, and without those that it describes, when nothing should be shown; so are questions
about other subjects, whose words the model has never seen. A question counts as right if the best
drawing that the rule shows is one that the caption describes, or if nothing is shown where nothing
fits. Each rule's threshold is the best on the even questions; the table is of the odd ones.

The rules: the cosine; the probability against the neutral texts, as in PictureRelevance (mean and
maximum of the neutral ones); the z-score among the neutral texts; the z-score among the drawings.
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


def neutral_texts():
    source = (HERE.parents[1] / "Sources/RAG/Retrieval/PictureRelevance.swift").read_text()
    listed = re.search(r"neutralTexts = \[(.*?)\]", source, re.S).group(1)
    return re.findall(r'"([^"]+)"', listed)


def unit(tensor):
    return torch.nn.functional.normalize(tensor, dim=-1).double().numpy()


class Model:
    def __init__(self, folder):
        self.clip = CLIPModel.from_pretrained(folder, dtype=torch.float32).eval()
        merges = (pathlib.Path(folder) / "merges.txt").read_text().splitlines()[1:]
        self.tokenizer = data.Tokenizer([tuple(line.split()) for line in merges if line])
        self.context = self.clip.config.text_config.max_position_embeddings
        self.scale = float(self.clip.logit_scale.exp())

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
    """Rule by name: cosines [pictures] and neutral cosines [pictures, texts] to scores [pictures]."""
    def probability(cosines, neutral, combine):
        return 1 / (1 + combine(np.exp(scale * (neutral - cosines[:, None])), axis=1))
    return {
        "cosine": lambda c, n: c,
        "p, mean of neutral": lambda c, n: probability(c, n, np.mean),
        "p, maximum of neutral": lambda c, n: probability(c, n, np.max),
        "z among neutral": lambda c, n: (c - n.mean(1)) / (n.std(1) + 1e-9),
        "z among pictures": lambda c, n: (c - c.mean()) / (c.std() + 1e-9),
    }


def outcomes(rule, questions):
    """(best score, whether the best picture is right, whether one fits) of each question."""
    return [(scores.max(), right[scores.argmax()], right.any())
            for scores, right in ((rule(c, n), right) for c, n, right in questions)]


def rates(found, threshold):
    shown = [is_right for best, is_right, fits in found if fits and best >= threshold]
    fitting = sum(fits for _, _, fits in found)
    none = [best < threshold for best, _, fits in found if not fits]
    return sum(shown) / fitting, sum(none) / len(none)


def main():
    model = Model(sys.argv[1])
    rng = random.Random(5)
    scenes = [data.random_scene(rng, held_out=True) for _ in range(240)]
    pictures = model.pictures([data.draw(scene, rng) for scene in scenes])
    neutral = pictures @ model.texts(neutral_texts()).T
    captions = [data.caption(data.random_scene(rng, held_out=True), rng) for _ in range(600)]
    captions = [(text, facts) for text, facts in captions if len(facts) >= 3]
    others = json.loads((HERE.parent / "Fixtures/sample-questions.json").read_text())
    others = [(entry["question"], None) for entry in others["answerable"]]
    questions = []
    for (text, facts), vector in zip(captions + others, model.texts([t for t, _ in captions + others])):
        cosines = pictures @ vector
        right = np.array([facts is not None and data.is_true(facts, scene) for scene in scenes])
        if facts is None:
            questions.append((cosines, neutral, right))
        elif right.any():
            questions.append((cosines, neutral, right))
            questions.append((cosines[~right], neutral[~right], right[~right]))
    rng.shuffle(questions)
    print(f"{len(questions)} questions, {sum(r.any() for _, _, r in questions)} with a picture; "
          f"logit scale {model.scale:.1f}")
    print("| rule | threshold | fitting picture first | nothing shown where nothing fits | mean |")
    print("|---|---|---|---|---|")
    for name, rule in rules(model.scale).items():
        even, odd = (outcomes(rule, questions[start::2]) for start in (0, 1))
        candidates = sorted({best for best, _, _ in even})
        best = max(candidates, key=lambda t: sum(rates(even, t)))
        thresholds = [(best, "")] + ([(0.75, " (built in)")] if name == "p, mean of neutral" else [])
        for threshold, note in thresholds:
            shown, none = rates(odd, threshold)
            print(f"| {name} | {threshold:.3f}{note} | {shown:.3f} | {none:.3f} | "
                  f"{(shown + none) / 2:.3f} |")


if __name__ == "__main__":
    main()
