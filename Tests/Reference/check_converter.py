#!/usr/bin/env python3
"""Loads converted language models in llama.cpp and compares tensor types and logits.

    .venv/bin/python Tests/Reference/check_converter.py [--program .build/release/swiftrag]

Small llama and phi3 models with seeded weights (gguf-py writes them in F32, F16 or BF16) and
stories260K from the shared assets are converted with every --type. For each: the tensors' types are
those that llama_model_quantize gives, llama.cpp loads the file, and the KL divergence of its logits
from the original's is printed next to that of llama.cpp's own quantisation.
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

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSETS = pathlib.Path(os.environ.get("SWIFTRAG_ASSETS", ROOT.parent / "shared/assets"))
FILE_TYPES = {"f16": 1, "bf16": 32, "q8_0": 7, "q4_0": 2, "q4_k_m": 15, "q5_k_m": 17, "q6_k": 18}
CONTEXT = 48


def write_model(path: str, architecture: str, width: int, storage: str, tied: bool) -> None:
    """A model of 16 layers: layers 0, 1, 4, 7, 10, 13, 14, 15 get more bits in a mixture."""
    layers, heads, ffn, vocabulary = 16, 4, 2 * width, 320
    generator = np.random.default_rng(11)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("check")
    writer.add_context_length(256)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(ffn)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads // 2 if architecture == "llama" else heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_tokenizer_model("llama")
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    tokens += [f"▁word{index}" for index in range(vocabulary - len(tokens))]
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * 259 + [-1.0 * index for index in range(vocabulary - 259)])
    writer.add_token_types([2, 3, 3] + [6] * 256 + [1] * (vocabulary - 259))

    def add(name: str, *shape: int) -> None:
        values = (generator.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)
        kind = gguf.GGMLQuantizationType[storage]
        if storage == "F16":
            writer.add_tensor(name, values.astype(np.float16))
        elif storage == "BF16":
            writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, values)

    def add_norm(name: str) -> None:
        values = 1 + 0.1 * generator.standard_normal(width)
        writer.add_tensor(name, values.astype(np.float32))

    add("token_embd.weight", vocabulary, width)
    add_norm("output_norm.weight")
    if not tied:
        add("output.weight", vocabulary, width)
    for layer in range(layers):
        prefix = f"blk.{layer}."
        add_norm(prefix + "attn_norm.weight")
        add_norm(prefix + "ffn_norm.weight")
        if architecture == "phi3":
            add(prefix + "attn_qkv.weight", 3 * width, width)
            add(prefix + "ffn_up.weight", 2 * ffn, width)
        else:
            add(prefix + "attn_q.weight", width, width)
            add(prefix + "attn_k.weight", width // 2, width)
            add(prefix + "attn_v.weight", width // 2, width)
            add(prefix + "ffn_gate.weight", ffn, width)
            add(prefix + "ffn_up.weight", ffn, width)
        add(prefix + "attn_output.weight", width, width)
        add(prefix + "ffn_down.weight", width, ffn)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama_cpp_quantize(source: str, target: str, recipe: str) -> None:
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = FILE_TYPES[recipe]
    parameters.nthread = 1
    code = llama_cpp.llama_model_quantize(
        source.encode(), target.encode(), ctypes.byref(parameters))
    assert code == 0, f"llama_model_quantize: {code}"


def log_probabilities(path: str, tokens: list[int]) -> np.ndarray:
    model = llama_cpp.Llama(path, n_ctx=CONTEXT * 2, logits_all=True, n_threads=1, verbose=False)
    model.eval(tokens)
    logits = np.array(model.scores[:len(tokens)], np.float64)
    model.close()
    logits -= logits.max(-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def types(path: str) -> dict[str, str]:
    return {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(path).tensors}


def differing(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    assert ours.keys() == theirs.keys()
    return [f"{name} {ours[name]} / {theirs[name]}" for name in ours if ours[name] != theirs[name]]


def check(program: str, label: str, source: str, folder: str) -> bool:
    passed = True
    vocabulary = next(t.shape[1] for t in gguf.GGUFReader(source).tensors
                      if t.name == "token_embd.weight")
    tokens = [1] + np.random.default_rng(5).integers(3, vocabulary, CONTEXT - 1).tolist()
    original = log_probabilities(source, tokens)
    for recipe in FILE_TYPES:
        ours, theirs = f"{folder}/ours.gguf", f"{folder}/theirs.gguf"
        subprocess.run([program, "models", "convert", source, "--type", recipe, "--out", ours],
                       check=True, stdout=subprocess.DEVNULL)
        llama_cpp_quantize(source, theirs, recipe)
        different = differing(types(ours), types(theirs))
        # The fused projection follows the published files, see ConversionRecipe.
        other = [line for line in different if "attn_qkv" not in line]
        reader = gguf.GGUFReader(ours)
        assert reader.fields["general.file_type"].contents() == FILE_TYPES[recipe]
        assert reader.fields["general.quantization_version"].contents() == 2
        divergences = []
        for path in (ours, theirs):
            found = log_probabilities(path, tokens)
            divergences.append((np.exp(original) * (original - found)).sum(-1).mean())
        passed &= not other
        print(f"{label:22} {recipe:7} KL ours {divergences[0]:.2e}, llama.cpp {divergences[1]:.2e}"
              f"  types {'equal' if not different else f'{len(different)} differ: {different[0]}'}")
    return passed


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    program = parser.parse_args().program
    quiet = llama_cpp.llama_log_callback(lambda level, text, data: None)
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    passed = True
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/in.gguf"
        for label, *model in (("llama 256 F32", "llama", 256, "F32", False),
                              ("llama 256 F16 tied", "llama", 256, "F16", True),
                              ("llama 288 BF16", "llama", 288, "BF16", False),
                              ("phi3 256 F32", "phi3", 256, "F32", False)):
            write_model(path, *model)
            passed &= check(program, label, path, folder)
        stories = ASSETS / "llm/stories260K-f32.derived.gguf"
        if stories.exists():
            passed &= check(program, "stories260K", str(stories), folder)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
