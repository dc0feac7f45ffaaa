#!/usr/bin/env python3
"""Pictures and texts per second of CLIP ViT-B/32: swiftrag, onnxruntime, openvino and torch in one run.

    .venv/bin/python Benchmarks/peers/clip_speed.py [--rounds 3] [--seconds 2] [--threads 2]
        [--avx2] [--towers image,text] [--only NAME,...] [--json FILE]

The model has the true shape and seeded weights (Tests/Reference/clip_reference.py). Contestants, each
in a process of its own that stays alive between its turns:
  torch          transformers' CLIPModel, eager attention off (SDPA)
  ort-fp32       onnxruntime, graph optimised by onnxruntime
  ort-int8       the same, quantised dynamically (per channel, signed 8-bit weights)
  openvino-f32   openvino, f32, latency hint
  swiftrag-f32, swiftrag-q8_0   `swiftrag bench clip`, started anew for each turn

Image tower in batches of 1 and 8, text tower in batches of 1 with 77 tokens. Turns are interleaved;
the output has medians over the rounds, and our ratio to the best peer of the same precision. swiftrag
computes a text up to its end: its figure for 10 tokens is printed beside, where peers pad to 77.
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

import instruction_set

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "Tests/Reference"))
PEERS = ["torch", "ort-fp32", "ort-int8", "openvino-f32"]
OURS = {"swiftrag-f32": "hf", "swiftrag-q8_0": "q8_0.gguf"}
RIVALS = {"swiftrag-f32": ["torch", "ort-fp32", "openvino-f32"], "swiftrag-q8_0": ["ort-int8"]}
CASES = [("image", 1), ("image", 8), ("text", 1)]


def write_tokenizer(folder):
    """The files of CLIP's tokenizer, without which no model is converted."""
    merges = (ROOT / "Sources/SwiftRAG/TokenizerData/clip-merges.txt").read_text(encoding="utf-8")
    merges = [line for line in merges.splitlines() if line and not line.startswith("#version")]
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    characters = [chr(b) for b in printable] + [chr(256 + n) for n in range(len(others))]
    tokens = characters + [c + "</w>" for c in characters] + ["".join(m.split()) for m in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")


def export(work, program):
    """The model as a folder, as ONNX (one file a tower), quantised, and as our GGUF."""
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    import clip_reference
    model = clip_reference.hugging_face(
        vision=(12, 768, 12, 3072), text=(12, 512, 8, 2048), image=224, patch=32, vocab=49408,
        context=77, projection=512, activation="quick_gelu", seed=31)
    model.save_pretrained(work / "hf")
    write_tokenizer(work / "hf")

    class Tower(torch.nn.Module):
        def __init__(self, run):
            super().__init__()
            self.model, self.run = model, run

        def forward(self, x):
            e = self.run(x)
            return e / e.norm(dim=-1, keepdim=True)

    towers = {"image": (lambda x: model.visual_projection(model.vision_model(x).pooler_output),
                        torch.zeros(2, 3, 224, 224)),
              "text": (lambda x: model.text_projection(model.text_model(x).pooler_output),
                       torch.full((2, 77), 320))}
    for name, (run, sample) in towers.items():
        path = str(work / f"{name}.onnx")
        torch.onnx.export(Tower(run), (sample,), path, input_names=["x"], output_names=["e"],
                          dynamo=False, opset_version=17, dynamic_axes={"x": {0: "n"}, "e": {0: "n"}})
        quantize_dynamic(path, str(work / f"{name}-int8.onnx"), per_channel=True,
                         weight_type=QuantType.QInt8,
                         extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
    subprocess.run([program, "models", "convert", str(work / "hf"), "--type", "q8_0", "--out",
                    str(work / "q8_0.gguf")], check=True, stdout=subprocess.DEVNULL)


def runner(name, work, threads):
    """A function (tower, input) -> embeddings."""
    if name == "torch":
        import torch
        from transformers import CLIPModel
        torch.set_num_threads(threads)
        model = CLIPModel.from_pretrained(work / "hf").eval()

        def run(tower, x):
            with torch.inference_mode():
                x = torch.from_numpy(x)
                if tower == "image":
                    return model.visual_projection(model.vision_model(x).pooler_output).numpy()
                return model.text_projection(model.text_model(x).pooler_output).numpy()
        return run
    if name == "openvino-f32":
        import openvino
        core = openvino.Core()
        requests = {tower: core.compile_model(str(work / f"{tower}.onnx"), "CPU", {
            "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY"}).create_infer_request() for tower in ("image", "text")}

        def run(tower, x):
            requests[tower].infer({"x": x})
            return requests[tower].get_output_tensor(0).data
        return run
    import onnxruntime
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = threads, 1
    suffix = "-int8" if name == "ort-int8" else ""
    sessions = {tower: onnxruntime.InferenceSession(
        str(work / f"{tower}{suffix}.onnx"), settings, ["CPUExecutionProvider"])
        for tower in ("image", "text")}
    return lambda tower, x: sessions[tower].run(None, {"x": x})[0]


def serve(name, work, threads):
    run = runner(name, work, threads)
    generator = np.random.default_rng(1)
    for line in sys.stdin:
        tower, batch, seconds = json.loads(line)
        x = (generator.normal(0, 1, (batch, 3, 224, 224)).astype(np.float32) if tower == "image"
             else np.concatenate([generator.integers(0, 49406, (batch, 76)),
                                  np.full((batch, 1), 49407)], axis=1))
        run(tower, x)
        times, start = [], time.perf_counter()
        while len(times) < 3 or time.perf_counter() - start < seconds:
            before = time.perf_counter()
            run(tower, x)
            times.append(time.perf_counter() - before)
        print(json.dumps(batch / statistics.median(times)), flush=True)


def ours(program, model, threads, tower, batch, tokens, seconds):
    result = subprocess.run(
        [program, "bench", "clip", "-q", "-m", str(model), "-t", str(threads), "--batch", str(batch),
         "--tokens", str(tokens), "--seconds", str(seconds), "--json"], check=True,
        stdout=subprocess.PIPE)
    report = json.loads(result.stdout)
    return report["medianPicturesPerSecond" if tower == "image" else "medianTextsPerSecond"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    parser.add_argument("--avx2", action="store_true",
                        help="hold every contestant to AVX2 (instruction_set.py)")
    parser.add_argument("--towers", default="image,text")
    parser.add_argument("--only", help="measure these contestants alone")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--serve", nargs=2, metavar=("NAME", "WORK"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve(options.serve[0], pathlib.Path(options.serve[1]), options.threads)
    if options.only:
        wanted = options.only.split(",")
        PEERS[:] = [name for name in PEERS if name in wanted]
        for name in [name for name in OURS if name not in wanted]:
            del OURS[name]
    towers = options.towers.split(",")
    CASES[:] = [case for case in CASES if case[0] in towers]
    rates = {}
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        export(work, options.program)
        if options.avx2:
            os.environ |= instruction_set.held_to_avx2(work)
        processes = {name: subprocess.Popen(
            [sys.executable, __file__, "--threads", str(options.threads), "--serve", name, folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for name in PEERS}
        for _ in range(options.rounds):
            for tower, batch in CASES:
                for name, process in processes.items():
                    process.stdin.write(json.dumps([tower, batch, options.seconds]) + "\n")
                    process.stdin.flush()
                    rates.setdefault((tower, batch, name), []).append(
                        json.loads(process.stdout.readline()))
                for name, file in OURS.items():
                    rates.setdefault((tower, batch, name), []).append(ours(
                        options.program, work / file, options.threads, tower, batch, 77,
                        options.seconds))
            for name, file in OURS.items() if "text" in towers else ():
                rates.setdefault(("text of 10", 1, name), []).append(ours(
                    options.program, work / file, options.threads, "text", 1, 10, options.seconds))
        for process in processes.values():
            process.stdin.close()
            process.wait()
    medians = {key: statistics.median(values) for key, values in rates.items()}
    for (tower, batch, name), rate in medians.items():
        rivals = [medians[(tower, batch, r)] for r in RIVALS.get(name, []) if (tower, batch, r) in medians]
        ratio = f"  {rate / max(rivals):.2f} of the best peer" if rivals else ""
        print(f"{tower}, batch {batch}  {name:14} {rate:8.2f}/s{ratio}")
    if options.json:
        options.json.write_text(json.dumps([[*k, v] for k, v in medians.items()]) + "\n")


if __name__ == "__main__":
    main()
