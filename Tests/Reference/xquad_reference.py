#!/usr/bin/env python3
"""Retrieval on XQuAD English by sentence-transformers and exact search: the reference for
`swiftrag eval retrieval`.

    .venv/bin/python Tests/Reference/xquad_reference.py [--swiftrag]

The corpus is the 240 paragraphs, each one passage (cut at the model's limit of 256 tokens, as
sentence-transformers does); the queries are the 1,190 questions; the relevant passage of a question
is its paragraph. Printed: recall@1, recall@5 and MRR@10 by descending cosine. With --swiftrag the
same search is done on the embeddings of `swiftrag embed`, F32 and the bundled Q8_0.
"""

import argparse
import json
import pathlib

import numpy as np

import swiftrag

ROOT = pathlib.Path(__file__).parents[2]
BUNDLED = ROOT / "models/embeddings/all-MiniLM-L6-v2/all-MiniLM-L6-v2-Q8_0.gguf"


def load(path):
    paragraphs, questions, answers = [], [], []
    for article in json.loads(path.read_text())["data"]:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                questions.append(qa["question"])
                answers.append(len(paragraphs))
            paragraphs.append(paragraph["context"])
    return paragraphs, questions, np.array(answers)


def measures(passages, queries, answers):
    scores = queries @ passages.T
    relevant = scores[np.arange(len(answers)), answers]
    # Passages with equal scores are ranked in their original order, as in the program.
    ahead = (scores > relevant[:, None]).sum(axis=1)
    ties = (scores == relevant[:, None]) & (np.arange(len(passages)) < answers[:, None])
    rank = ahead + ties.sum(axis=1) + 1
    return {
        "recall@1": (rank <= 1).mean(),
        "recall@5": (rank <= 5).mean(),
        "MRR@10": np.where(rank <= 10, 1 / rank, 0).mean(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    parser.add_argument("--swiftrag", action="store_true")
    options = parser.parse_args()
    paragraphs, questions, answers = load(options.assets / "text/xquad.en.json")
    print(f"{len(paragraphs)} passages, {len(questions)} questions")

    def report(name, embed):
        values = measures(embed(paragraphs), embed(questions), answers)
        print(f"{name}: " + ", ".join(f"{key} {value:.4f}" for key, value in values.items()))

    from sentence_transformers import SentenceTransformer
    original = options.assets / "minilm"
    model = SentenceTransformer(str(original), device="cpu")
    report("sentence-transformers", lambda texts: model.encode(texts, batch_size=16))
    if options.swiftrag:
        report("swiftrag F32", lambda texts: swiftrag.embed(original, texts))
        report("swiftrag Q8_0", lambda texts: swiftrag.embed(BUNDLED, texts))


if __name__ == "__main__":
    main()
