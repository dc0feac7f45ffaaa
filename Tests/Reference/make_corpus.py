#!/usr/bin/env python3
"""Writes N generated text documents (seeded) for the ingest measurements.

    make_corpus.py OUT_FOLDER [--count 2000] [--seed 1]

Each document has a title, three to six headed sections and 250 to 700 words of grammatical, varied
sentences, so that chunking and tokenising do the work that real prose gives them.
"""
import argparse
import pathlib
import random

PLACES = """Arlen Brisco Calder Dunmore Estwick Farrow Glenholm Harwick Ivesby Jarrow Kelso Lindal
Marsden Norwell Osmond Penrith Quarley Rothbury Selkirk Tarland Ulpha Varley Whitby Yarm""".split()
THINGS = """harbour mill orchard observatory railway archive bakery quarry lighthouse greenhouse
workshop library foundry reservoir museum ferry chapel market kiln weir vineyard dairy""".split()
PEOPLE = """Agnes Bertil Clara Dmitri Elena Farid Greta Hamid Ines Jonas Kirsten Laszlo Mira Nils
Olga Pavel Rosa Sven Teresa Ulrich Vera Wim Yusuf Zora""".split()
VERBS = """repaired measured opened inspected painted extended closed rented surveyed insured cleaned
restored photographed relocated financed""".split()
QUALITIES = """narrow reliable draughty celebrated neglected modern wooden costly temporary
well-kept flooded quiet crowded remote""".split()
TOPICS = """maintenance history finances visitors safety energy staffing equipment weather access
records deliveries""".split()


def sentence(rng):
    place, thing = rng.choice(PLACES), rng.choice(THINGS)
    person, verb, quality = rng.choice(PEOPLE), rng.choice(VERBS), rng.choice(QUALITIES)
    year, number = rng.randint(1850, 2020), rng.randint(3, 980)
    return rng.choice([
        f"In {year} {person} {verb} the {quality} {thing} at {place}, which took {number} days.",
        f"The {thing} at {place} holds {number} visitors, although {person} considers it {quality}.",
        f"{person} wrote to the council of {place} that the {thing} had been {verb} without notice.",
        f"Every {number} hours the {quality} pump of the {thing} is checked by {person} or a deputy.",
        f"A budget of {number} crowns was approved for the {thing}; {person} asked for twice as much.",
        f"Between {place} and {rng.choice(PLACES)} the {quality} road passes the {thing} twice.",
        f"What {person} found in the {thing} was {quality}: {number} letters, all dated {year}.",
    ])


def document(rng, index):
    title = f"Report {index:04d}: the {rng.choice(THINGS)} of {rng.choice(PLACES)}"
    parts = [f"# {title}", ""]
    for topic in rng.sample(TOPICS, rng.randint(3, 6)):
        parts += [f"## On {topic}", ""]
        for _ in range(rng.randint(1, 3)):
            parts += [" ".join(sentence(rng) for _ in range(rng.randint(3, 6))), ""]
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.folder)
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(arguments.seed)
    words = 0
    for index in range(arguments.count):
        text = document(rng, index)
        words += len(text.split())
        (folder / f"report-{index:04d}.md").write_text(text, encoding="utf-8")
    print(f"{arguments.count} documents, {words} words in {folder}")


if __name__ == "__main__":
    main()
