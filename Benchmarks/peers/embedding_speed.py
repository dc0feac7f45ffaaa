#!/usr/bin/env python3
"""Sentences per second of all-MiniLM-L6-v2: swiftrag, onnxruntime and openvino in one run.

    .venv/bin/python Benchmarks/peers/embedding_speed.py [--rounds 3] [--seconds 2] [--threads 2]
        [--lengths 16,128,256] [--batches 1,32] [--avx2] [--only NAME,...] [--json FILE]
        [--model FOLDER --quantised FILE]

Contestants, each in a separate process that stays alive between its turns:
  ort-fp32       onnxruntime, graph optimised by onnxruntime.transformers (fused attention, GELU)
  ort-int8       the same, then quantised dynamically (per channel, signed 8-bit weights)
  openvino-f32   openvino, f32, latency hint
  swiftrag-f32   the original weights, own kernels
  swiftrag-q8_0  the bundled file, own kernels

Turns are interleaved: every round times every contestant once per shape. The output has medians
over the rounds, our ratio to the best peer of the same precision, each contestant's least cosine to
sentence-transformers (on 200 texts of XQuAD and STS-B, or of this repository where those are not
there), and its peak memory. All sequences of a
batch have the same length, so that padding costs the peers nothing; pooling and normalisation are
counted for all. `--avx2` holds every contestant to AVX2 (see instruction_set.py). `--model` measures
another BERT with 12 heads of 32, such as multilingual-e5-small, and `--quantised` its Q8_0 of
`swiftrag models convert`.
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

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "Tests/Reference"))
BUNDLED = ROOT / "models/embeddings/all-MiniLM-L6-v2/all-MiniLM-L6-v2-Q8_0.gguf"
PEERS = ["ort-fp32", "ort-int8", "openvino-f32"]
OURS = ["swiftrag-f32", "swiftrag-q8_0"]
RIVALS = {"swiftrag-f32": ["ort-fp32", "openvino-f32"], "swiftrag-q8_0": ["ort-int8"]}


def export(model_directory, work):
    """fp32.onnx (optimised) and int8.onnx in `work`."""
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer
    from transformers import BertModel

    class Hidden(torch.nn.Module):
        def __init__(self, bert):
            super().__init__()
            self.bert = bert

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.bert(input_ids=input_ids, attention_mask=attention_mask,
                             token_type_ids=token_type_ids).last_hidden_state

    bert = BertModel.from_pretrained(
        model_directory, attn_implementation="eager", add_pooling_layer=False).eval()
    sample = torch.full((2, 8), 2000, dtype=torch.int64)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    plain = work / "plain.onnx"
    torch.onnx.export(
        Hidden(bert), (sample, torch.ones_like(sample), torch.zeros_like(sample)), str(plain),
        input_names=names, output_names=["hidden"], dynamo=False, opset_version=17,
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*names, "hidden"]})
    optimised = optimizer.optimize_model(str(plain), model_type="bert", num_heads=12,
                                         hidden_size=384, opt_level=1, only_onnxruntime=False)
    print("fused by the optimiser:", dict(
        (k, v) for k, v in optimised.get_fused_operator_statistics().items() if v), file=sys.stderr)
    optimised.save_model_to_file(str(work / "fp32.onnx"))
    quantize_dynamic(str(work / "fp32.onnx"), str(work / "int8.onnx"), per_channel=True,
                     weight_type=QuantType.QInt8,
                     # Shape inference stops at the fused nodes; every tensor between is Float32.
                     extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})


def pooled(hidden, mask):
    mask = mask[..., None].astype(np.float32)
    mean = (hidden * mask).sum(axis=1) / mask.sum(axis=1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def runner(name, work, threads):
    """A function (ids, mask) -> embeddings."""
    if name == "openvino-f32":
        import openvino
        core = openvino.Core()
        compiled = core.compile_model(str(work / "plain.onnx"), "CPU", {
            "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY"})
        request = compiled.create_infer_request()

        def run(ids, mask):
            request.infer({"input_ids": ids, "attention_mask": mask,
                           "token_type_ids": np.zeros_like(ids)})
            return pooled(request.get_output_tensor(0).data, mask)
        return run

    import onnxruntime
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    file = work / ("fp32.onnx" if name == "ort-fp32" else "int8.onnx")
    session = onnxruntime.InferenceSession(str(file), settings, ["CPUExecutionProvider"])

    def run(ids, mask):
        hidden = session.run(None, {"input_ids": ids, "attention_mask": mask,
                                    "token_type_ids": np.zeros_like(ids)})[0]
        return pooled(hidden, mask)
    return run


def serve(name, work, threads):
    """The peer's process: one JSON request per line, one JSON answer per line."""
    run = runner(name, work, threads)
    for line in sys.stdin:
        request = json.loads(line)
        if "sequences" in request:
            rows = []
            for ids in request["sequences"]:
                ids = np.array([ids], dtype=np.int64)
                rows.append(run(ids, np.ones_like(ids))[0].tolist())
            answer = rows
        else:
            row = 1996 + np.arange(request["tokens"], dtype=np.int64) % 1000
            ids = np.tile(row, (request["batch"], 1))
            mask = np.ones_like(ids)
            for _ in range(2):
                run(ids, mask)
            durations, start = [], time.perf_counter()
            while time.perf_counter() - start < request["seconds"]:
                before = time.perf_counter()
                run(ids, mask)
                durations.append(time.perf_counter() - before)
            answer = request["batch"] / statistics.median(durations)
        print(json.dumps(answer), flush=True)


class Peer:
    def __init__(self, name, work, threads):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", name, "--work", str(work), "--threads",
             str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        """Ends the process; its peak memory in bytes."""
        self.process.stdin.close()
        _, _, usage = os.wait4(self.process.pid, 0)
        return usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--lengths", default="16,128,256")
    parser.add_argument("--batches", default="1,32")
    parser.add_argument("--avx2", action="store_true")
    parser.add_argument("--only", help="measure these contestants alone")
    parser.add_argument("--model", type=pathlib.Path, help="default: all-MiniLM-L6-v2")
    parser.add_argument("--quantised", type=pathlib.Path, help="its Q8_0; default: the bundled file")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--work", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        wanted = options.only.split(",")
        PEERS[:] = [name for name in PEERS if name in wanted]
        OURS[:] = [name for name in OURS if name in wanted]
    if options.serve:
        return serve(options.serve, options.work, options.threads)

    import random

    import swiftrag
    import instruction_set
    import minilm
    original = options.model or minilm.model(options.assets)
    models = {"swiftrag-f32": original, "swiftrag-q8_0": options.quantised or BUNDLED}
    models = {name: models[name] for name in OURS}
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        # Exporting needs torch; a separate process keeps its memory out of the measurements.
        subprocess.run([sys.executable, "-c",
                        f"import sys, pathlib; sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r});"
                        "import embedding_speed as e;"
                        f"e.export({str(original)!r}, pathlib.Path({str(work)!r}))"], check=True)
        if options.avx2:
            os.environ |= instruction_set.held_to_avx2(work)
        peers = {name: Peer(name, work, options.threads) for name in PEERS}

        texts = random.Random(2).sample(minilm.texts(options.assets), 200)
        from sentence_transformers import SentenceTransformer
        reference_model = SentenceTransformer(str(original), device="cpu")
        reference = reference_model.encode(texts)
        ids = reference_model.tokenizer(texts, truncation=True, max_length=256)["input_ids"]
        embeddings = {n: np.array(p.ask({"sequences": ids})) for n, p in peers.items()}
        embeddings |= {n: swiftrag.embed(m, texts) for n, m in models.items()}
        cosines = {n: (e * reference).sum(axis=1) for n, e in embeddings.items()}

        shapes = [(int(s), int(b)) for b in options.batches.split(",")
                  for s in options.lengths.split(",")]
        rates = {(n, shape): [] for n in PEERS + OURS for shape in shapes}
        memory = dict.fromkeys(OURS, 0)
        for _ in range(options.rounds):
            for shape in shapes:
                tokens, batch = shape
                for name in PEERS:
                    rates[name, shape].append(peers[name].ask(
                        {"tokens": tokens, "batch": batch, "seconds": options.seconds}))
                for name in OURS:
                    report = swiftrag.bench_embed(
                        models[name], tokens, batch, options.seconds, options.threads)
                    rates[name, shape].append(report["medianSentencesPerSecond"])
                    # The program's own figure: that of wait4 would count this process before exec.
                    memory[name] = max(memory[name], report["peakResidentByteCount"])
        memory |= {name: peer.close() for name, peer in peers.items()}

    median = {key: statistics.median(values) for key, values in rates.items()}
    columns = [f"s{s} b{b}" for s, b in shapes]
    print(f"sentences/s, medians of {options.rounds} rounds of {options.seconds:g} s, "
          f"{options.threads} threads")
    print("| | " + " | ".join(columns) + " | cosine mean | cosine min | peak MB |")
    print("|---" * (len(columns) + 4) + "|")
    for name in PEERS + OURS:
        cells = [f"{median[name, shape]:.1f}" for shape in shapes]
        print(f"| {name} | " + " | ".join(cells) + f" | {cosines[name].mean():.5f} | "
              f"{cosines[name].min():.5f} | {memory[name] / 1e6:.0f} |")
    for name in OURS:
        rivals = [rival for rival in RIVALS[name] if rival in PEERS]
        if not rivals:
            continue
        cells = [f"{median[name, shape] / max(median[r, shape] for r in rivals):.2f}"
                 for shape in shapes]
        print(f"| {name} / best of {', '.join(rivals)} | " + " | ".join(cells) + " | | | |")
    if options.json:
        options.json.write_text(json.dumps({
            "rates": {f"{n} s{s} b{b}": values for (n, (s, b)), values in rates.items()},
            "cosineMinimum": {n: float(c.min()) for n, c in cosines.items()},
            "peakByteCount": memory}, indent=1) + "\n")


if __name__ == "__main__":
    main()
