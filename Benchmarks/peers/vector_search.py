#!/usr/bin/env python3
"""Exact nearest-neighbour search: swiftrag against numpy and faiss on the same vectors.

Each program runs alone in a process of its own, one after the other, round by round, on the same
files; the figures are those of the round with the lowest median, so that a busy moment of the
machine hits nobody for good. All find the inner product's top k of one query at a time.

  python3 Benchmarks/peers/vector_search.py --swiftrag .build/release/swiftrag \
      --counts 100000 1000000 --threads 2

Needs numpy; faiss (pip install faiss-cpu) is left out when it is absent. Memory is the resident
anonymous memory of the process after the search (RssAnon): vectors that a program maps from a file
are not in it, vectors that it copies are.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time


def generate(folder, kind, count, query_count, dimension, seed):
    """Writes normalised vectors and queries, seeded; returns their paths.

    random: independent directions. clustered: 2,000 centres with noise of 0.6 of their length, so
    that the nearest neighbours have cosines of about 0.8, as embeddings of passages on one subject.
    """
    import numpy as np

    vectors_path = os.path.join(folder, f"{kind}-{count}x{dimension}-{seed}.npy")
    queries_path = os.path.join(folder, f"{kind}-{query_count}q{dimension}-{count}-{seed}.npy")
    if os.path.exists(vectors_path) and os.path.exists(queries_path):
        return vectors_path, queries_path
    generator = np.random.default_rng(seed)

    def normalised(rows):
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    centres = normalised(generator.standard_normal((2_000, dimension), dtype=np.float32))

    def draw(rows):
        noise = normalised(generator.standard_normal((rows, dimension), dtype=np.float32))
        if kind == "random":
            return noise
        return normalised(centres[generator.integers(0, len(centres), rows)] + np.float32(0.6) * noise)

    vectors = np.lib.format.open_memmap(
        vectors_path + ".part", mode="w+", dtype=np.float32, shape=(count, dimension))
    for start in range(0, count, 100_000):
        vectors[start:start + 100_000] = draw(min(100_000, count - start))
    vectors.flush()
    del vectors
    os.replace(vectors_path + ".part", vectors_path)
    np.save(queries_path, draw(query_count).astype(np.float32))
    return vectors_path, queries_path


def anonymous_bytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


def run_peer(name, vectors_path, queries_path, k, threads):
    """Runs in a process of its own; prints what `swiftrag bench search --json` prints."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(threads)
    import numpy as np

    vectors = np.load(vectors_path)
    queries = np.load(queries_path)
    start = time.perf_counter()
    if name == "faiss":
        import faiss

        faiss.omp_set_num_threads(threads)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        del vectors  # faiss has its own copy

        def search(query):
            return index.search(query[None, :], k)[1][0].tolist()
    else:
        def search(query):
            scores = vectors @ query
            best = np.argpartition(scores, -k)[-k:]
            return best[np.argsort(-scores[best], kind="stable")].tolist()

    build_seconds = time.perf_counter() - start
    rows, milliseconds = [], []
    search(queries[0])
    for query in queries:
        start = time.perf_counter()
        rows.append(search(query))
        milliseconds.append((time.perf_counter() - start) * 1e3)
    milliseconds.sort()
    quantile = lambda fraction: milliseconds[min(len(milliseconds) - 1, int(fraction * len(milliseconds)))]
    print(json.dumps({
        "p50Milliseconds": quantile(0.5), "p99Milliseconds": quantile(0.99),
        "buildSeconds": build_seconds, "anonymousByteCount": anonymous_bytes(), "rows": rows}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--swiftrag", default=".build/release/swiftrag bench search",
                        help="the command, to which --vectors ... --json is added")
    parser.add_argument("--counts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--kinds", nargs="+", default=["random", "clustered"])
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("-k", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", default=os.path.join(tempfile.gettempdir(), "swiftrag-vector-search"))
    parser.add_argument("--json", action="store_true", help="one JSON object a line, no table")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--files", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return run_peer(arguments.peer, *arguments.files, arguments.k, arguments.threads)

    peers = ["numpy"]
    if subprocess.run([sys.executable, "-c", "import faiss"], capture_output=True).returncode == 0:
        peers.append("faiss")
    else:
        print("faiss is not installed: compared with numpy alone", file=sys.stderr)
    os.makedirs(arguments.folder, exist_ok=True)
    command = shlex.split(arguments.swiftrag)
    if len(command) == 1:
        command += ["bench", "search"]
    if not arguments.json:
        print("| vectors | program | p50 ms | p99 ms | build s | MB | top-k as numpy's |")
        print("|---|---|---|---|---|---|---|")
    for kind in arguments.kinds:
        for count in arguments.counts:
            files = generate(arguments.folder, kind, count, arguments.queries,
                             arguments.dimension, arguments.seed)
            best = {}
            for _ in range(arguments.rounds):
                for name in ["swiftrag"] + peers:
                    if name == "swiftrag":
                        line = command + ["--vectors", files[0], "--queries", files[1], "--k",
                                          str(arguments.k), "--threads", str(arguments.threads),
                                          "--json"]
                    else:
                        line = [sys.executable, __file__, "--peer", name, "--files", *files,
                                "-k", str(arguments.k), "--threads", str(arguments.threads)]
                    found = json.loads(subprocess.run(
                        line, check=True, stdout=subprocess.PIPE).stdout)
                    if name not in best or found["p50Milliseconds"] < best[name]["p50Milliseconds"]:
                        best[name] = found
            for name, found in best.items():
                # Sets, as Float32 sums of numpy and faiss may swap neighbours within 1e-7.
                agreement = sum(
                    len(set(ours) & set(theirs))
                    for ours, theirs in zip(found["rows"], best["numpy"]["rows"])
                ) / (arguments.k * arguments.queries)
                if arguments.json:
                    found = {key: value for key, value in found.items() if key != "rows"}
                    print(json.dumps({"kind": kind, "count": count, "program": name,
                                      "agreement": agreement, **found}), flush=True)
                else:
                    print(f"| {count:,} {kind} | {name} | {found['p50Milliseconds']:.2f} | "
                          f"{found['p99Milliseconds']:.2f} | {found['buildSeconds']:.1f} | "
                          f"{found['anonymousByteCount'] / 1e6:.0f} | {100 * agreement:.2f} % |",
                          flush=True)


if __name__ == "__main__":
    main()
