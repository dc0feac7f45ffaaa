#!/usr/bin/env python3
"""Tokens per second of a language model: swiftrag and llama.cpp in one run.

    .venv/bin/python Benchmarks/peers/llm_speed.py --model mistral.gguf [--rounds 3] [--threads 2]
        [--tasks decode,prefill128,prefill512,decode4096,load] [--contestants ...] [--json FILE]

The model is made by `swiftrag bench model --arch mistral --size full --type q4_k_m --out FILE`.
Contestants, each in a separate process that stays alive between its turns:
  llama.cpp            computes on the file's own layout (its --no-repack; use_extra_bufts off)
  llama.cpp-repack     interleaves the weights at load (its default)
  swiftrag             interleaves the weights at load
  swiftrag-no-repack   computes on the file's own layout
  swiftrag-prepared    maps the file that `swiftrag models prepare` wrote; not among the
                       defaults, because that file is as large as the model
Tasks: `decode`: 64 tokens after an empty context; `prefillN`: N tokens in one batch; `decodeN`: 32
tokens after N; `load`: from opening the file to the first token, in new processes, with the file in
the page cache. The host of a virtual machine reclaims freed memory within seconds and returns it
page by page, so a start is faster right after a large process has ended. Loads therefore alternate
their order, each after a rest. Every round times every contestant once per task, so that a change of
the machine affects all of them. The output has medians over the rounds, ratios to llama.cpp's faster
mode (the median of the rounds' ratios), the bandwidth at which two threads read memory, the share of
it that decoding reaches (file size times tokens per second), and peak resident memory.

To compare without AVX-512 on a processor that has it, set `SWIFTRAG_ISA=avx2` and use a llama.cpp
that was built without it, through PYTHONPATH:
    CMAKE_ARGS="-DGGML_NATIVE=OFF -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DGGML_BMI2=ON" .venv/bin/pip install
        --no-cache-dir --no-deps --no-binary :all: --no-build-isolation --target .venv-avx2 llama-cpp-python==0.3.36
(pip's cache may have a build with AVX-512; llama_cpp.llama_print_system_info() says what was built)
    SWIFTRAG_ISA=avx2 PYTHONPATH=.venv-avx2 .venv/bin/python Benchmarks/peers/llm_speed.py --model mistral.gguf ...

llama.cpp takes minutes to fill a context of 4,096 tokens. The script does that once and saves the
state next to the model as FILE.state-N.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "Tests/Reference"))
CONTESTANTS = ["llama.cpp", "llama.cpp-repack", "swiftrag", "swiftrag-no-repack"]
CONTEXT_SLACK = 128


def ids(count, vocabulary):
    """Ordinary tokens, as `swiftrag bench llm` takes them; the work does not depend on which."""
    first = min(300, vocabulary // 2)
    return [first + i * 7 % min(1000, vocabulary - first) for i in range(count)]


class Peer:
    """llama.cpp, driven inside its own process."""

    def __init__(self, options):
        from llama_cpp_model import LlamaCpp
        start = time.perf_counter()
        self.options = options
        self.model = LlamaCpp(options.model, context=options.context, batch=512,
                              threads=options.threads, repack=options.serve != "llama.cpp")
        loaded = time.perf_counter()
        self.model.evaluate([1])
        self.started = {"loadSeconds": loaded - start,
                        "firstTokenSeconds": time.perf_counter() - start}
        self.depth = 0

    def ids(self, count):
        return ids(count, self.model.vocab_count)

    def fill(self, depth):
        import llama_cpp
        if self.depth == depth:
            self.model.rewind(depth)
            return
        self.model.rewind()
        self.depth = 0
        if depth == 0:
            return
        state = pathlib.Path(f"{self.options.model}.state-{depth}")
        tokens = (llama_cpp.llama_token * depth)(*self.ids(depth))
        if state.exists():
            import ctypes
            count = ctypes.c_size_t()
            if not llama_cpp.llama_state_seq_load_file(
                    self.model.context, str(state).encode(), 0, tokens, depth,
                    ctypes.byref(count)):
                raise SystemExit(f"{state} cannot be loaded; remove it")
            self.model.position = depth
        else:
            self.model.evaluate(self.ids(depth), "none")
            llama_cpp.llama_state_seq_save_file(
                self.model.context, str(state).encode(), 0, tokens, depth)
        self.depth = depth

    def seconds(self, request):
        if "prefill" in request:
            self.model.rewind()
            self.depth = 0
            start = time.perf_counter()
            self.model.evaluate(self.ids(request["prefill"]))
            return time.perf_counter() - start
        self.fill(request["depth"])
        self.model.evaluate([1])
        start = time.perf_counter()
        for token in self.ids(request["decode"]):
            self.model.evaluate([token])
        return time.perf_counter() - start


def peak_byte_count(process="self"):
    for line in open(f"/proc/{process}/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    return 0


def serve(options):
    """One JSON request a line, one JSON answer a line; the first answer is unasked."""
    peer = Peer(options)
    print(json.dumps(peer.started), flush=True)
    for line in sys.stdin:
        print(json.dumps({"seconds": peer.seconds(json.loads(line)),
                          "peakResidentByteCount": peak_byte_count()}), flush=True)


class Contestant:
    def __init__(self, name, options):
        import swiftrag
        common = ["--model", str(options.model), "--threads", str(options.threads), "--context",
                  str(options.context)]
        if name.startswith("llama.cpp"):
            command = [sys.executable, __file__, "--serve", name, *common]
        else:
            command = [swiftrag.program(), "bench", "llm", "--requests", *common]
            command += {"swiftrag": ["--no-prepared"], "swiftrag-no-repack": ["--no-repack"],
                        "swiftrag-prepared": []}[name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.started, self.peak = self.read(), 0
        if name == "swiftrag-prepared" and self.started["weights"] != "prepared":
            raise SystemExit(f"first: swiftrag models prepare {options.model}")

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"a contestant ended: {self.process.args}")
        return json.loads(line)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self.read()
        self.peak = max(self.peak, answer["peakResidentByteCount"])
        return answer["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def request_of(task):
    """The request of a task, and the tokens that it times."""
    if task.startswith("prefill"):
        count = int(task[len("prefill"):])
        return {"prefill": count}, count
    depth = int(task[len("decode"):] or 0)
    return {"decode": 32 if depth else 64, "depth": depth}, 32 if depth else 64


def bandwidth(threads):
    """Bytes a second at which `threads` threads read memory."""
    import swiftrag
    result = subprocess.run([swiftrag.program(), "bench", "memory", "--threads", str(threads),
                             "--json"], stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)["bytesPerSecond"]


def measure(options):
    """Seconds of each task, contestant and round; and the peaks."""
    timed = [task for task in options.tasks if task != "load"]
    seconds, peaks, reads = {}, {}, []
    if timed:
        contestants = {name: Contestant(name, options) for name in options.contestants}
        for task in timed:
            if task.startswith("decode") and task != "decode":
                for contestant in contestants.values():
                    contestant.ask({**request_of(task)[0], "decode": 1})
        for index in range(options.rounds):
            reads.append(bandwidth(options.threads))
            for task in timed:
                for name, contestant in contestants.items():
                    used = contestant.ask(request_of(task)[0])
                    seconds.setdefault((task, name), []).append(used)
                    print(f"round {index + 1} {task} {name}: {used:.2f} s", file=sys.stderr)
        for name, contestant in contestants.items():
            contestant.close()
            peaks[name] = contestant.peak
    if "load" in options.tasks:
        for index in range(options.rounds):
            for name in options.contestants[::-1 if index % 2 else 1]:
                time.sleep(options.rest)
                contestant = Contestant(name, options)
                seconds.setdefault(("load", name), []).append(
                    contestant.started["firstTokenSeconds"])
                contestant.close()
                print(f"round {index + 1} load {name}: {seconds['load', name][-1]:.2f} s",
                      file=sys.stderr)
    return seconds, peaks, reads


def report(options, seconds, peaks, reads):
    size = options.model.stat().st_size
    theirs = [n for n in options.contestants if n.startswith("llama.cpp")]
    rows = {}
    for task in options.tasks:
        medians = {n: statistics.median(seconds[task, n]) for n in options.contestants}
        best = min(theirs, key=medians.get) if theirs else None
        for name in options.contestants:
            row = {"medianSeconds": medians[name]}
            line = f"{task:11} {name:19} "
            if task == "load":
                line += f"{medians[name]:6.2f} s to the first token"
            else:
                row["tokensPerSecond"] = request_of(task)[1] / medians[name]
                line += f"{row['tokensPerSecond']:7.2f} tokens/s"
            if best and not name.startswith("llama.cpp"):
                # Loading is compared with its like: with a pass over the weights, or without.
                rival = best
                if task == "load":
                    rival = "llama.cpp-repack" if name == "swiftrag" else "llama.cpp"
                    rival = rival if rival in theirs else best
                row["ratio"] = statistics.median(
                    b / a for a, b in zip(seconds[task, name], seconds[task, rival]))
                line += f"  {row['ratio']:.2f} times {rival}"
            if task == "decode" and reads:
                row["bandwidthShare"] = (
                    row["tokensPerSecond"] * size / statistics.median(reads))
                line += f"  {row['bandwidthShare'] * 100:.0f} % of the streaming read"
            rows[f"{task} {name}"] = row
            print(line)
    for name, peak in peaks.items():
        print(f"peak memory {name}: {peak / 1e9:.2f} GB (file {size / 1e9:.2f} GB)")
    if reads:
        print(f"streaming read, {options.threads} threads: {statistics.median(reads) / 1e9:.1f} "
              f"GB/s ({min(reads) / 1e9:.1f} to {max(reads) / 1e9:.1f})")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tasks", default="decode,prefill128,prefill512,decode4096,load")
    parser.add_argument("--contestants", default=",".join(CONTESTANTS))
    parser.add_argument("--context", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--rest", type=float, default=8, help="seconds before each load")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.tasks, options.contestants = options.tasks.split(","), options.contestants.split(",")
    if options.context is None:
        needed = [sum(request_of(t)[0].values()) for t in options.tasks if t != "load"]
        options.context = max([512, *needed]) + CONTEXT_SLACK
    if options.serve:
        return serve(options)
    seconds, peaks, reads = measure(options)
    rows = report(options, seconds, peaks, reads)
    if options.json:
        options.json.write_text(json.dumps({
            "rows": rows, "peakByteCount": peaks, "readBytesPerSecond": reads,
            "seconds": {" ".join(key): value for key, value in seconds.items()}}, indent=1) + "\n")


if __name__ == "__main__":
    main()
