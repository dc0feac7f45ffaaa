#!/usr/bin/env python3
"""Writes Tests/Fixtures/bert: a tiny BERT with its activations, and activations of all-MiniLM-L6-v2.

    .venv/bin/python Tests/Reference/make_bert_goldens.py [--assets ../shared/assets]

tiny/           a BERT of 2 layers, width 32, random weights (seed 7), saved by transformers itself:
                config.json, model.safetensors, vocab.txt and the sentence-transformers files
tiny.json       token ids of a ragged batch and the offset of each activation in tiny.f32
tiny.f32        every activation of every layer, Float32, little-endian
minilm.json     the same for the real model: for each activation and sequence, the first and last
                8 numbers of its first and last row and the root mean square of all; the complete
                embedding
quantized.json  rows with their F16 and Q8_0 bytes by gguf.quants.quantize

Activations are those of transformers' BertModel in Float32, eager attention, taken by hooks, each
sequence by itself (no padding). MANIFEST.json lists versions, hashes and tolerances.
"""

import argparse
import pathlib
import shutil

import gguf
import numpy as np
import torch
from transformers import AutoTokenizer, BertConfig, BertModel

from golden_files import ActivationFile, write_json, write_manifest

ROOT = pathlib.Path(__file__).parents[2]
FIXTURE = ROOT / "Tests/Fixtures/bert"

WORDS = ("the a of to and in is was it for on with as by at from cat dog house river blue red run "
         "walk ##s ##ing ##ed ##ly un ##able").split()
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list(".,?!") + [
    chr(c) for c in range(98, 123)] + [f"##{chr(c)}" for c in range(97, 123)] + WORDS
SENTENCES = [
    "Where does the river run?",
    "MiniLM maps a sentence to 384 numbers, whatever its length.",
    "Ö",
]


def activations(model, ids):
    """{(name, layer): [rows, columns]} in the order of computation, of one sequence."""
    found = {}

    def hook(module, name, layer=None):
        def take(_module, _inputs, output):
            output = output[0] if isinstance(output, tuple) else output
            found[(name, layer)] = output.detach().reshape(-1, output.shape[-1]).clone()
        return module.register_forward_hook(take)

    def hook_input(module, name, layer):
        def take(_module, inputs):
            found[(name, layer)] = inputs[0].detach().reshape(-1, inputs[0].shape[-1]).clone()
        return module.register_forward_pre_hook(take)

    hooks = [hook(model.embeddings, "embeddings")]
    for index, layer in enumerate(model.encoder.layer):
        attention = getattr(layer.attention, "self")
        hooks += [hook(getattr(attention, part), part, index) for part in ("query", "key", "value")]
        hooks += [
            hook_input(layer.attention.output.dense, "attention", index),
            hook(layer.attention.output, "attentionNorm", index),
            hook(layer.intermediate, "ffnHidden", index),
            hook(layer.output, "layerOutput", index),
        ]
    with torch.no_grad():
        model(input_ids=torch.tensor([ids]))
    for handle in hooks:
        handle.remove()
    last = found[("layerOutput", len(model.encoder.layer) - 1)]
    pooled = last.mean(dim=0, keepdim=True)
    ordered = {("embeddings", None): found[("embeddings", None)]}
    for index in range(len(model.encoder.layer)):
        ordered[("queryKeyValue", index)] = torch.cat(
            [found[(part, index)] for part in ("query", "key", "value")], dim=1)
        for name in ("attention", "attentionNorm", "ffnHidden", "layerOutput"):
            ordered[(name, index)] = found[(name, index)]
    ordered[("pooled", None)] = pooled
    ordered[("embedding", None)] = torch.nn.functional.normalize(pooled, dim=1)
    return {key: value.numpy() for key, value in ordered.items()}


def write_tiny():
    torch.manual_seed(7)
    directory = FIXTURE / "tiny"
    shutil.rmtree(directory, ignore_errors=True)
    config = BertConfig(
        vocab_size=len(PIECES), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=24, type_vocab_size=2, layer_norm_eps=1e-12,
        attn_implementation="eager")
    model = BertModel(config).eval()
    with torch.no_grad():  # the initialisation leaves biases and gains where they could be missed
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(0, 0.2)
            elif "LayerNorm" in name:
                parameter.normal_(1, 0.2)
            else:
                parameter.normal_(0, 0.2)
    model.save_pretrained(directory)
    (directory / "vocab.txt").write_text("\n".join(PIECES) + "\n")
    write_json(directory / "tokenizer_config.json", {"do_lower_case": True})
    write_json(directory / "sentence_bert_config.json", {"max_seq_length": 20})
    write_json(directory / "modules.json", [
        {"path": "", "type": "sentence_transformers.models.Transformer"},
        {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])
    (directory / "1_Pooling").mkdir()
    write_json(directory / "1_Pooling/config.json", {"pooling_mode_mean_tokens": True})

    generator = np.random.default_rng(7)
    sequences = [[2, *generator.integers(5, len(PIECES), size).tolist(), 3]
                 for size in (5, 0, 18, 1)]
    per_sequence = [activations(model, ids) for ids in sequences]
    file = ActivationFile()
    for name, layer in per_sequence[0]:
        # The ragged batch: rows of all sequences, one after another.
        file.add(name, layer, np.concatenate([found[(name, layer)] for found in per_sequence]))
    (FIXTURE / "tiny.f32").write_bytes(file.data)
    write_json(FIXTURE / "tiny.json", {"sequences": sequences, "activations": file.entries})


def write_minilm(assets):
    directory = assets / "minilm"
    tokenizer = AutoTokenizer.from_pretrained(directory)
    model = BertModel.from_pretrained(directory, attn_implementation="eager").eval()
    sequences = [tokenizer(sentence)["input_ids"] for sentence in SENTENCES]
    cases = []
    for sentence, ids in zip(SENTENCES, sequences):
        entries = []
        for (name, layer), rows in activations(model, ids).items():
            entries.append({
                "name": name, "layer": layer, "rows": rows.shape[0], "columns": rows.shape[1],
                "rootMeanSquare": float(np.sqrt((rows.astype(np.float64) ** 2).mean())),
                "firstRow": [float(x) for x in (*rows[0, :8], *rows[0, -8:])],
                "lastRow": [float(x) for x in (*rows[-1, :8], *rows[-1, -8:])]})
        embedding = [float(x) for x in rows[0]]  # the last activation, whole
        cases.append({"text": sentence, "tokenIDs": ids, "activations": entries,
                      "embedding": embedding})
    write_json(FIXTURE / "minilm.json", {"cases": cases})


def write_quantized():
    generator = np.random.default_rng(11)
    rows = [
        generator.normal(0, 0.05, 64), generator.normal(0, 3, 64), np.zeros(32),
        np.r_[127.0, -127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, np.zeros(24)],
        np.r_[1e-7, -3e-8, np.zeros(30)], generator.uniform(-6e4, 6e4, 32),
        np.full(32, -1.0), np.linspace(-1, 1, 32)]
    cases = []
    for row in rows:
        row = row.astype(np.float32)
        cases.append({
            "bits": row.view(np.uint32).tolist(),
            "f16": gguf.quants.quantize(row, gguf.GGMLQuantizationType.F16).view(np.uint8).tolist(),
            "q8_0": gguf.quants.quantize(
                row[None], gguf.GGMLQuantizationType.Q8_0).reshape(-1).tolist()})
    write_json(FIXTURE / "quantized.json", {"rows": cases})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    options = parser.parse_args()
    torch.set_num_threads(1)
    FIXTURE.mkdir(parents=True, exist_ok=True)
    write_tiny()
    write_minilm(options.assets)
    write_quantized()
    write_manifest(FIXTURE, pathlib.Path(__file__).name, "BERTGoldenTests.swift")


if __name__ == "__main__":
    main()
