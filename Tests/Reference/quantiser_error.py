#!/usr/bin/env python3
"""Compares the converter's quantisers with llama.cpp's on the same tensors.

    .venv/bin/python Tests/Reference/quantiser_error.py [--program .build/release/swiftrag]

Tensors: gaussian, heavy-tailed (Student t, 3 degrees of freedom), and MiniLM's own. Each is written
as F32 in a GGUF file, converted by `swiftrag models convert`, and quantised by the same
ggml_quantize_chunk that llama.cpp uses. The output has the ratios ours / llama.cpp's of the root
mean square error, plain and weighted (each number by the weight in ggml's quantiser of that type:
rms + |x| of its sub-block, x² for Q6_K). The exit status is 1 if a ratio is above 1.
"""
import argparse
import ctypes
import os
import pathlib
import subprocess
import sys
import tempfile

import gguf
import llama_cpp
import numpy as np
from safetensors.numpy import load_file

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSETS = pathlib.Path(os.environ.get("SWIFTRAG_ASSETS", ROOT.parent / "shared/assets"))
BASE = ctypes.CDLL(str(pathlib.Path(llama_cpp.__file__).parent / "lib/libggml-base.so"))
BASE.ggml_quantize_chunk.restype = ctypes.c_size_t
BASE.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64,
    ctypes.c_void_p]
# Type: recipe, tensor columns (32 more than whole superblocks make the recipe fall back), sub-block.
TYPES = {"Q4_0": ("q4_0", 4096, 32), "Q4_K": ("q4_k_m", 4096, 32), "Q5_K": ("q5_k_m", 4096, 32),
         "Q6_K": ("q6_k", 4096, 16), "Q5_0": ("q4_k_m", 4128, 32), "Q5_1": ("q5_k_m", 4128, 32),
         "Q8_0": ("q8_0", 4096, 32)}


def tensors() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(7)
    found = {"gaussian": generator.standard_normal(1 << 19) * 0.05,
             "heavy-tailed": generator.standard_t(3, 1 << 19) * 0.02}
    minilm = load_file(ASSETS / "minilm/model.safetensors")
    for name in ("embeddings.word_embeddings.weight",
                 "encoder.layer.0.attention.self.query.weight",
                 "encoder.layer.3.attention.output.dense.weight",
                 "encoder.layer.2.intermediate.dense.weight",
                 "encoder.layer.5.output.dense.weight"):
        short = name.replace("encoder.layer.", "").replace(".weight", "")
        found["MiniLM " + short] = minilm[name].ravel()
    return {name: values.astype(np.float32) for name, values in found.items()}


def shaped(values: np.ndarray, columns: int) -> np.ndarray:
    rows = values.size // columns
    return np.ascontiguousarray(values[:rows * columns].reshape(rows, columns))


def llama_cpp_values(values: np.ndarray, kind: gguf.GGMLQuantizationType) -> np.ndarray:
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    out = np.zeros((values.shape[0], values.shape[1] // elements * size), np.uint8)
    BASE.ggml_quantize_chunk(int(kind), values.ctypes.data, out.ctypes.data, 0, *values.shape, None)
    return gguf.quants.dequantize(out, kind)


def our_values(program: str, values: np.ndarray, recipe: str, kind) -> np.ndarray:
    """The matrix as the converter writes it: `ffn_up` of a Llama of one layer and one small head."""
    (rows, columns), head = values.shape, 32
    shapes = {"token_embd": (32, columns), "output_norm": (columns,), "blk.0.attn_norm": (columns,),
              "blk.0.attn_q": (head, columns), "blk.0.attn_k": (head, columns),
              "blk.0.attn_v": (head, columns), "blk.0.attn_output": (columns, head),
              "blk.0.ffn_norm": (columns,), "blk.0.ffn_gate": (rows, columns),
              "blk.0.ffn_down": (columns, rows)}
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/in.gguf", f"{folder}/out.gguf"
        writer = gguf.GGUFWriter(source, "llama")
        writer.add_block_count(1)
        writer.add_context_length(32)
        writer.add_embedding_length(columns)
        writer.add_feed_forward_length(rows)
        writer.add_head_count(1)
        writer.add_key_length(head)
        writer.add_value_length(head)
        writer.add_layer_norm_rms_eps(1e-5)
        for name, shape in shapes.items():
            writer.add_tensor(f"{name}.weight", np.zeros(shape, np.float32))
        writer.add_tensor("blk.0.ffn_up.weight", values)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        subprocess.run([program, "models", "convert", source, "--type", recipe, "--out", target],
                       check=True, stdout=subprocess.DEVNULL)
        [tensor] = [t for t in gguf.GGUFReader(target).tensors if t.name == "blk.0.ffn_up.weight"]
        assert tensor.tensor_type == kind, (tensor.name, tensor.tensor_type, kind)
        return gguf.quants.dequantize(np.array(tensor.data), kind)


def weights(values: np.ndarray, name: str, sub_block: int) -> np.ndarray:
    if name == "Q6_K":
        return values.astype(np.float64) ** 2
    blocks = values.astype(np.float64).reshape(-1, sub_block)
    rms = np.sqrt((blocks ** 2).mean(1, keepdims=True))
    return (rms + abs(blocks)).reshape(values.shape)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    program = parser.parse_args().program
    all_tensors = tensors()
    worst = 0.0
    print("| type | tensor | our RMSE | ratio, plain | ratio, weighted |\n|---|---|---|---|---|")
    for name, (recipe, columns, sub_block) in TYPES.items():
        kind = gguf.GGMLQuantizationType[name]
        cases = {label: shaped(values, columns) for label, values in all_tensors.items()}
        ours = {label: our_values(program, values, recipe, kind) for label, values in cases.items()}
        for label, values in cases.items():
            theirs = llama_cpp_values(values, kind)
            weight = weights(values, name, sub_block)
            errors = [(values.astype(np.float64) - other) ** 2 for other in (ours[label], theirs)]
            plain = [np.sqrt(error.mean()) for error in errors]
            weighted = [np.sqrt((weight * error).mean()) for error in errors]
            ratios = (plain[0] / plain[1], weighted[0] / weighted[1])
            worst = max(worst, *ratios)
            print(f"| {name} | {label} | {plain[0]:.3e} | {ratios[0]:.4f} | {ratios[1]:.4f} |")
    print(f"\nworst ratio {worst:.4f}")
    sys.exit(1 if worst > 1 else 0)


if __name__ == "__main__":
    main()
