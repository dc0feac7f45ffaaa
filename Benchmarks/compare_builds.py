#!/usr/bin/env python3
"""Two builds of swiftrag in one run, alternating: embeddings, a language model, starts.

    Benchmarks/compare_builds.py BASE NEW [--model model.gguf] [--rounds 5] [--only embed,start]

BASE and NEW are programs, each inside its checkout's .build folder. Printed are the medians and the
median of the rounds' ratios NEW / BASE: of speeds, where more is better, and of the seconds of a
start, where less is better. Each program has data and cache folders of its own, and has answered
once before it is timed.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "Benchmarks/peers"))
QUESTION = "What is the price of a family ticket at the museum?"
STARTS = {"version": ["version"], "search": ["search", "museum"], "run": ["run", QUESTION]}


class Build:
    def __init__(self, program, folder):
        self.program = str(pathlib.Path(program).resolve())
        self.environment = dict(os.environ, XDG_DATA_HOME=f"{folder}/data",
                                XDG_CACHE_HOME=f"{folder}/cache")

    def run(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], env=self.environment,
                              check=True, capture_output=True, text=True).stdout

    def embed(self, model, tokens, batch):
        return json.loads(self.run("bench", "embed", "-m", model, "--tokens", tokens, "--batch", batch,
                                   "--seconds", 1.5, "--json", "-q"))["medianSentencesPerSecond"]

    def language_model(self, model, prefill, decode, key):
        return json.loads(self.run("bench", "llm", "-m", model, "--prefill", prefill, "--decode", decode,
                                   "--json", "-q"))[key]

    def start(self, arguments):
        durations = []
        for _ in range(9):
            begin = time.perf_counter()
            self.run(*arguments)
            durations.append(time.perf_counter() - begin)
        return statistics.median(durations)


def tasks(model):
    import minilm
    encoders = {"f32": minilm.model(ROOT / "../shared/assets"),
                "q8_0": ROOT / "models/embeddings/all-MiniLM-L6-v2"}
    for name, path in encoders.items():
        for batch in (1, 32):
            for tokens in (16, 128, 256):
                yield (f"embed {name} {tokens} tokens, batch {batch}",
                       lambda b, p=path, t=tokens, n=batch: b.embed(p, t, n))
    if model:
        yield "decode 32", lambda b: b.language_model(model, 16, 32, "decodeTokensPerSecond")
        for tokens in (128, 512):
            yield (f"prompt {tokens}",
                   lambda b, t=tokens: b.language_model(model, t, 1, "prefillTokensPerSecond"))
    for name, arguments in STARTS.items():
        yield f"start {name}, seconds", lambda b, a=arguments: b.start(a)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("base")
    parser.add_argument("new")
    parser.add_argument("--model", help="a GGUF file, for example of `swiftrag bench model`")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="beginnings of the tasks' names, with commas")
    options = parser.parse_args()
    wanted = tuple(options.only.split(","))
    with tempfile.TemporaryDirectory() as folder:
        builds = [Build(options.base, f"{folder}/base"), Build(options.new, f"{folder}/new")]
        for build in builds:
            build.run("run", QUESTION)
            build.run("add", ROOT / "Sources/SwiftRAG/SampleLibrary")
        chosen = [(name, task) for name, task in tasks(options.model) if name.startswith(wanted)]
        figures = {name: ([], []) for name, _ in chosen}
        for number in range(options.rounds):
            for name, task in chosen:
                for index in ((0, 1), (1, 0))[number % 2]:
                    figures[name][index].append(task(builds[index]))
    print("| | base | new | new / base | least to most |\n|---|---|---|---|---|")
    for name, (base, new) in figures.items():
        ratios = [n / b for n, b in zip(new, base)]
        print(f"| {name} | {statistics.median(base):.4g} | {statistics.median(new):.4g} | "
              f"{statistics.median(ratios):.3f} | {min(ratios):.3f} to {max(ratios):.3f} |")


if __name__ == "__main__":
    main()
