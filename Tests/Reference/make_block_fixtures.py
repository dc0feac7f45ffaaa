#!/usr/bin/env python3
"""Fixtures of the block types: bytes, and what gguf-py and ggml compute from them.

    .venv/bin/python Tests/Reference/make_block_fixtures.py

writes Tests/Fixtures/blocks. Needs gguf and llama-cpp-python of requirements.txt (ggml's own
functions are called in its shared libraries). Nothing is random but by seed, so that the files come
out the same; MANIFEST.json records versions and sha256.

TYPE.bin, TYPE.f32    blocks of the type: random bytes; all 0x00; all 0xFF; scales that are infinite
                      and NaN; gaussian numbers quantised by ggml. Then gguf-py's float32 of them.
activations.f32       rows of activations; .q8k and .q80 are ggml's blocks of them
products.json         dot products of quantised rows, ggml's vec_dot
weights.f32           gaussian numbers, then heavy-tailed ones; quantisers.json: the root mean square
                      errors with which ggml's quantisers write each half
"""
import ctypes
import hashlib
import json
import pathlib

import gguf
import llama_cpp
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Fixtures/blocks"
LIBRARIES = pathlib.Path(llama_cpp.__file__).parent / "lib"
BASE = ctypes.CDLL(str(LIBRARIES / "libggml-base.so"), mode=ctypes.RTLD_GLOBAL)
CPU = ctypes.CDLL(str(LIBRARIES / "libggml-cpu.so"))
CPU.ggml_cpu_init()
BASE.ggml_quantize_chunk.restype = ctypes.c_size_t
BASE.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64,
    ctypes.c_void_p]

# Byte offsets of the Float16 scales in a block, written here a second time on purpose.
SCALES = {
    "F32": [], "F16": [], "BF16": [], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2],
    "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
    "IQ4_NL": [0], "IQ4_XS": [0],
}
PRODUCTS = {"Q4_0": "q8_0", "Q8_0": "q8_0", "Q4_K": "q8_K", "Q5_K": "q8_K", "Q6_K": "q8_K"}


def quantized(name: str, values: np.ndarray) -> np.ndarray:
    """Rows of float32 as ggml's quantiser writes them, uint8."""
    kind = gguf.GGMLQuantizationType[name]
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    if elements == 1:
        return gguf.quants.quantize(values, kind).view(np.uint8).reshape(len(values), -1)
    values = np.ascontiguousarray(values, np.float32)
    rows, columns = values.shape
    out = np.zeros((rows, columns // elements * size), np.uint8)
    written = BASE.ggml_quantize_chunk(
        int(kind), values.ctypes.data, out.ctypes.data, 0, rows, columns, None)
    assert written == out.size
    return out


def activation_blocks(name: str, values: np.ndarray) -> np.ndarray:
    """A row as ggml's quantiser of activations for this CPU writes it."""
    elements, size = {"q8_K": (256, 292), "q8_0": (32, 34)}[name]
    out = np.zeros(values.size // elements * size, np.uint8)
    function = getattr(CPU, "quantize_row_" + name)
    function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    function(values.ctypes.data, out.ctypes.data, values.size)
    return out


def blocks(name: str, generator: np.random.Generator) -> np.ndarray:
    kind = gguf.GGMLQuantizationType[name]
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    count = max(3, 96 // elements)
    parts = [generator.integers(0, 256, (count, size), np.uint8),
             np.zeros((1, size), np.uint8), np.full((1, size), 255, np.uint8)]
    for offset in SCALES[name]:
        for scale in (np.inf, -np.inf, np.nan, -0.0, 6e-8):
            if elements == 256 and scale in (-np.inf, -0.0):
                continue
            block = generator.integers(0, 256, (1, size), np.uint8)
            for other in SCALES[name]:
                block[0, other:other + 2] = np.array([0.01], np.float16).view(np.uint8)
            block[0, offset:offset + 2] = np.array([scale], np.float16).view(np.uint8)
            parts.append(block)
    columns = max(elements, 64) * (1 if elements == 256 else 2)
    gaussian = generator.standard_normal((2, columns)).astype(np.float32) * np.float32(0.05)
    parts.append(quantized(name, gaussian).reshape(-1, size))
    return np.concatenate(parts)


def activations(generator: np.random.Generator) -> np.ndarray:
    """Superblocks of 256: gaussian, heavy tails, ties, both signs of the largest, zeros."""
    rows = [generator.standard_normal(256) for _ in range(3)]
    rows += [generator.standard_normal(256) * np.exp(2 * generator.standard_normal(256))]
    ties = (generator.integers(-127, 127, 256) + 0.5) * 37 / 127
    ties[::32] = 37
    both = generator.integers(-9, 10, 256).astype(np.float64)
    minus = both.copy()
    minus[0] = -9
    both[0] = 9
    rows += [ties, -ties, both, minus, np.zeros(256), np.full(256, -3.25), np.eye(256)[77] * 1e-30]
    return np.concatenate(rows).astype(np.float32)


def products(generator: np.random.Generator) -> dict:
    cases = []
    x = generator.standard_normal((2, 1024)).astype(np.float32)
    for name, partner in PRODUCTS.items():
        weight = generator.standard_normal((3, 1024)).astype(np.float32) * np.float32(0.05)
        rows = quantized(name, weight)
        dot = getattr(CPU, f"ggml_vec_dot_{name.lower().replace('k', 'K')}_{partner}")
        results = np.zeros((2, 3), np.float32)
        for token in range(2):
            row = activation_blocks(partner, x[token])
            for output in range(3):
                dot(ctypes.c_int(1024), ctypes.c_void_p(results[token, output:].ctypes.data),
                    ctypes.c_size_t(0), ctypes.c_void_p(rows[output].ctypes.data),
                    ctypes.c_size_t(0), ctypes.c_void_p(row.ctypes.data), ctypes.c_size_t(0),
                    ctypes.c_int(1))
        cases.append({"type": name, "weight": rows.tobytes().hex(),
                      "y": results.ravel().astype(float).tolist()})
    return {"inputs": 1024, "x": x.view(np.uint32).ravel().tolist(), "cases": cases}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for index, name in enumerate(SCALES):
        data = blocks(name, np.random.default_rng(100 + index))
        with np.errstate(all="ignore"):
            values = gguf.quants.dequantize(
                data.ravel() if name in ("F32", "F16") else data,
                gguf.GGMLQuantizationType[name])
        data.tofile(FOLDER / f"{name}.bin")
        values.astype(np.float32).tofile(FOLDER / f"{name}.f32")
    x = activations(np.random.default_rng(200))
    x.tofile(FOLDER / "activations.f32")
    activation_blocks("q8_K", x).tofile(FOLDER / "activations.q8k")
    activation_blocks("q8_0", x).tofile(FOLDER / "activations.q80")
    halves = np.random.default_rng(400).standard_normal((1, 2048)) * 0.05
    tails = np.random.default_rng(401).standard_t(3, (1, 2048)) * 0.02
    weights = [half.astype(np.float32) for half in (halves, tails)]
    np.concatenate(weights).tofile(FOLDER / "weights.f32")
    errors = {}
    for name in ("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"):
        kind = gguf.GGMLQuantizationType[name]
        errors[name] = [
            float(np.sqrt(((gguf.quants.dequantize(quantized(name, half), kind).astype(np.float64)
                            - half) ** 2).mean())) for half in weights]
    (FOLDER / "quantisers.json").write_text(json.dumps(errors, indent=1) + "\n")
    text = json.dumps(products(np.random.default_rng(300)), indent=1)
    (FOLDER / "products.json").write_text(text + "\n")
    files = sorted(path for path in FOLDER.iterdir() if path.name != "MANIFEST.json")
    manifest = {
        "generator": "Tests/Reference/make_block_fixtures.py",
        "versions": {"gguf": "0.19.0", "llama-cpp-python": llama_cpp.__version__,
                     "numpy": np.__version__},
        "tolerance": "none: bit for bit, but products.json (order of Float32 sums, see the test)",
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    (FOLDER / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
