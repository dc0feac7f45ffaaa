#!/usr/bin/env python3
"""Writes Tests/Fixtures/layers/layers.json: small layers of PyTorch with their inputs and results.

Needs torch (2.13.0 made the file). The numbers are drawn with a fixed seed and rounded to Float32.

    python3 Tests/Reference/make_layer_goldens.py
"""
import json
import pathlib

import torch

torch.manual_seed(20261129)
out = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "layers" / "layers.json"


def tensor(value):
    value = value.detach().to(torch.float32).contiguous()
    return {"shape": list(value.shape), "values": [float(x) for x in value.flatten()]}


def convolution(stride):
    layer = torch.nn.Conv1d(3, 4, kernel_size=3, stride=stride, padding=1)
    x = torch.randn(7, 3)  # time by channels
    y = torch.nn.functional.gelu(layer(x.T[None]))[0].T
    return {
        "x": tensor(x), "conv.weight": tensor(layer.weight), "conv.bias": tensor(layer.bias),
        "y": tensor(y)}


def patches():
    layer = torch.nn.Conv2d(3, 5, kernel_size=2, stride=2, bias=False)
    images = torch.randn(2, 3, 4, 6)
    y = layer(images).flatten(2).transpose(1, 2)  # [images, patches, outputs]
    return {"x": tensor(images), "patch.weight": tensor(layer.weight), "y": tensor(y)}


def attention(causal, cross):
    layer = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    with torch.no_grad():
        layer.in_proj_bias.normal_()
        layer.out_proj.bias.normal_()
    x = torch.randn(1, 3, 8)
    e = torch.randn(1, 5, 8) if cross else x
    mask = torch.triu(torch.full((3, 3), float("-inf")), diagonal=1) if causal else None
    y, _ = layer(x, e, e, attn_mask=mask, need_weights=False)
    names = ["query", "key", "value"]
    parts = zip(names, layer.in_proj_weight.chunk(3), layer.in_proj_bias.chunk(3))
    tensors = {"x": tensor(x[0]), "encoded": tensor(e[0]), "y": tensor(y[0])}
    for name, weight, bias in parts:
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = tensor(weight), tensor(bias)
    tensors["out.weight"] = tensor(layer.out_proj.weight)
    tensors["out.bias"] = tensor(layer.out_proj.bias)
    return tensors


def mlp(activation):
    norm, up, down = torch.nn.LayerNorm(6), torch.nn.Linear(6, 10), torch.nn.Linear(10, 6)
    with torch.no_grad():
        norm.weight.normal_()
        norm.bias.normal_()
    x = torch.randn(4, 6)
    y = x + down(activation(up(norm(x))))
    return {
        "x": tensor(x), "norm.weight": tensor(norm.weight), "norm.bias": tensor(norm.bias),
        "up.weight": tensor(up.weight), "up.bias": tensor(up.bias),
        "down.weight": tensor(down.weight), "down.bias": tensor(down.bias), "y": tensor(y)}


layers = {
    "convolutionStride1": convolution(1),
    "convolutionStride2": convolution(2),
    "patches": patches(),
    "crossAttention": attention(causal=False, cross=True),
    "causalAttention": attention(causal=True, cross=False),
    "mlpGELU": mlp(torch.nn.functional.gelu),
    "mlpQuickGELU": mlp(lambda x: x * torch.sigmoid(1.702 * x)),
}
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(json.dumps(layers, separators=(",", ":"), sort_keys=True) + "\n")
