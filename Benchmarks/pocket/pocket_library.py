#!/usr/bin/env python3
"""Writes a library of generated documents and questions about it, for the pocket Llama.

    python3 Benchmarks/pocket/pocket_library.py --out DIR [--documents 60] [--questions 120]
        [--unanswerable 40] [--seed 50000]

DIR/documents/*.txt hold one to five sentences each: facts of pocket_data.py about names that
training never saw, and filler. DIR/questions.json has the layout of `swiftrag eval answers`: for
each answerable question the document that says it and the value to be found in the answer;
unanswerable ones ask for facts that no document states, of names that occur nowhere.
Seeds below 50,000 are those of training and of the other measurements.
"""

import argparse
import json
import pathlib
import random

import pocket_data


def document(rng, facts):
    """The text that states `facts`, in any order, with filler between."""
    sentences = [fact.statement(rng) for fact in facts]
    for _ in range(rng.choice([0, 1, 1])):
        sentences.insert(rng.randint(0, len(sentences)), rng.choice(pocket_data.FILLER))
    return " ".join(sentences)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--questions", type=int, default=120)
    parser.add_argument("--unanswerable", type=int, default=40)
    parser.add_argument("--seed", type=int, default=50_000)
    parser.add_argument("--apart", action="store_true",
                        help="no two facts of one relation: other passages are easy to tell apart")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    folder = options.out / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    relations = list(pocket_data.RELATIONS)
    rng.shuffle(relations)
    stated = []
    for index in range(options.documents):
        count = rng.randint(1, 4)
        if options.apart:
            chosen, relations = relations[:count], relations[count:]
        else:
            chosen = [None] * count
        facts = [pocket_data.Fact(rng, True, relation) for relation in chosen]
        if not facts:
            break
        name = f"{rng.choice(pocket_data.STEMS)}-{index + 1}.txt"
        (folder / name).write_text(document(rng, facts) + "\n")
        stated += [(name, fact) for fact in facts]
    asked = rng.sample(stated, min(options.questions, len(stated)))
    answerable = [{"question": fact.say(rng.choice(fact.questions)), "document": name,
                   "passage": fact.value} for name, fact in asked]
    unknown = [pocket_data.Fact(rng, True) for _ in range(options.unanswerable)]
    unanswerable = [{"question": fact.say(rng.choice(fact.questions))} for fact in unknown]
    (options.out / "questions.json").write_text(json.dumps(
        {"answerable": answerable, "unanswerable": unanswerable}, indent=1) + "\n")


if __name__ == "__main__":
    main()
