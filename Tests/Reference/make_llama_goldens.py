#!/usr/bin/env python3
"""Writes Tests/Fixtures/llama: tiny models of the Llama family with their activations.

    .venv/bin/python Tests/Reference/make_llama_goldens.py [NAME ...]

NAME.gguf   a model of 2 layers (gemma3: 6) with random weights (seed 7), matrices rounded to F16, written as
            llama.cpp's converter does: the rows of Llama's and Mistral's queries and keys reordered
            for rotation of neighbours, Phi-3's fused matrices, Qwen's and Gemma's unchanged, 1 added
            to the weights of Gemma's norms
NAME.json   token ids, and the offset of each activation in NAME.f32
NAME.f32    every activation of every layer, Float32, little-endian

Activations are those of transformers' models in Float32 with eager attention, taken by hooks and by
wrapping apply_rotary_pos_emb. Queries and keys are in the GGUF file's order.

- mistral has a sliding window of 4.
- phi3 has LongRoPE factors, and a second, longer sequence (logits alone) that uses the long ones.
- qwen2 has biases of queries, keys and values.
- qwen3 has heads of 16 elements where width / heads is 8, RMSNorm over each head of queries and
  keys, and its token table as output matrix.
- gemma3 has besides these scaled embeddings, post-norms, GELU, a sliding window of 4 in all layers
  but the sixth, which alone rotates by base 1e6 and with angles divided by 8, as the 4B model.

MANIFEST.json lists versions, hashes and tolerances.
"""

import math
import pathlib
import sys

import gguf
import numpy as np
import torch
from transformers import (Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM,
                          Phi3Config, Phi3ForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config,
                          Qwen3ForCausalLM)
from transformers.models.gemma3 import modeling_gemma3
from transformers.models.llama import modeling_llama
from transformers.models.mistral import modeling_mistral
from transformers.models.phi3 import modeling_phi3
from transformers.models.qwen2 import modeling_qwen2
from transformers.models.qwen3 import modeling_qwen3

from golden_files import ActivationFile, write_json, write_manifest

ROOT = pathlib.Path(__file__).parents[2]
FIXTURE = ROOT / "Tests/Fixtures/llama"
VOCABULARY, WIDTH, HEADS, LAYERS, INNER = 48, 32, 4, 2, 40
COMMON = dict(vocab_size=VOCABULARY, hidden_size=WIDTH, intermediate_size=INNER,
              num_hidden_layers=LAYERS, num_attention_heads=HEADS, attn_implementation="eager",
              pad_token_id=0)
UNTIED = dict(COMMON, tie_word_embeddings=False)
SHORT, LONG = [1.0, 1.1, 1.3, 2.0], [1.0, 1.7, 3.0, 6.0]
ORIGINAL, CONTEXT = 16, 64
MODELS = {
    "llama": (LlamaForCausalLM, modeling_llama, LlamaConfig(
        **UNTIED, num_key_value_heads=4, max_position_embeddings=CONTEXT, rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0})),
    "mistral": (MistralForCausalLM, modeling_mistral, MistralConfig(
        **UNTIED, num_key_value_heads=2, max_position_embeddings=CONTEXT, rms_norm_eps=1e-5,
        sliding_window=4, rope_parameters={"rope_type": "default", "rope_theta": 1e6})),
    "phi3": (Phi3ForCausalLM, modeling_phi3, Phi3Config(
        **UNTIED, num_key_value_heads=2, max_position_embeddings=CONTEXT, rms_norm_eps=1e-6,
        original_max_position_embeddings=ORIGINAL, sliding_window=None,
        rope_parameters={"rope_type": "longrope", "rope_theta": 10_000.0, "short_factor": SHORT,
                         "long_factor": LONG, "original_max_position_embeddings": ORIGINAL})),
    "qwen2": (Qwen2ForCausalLM, modeling_qwen2, Qwen2Config(
        **UNTIED, num_key_value_heads=2, max_position_embeddings=CONTEXT, rms_norm_eps=1e-6,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6})),
    "qwen3": (Qwen3ForCausalLM, modeling_qwen3, Qwen3Config(
        **COMMON, tie_word_embeddings=True, num_key_value_heads=2, head_dim=16,
        max_position_embeddings=CONTEXT, rms_norm_eps=1e-6,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6})),
    "gemma3": (Gemma3ForCausalLM, modeling_gemma3, Gemma3TextConfig(
        **{**COMMON, "num_hidden_layers": 6}, tie_word_embeddings=True, num_key_value_heads=2,
        head_dim=16, query_pre_attn_scalar=16, max_position_embeddings=CONTEXT, rms_norm_eps=1e-6,
        sliding_window=4, rope_parameters={
            "full_attention": {"rope_type": "linear", "rope_theta": 1e6, "factor": 8.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0}})),
}
# The architecture of the GGUF file, and whether its converter reorders rows for rotation.
ARCHITECTURES = {"llama": ("llama", True), "mistral": ("llama", True), "phi3": ("phi3", False),
                 "qwen2": ("qwen2", False), "qwen3": ("qwen3", False), "gemma3": ("gemma3", False)}


def norm_shift(config):
    """What a converter adds to the weights of norms: Gemma's multiply by 1 + weight."""
    return 1 if config.model_type.startswith("gemma") else 0


def rope_parameters(config):
    """Those of the layers that see all positions."""
    return config.rope_parameters.get("full_attention", config.rope_parameters)


def head_dimension(config):
    return getattr(config, "head_dim", None) or WIDTH // HEADS


def neighbours(width, head_dim):
    """For each column of the GGUF file's queries or keys, the column of transformers'."""
    order = np.arange(width).reshape(-1, 2, head_dim // 2)
    return order.swapaxes(1, 2).reshape(-1)


def random_model(kind, config):
    torch.manual_seed(7)
    model = kind(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            mean, deviation = (1 - norm_shift(config), 0.2) if "norm" in name else (0, 0.25)
            parameter.normal_(mean, deviation)
            if parameter.ndim == 2:  # norms and biases stay F32 in the file
                parameter.copy_(parameter.half().float())
    return model.float()


def activations(name, model, module, config, ids):
    """{(activation, layer): [rows, columns]} in the order of computation."""
    found, rotated = {}, []

    def flat(tensor):
        return tensor.detach().reshape(-1, tensor.shape[-1]).clone().numpy()

    def take_output(key):
        def hook(_module, _inputs, output):
            found[key] = flat(output[0] if isinstance(output, tuple) else output)
        return hook

    def take_input(key):
        def hook(_module, inputs):
            found[key] = flat(inputs[0])
        return hook

    original = module.apply_rotary_pos_emb

    def recording(*arguments, **named):
        queries, keys = original(*arguments, **named)
        rotated.append([flat(part.transpose(1, 2).reshape(1, part.shape[2], -1))
                        for part in (queries, keys)])
        return queries, keys

    handles = [model.model.embed_tokens.register_forward_hook(take_output(("embeddings", None)))]
    for index, layer in enumerate(model.model.layers):
        attention, mlp = layer.self_attn, layer.mlp
        # Gemma's norm of this name is a post-norm.
        ffn_norm = getattr(layer, "pre_feedforward_layernorm", layer.post_attention_layernorm)
        if ffn_norm is not layer.post_attention_layernorm:
            handles += [getattr(layer, part).register_forward_pre_hook(take_input((key, index)))
                        for part, key in [("post_attention_layernorm", "attentionOutput"),
                                          ("post_feedforward_layernorm", "ffnOutput")]]
        parts = [part for part in ("q_proj", "k_proj", "v_proj", "qkv_proj")
                 if hasattr(attention, part)]
        handles += [getattr(attention, part).register_forward_hook(take_output((part, index)))
                    for part in parts]
        gates = [part for part in ("gate_proj", "up_proj", "gate_up_proj") if hasattr(mlp, part)]
        handles += [getattr(mlp, part).register_forward_hook(take_output((part, index)))
                    for part in gates]
        handles += [
            layer.input_layernorm.register_forward_hook(take_output(("attentionNorm", index))),
            *(getattr(attention, part).register_forward_hook(take_output((key, index)))
              for part, key in [("q_norm", "queryNorm"), ("k_norm", "keyNorm")]
              if hasattr(attention, part)),
            attention.o_proj.register_forward_pre_hook(take_input(("attention", index))),
            ffn_norm.register_forward_pre_hook(take_input(("attentionResidual", index))),
            ffn_norm.register_forward_hook(take_output(("ffnNorm", index))),
            mlp.down_proj.register_forward_pre_hook(take_input(("ffnHidden", index))),
            layer.register_forward_hook(take_output(("layerOutput", index)))]
    handles.append(model.model.norm.register_forward_hook(take_output(("finalNorm", None))))
    module.apply_rotary_pos_emb = recording
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits
    module.apply_rotary_pos_emb = original
    for handle in handles:
        handle.remove()

    head_dim = head_dimension(config)
    ordered = {("embeddings", None): found[("embeddings", None)]}
    for index in range(config.num_hidden_layers):
        def joined(*parts):
            return np.concatenate([found[(part, index)] for part in parts
                                   if (part, index) in found], axis=1)
        packed = joined("q_proj", "k_proj", "v_proj", "qkv_proj")
        queries, keys = rotated[index]
        if ARCHITECTURES[name][1]:
            split = [WIDTH, packed.shape[1] - (packed.shape[1] - WIDTH) // 2]
            q, k, v = np.split(packed, split, axis=1)
            packed = np.concatenate(
                [q[:, neighbours(q.shape[1], head_dim)], k[:, neighbours(k.shape[1], head_dim)], v],
                axis=1)
            queries = queries[:, neighbours(queries.shape[1], head_dim)]
            keys = keys[:, neighbours(keys.shape[1], head_dim)]
        ordered[("attentionNorm", index)] = found[("attentionNorm", index)]
        ordered[("queryKeyValue", index)] = packed
        for key in ("queryNorm", "keyNorm"):
            if (key, index) in found:
                rows = found[(key, index)]  # [tokens × heads, head_dim]
                if name == "gemma3":  # [heads × tokens, head_dim]
                    rows = rows.reshape(-1, len(ids), head_dim).swapaxes(0, 1)
                ordered[(key, index)] = rows.reshape(len(ids), -1)
        ordered[("rotatedQueries", index)] = queries
        ordered[("rotatedKeys", index)] = keys
        for key in ("attention", "attentionOutput", "attentionResidual", "ffnNorm"):
            if (key, index) in found:
                ordered[(key, index)] = found[(key, index)]
        ordered[("gateUp", index)] = joined("gate_proj", "up_proj", "gate_up_proj")
        for key in ("ffnHidden", "ffnOutput", "layerOutput"):
            if (key, index) in found:
                ordered[(key, index)] = found[(key, index)]
    ordered[("finalNorm", None)] = found[("finalNorm", None)]
    ordered[("logits", None)] = logits[0].numpy()
    return ordered


def write_gguf(name, model, config):
    architecture, reorders = ARCHITECTURES[name]
    writer = gguf.GGUFWriter(FIXTURE / f"{name}.gguf", architecture)
    head_dim = head_dimension(config)
    writer.add_name(f"tiny {name}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if architecture in ("qwen3", "gemma3"):  # as the converter: no rope.dimension_count
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    elif architecture != "qwen2":
        writer.add_rope_dimension_count(head_dim)
    writer.add_rope_freq_base(rope_parameters(config)["rope_theta"])
    if "factor" in rope_parameters(config):
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope_parameters(config)["factor"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    if name in ("mistral", "gemma3"):
        writer.add_sliding_window(config.sliding_window)
    if name == "phi3":
        writer.add_rope_scaling_orig_ctx_len(ORIGINAL)
        writer.add_rope_scaling_attn_factors(
            math.sqrt(1 + math.log(CONTEXT / ORIGINAL) / math.log(ORIGINAL)))
        writer.add_tensor("rope_factors_long.weight", np.array(LONG, dtype=np.float32))
        writer.add_tensor("rope_factors_short.weight", np.array(SHORT, dtype=np.float32))
    # A vocabulary that llama.cpp accepts (it looks up <|endoftext|> in models named after Phi-3).
    pieces = ["<unk>", "<s>", "</s>", "<0x0A>", "<|endoftext|>"]
    pieces += [chr(0x100 + i) for i in range(VOCABULARY - len(pieces))]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores([-float(i) for i in range(VOCABULARY)])
    writer.add_token_types([2, 3, 3, 6, 3] + [1] * (VOCABULARY - 5))
    state = {key: value.numpy() for key, value in model.state_dict().items()}

    def add(target, *sources, heads=None):
        rows = np.concatenate([state[source] for source in sources])
        if heads and reorders:
            rows = rows[neighbours(rows.shape[0], head_dim)]
        if target.endswith("norm.weight"):
            rows = rows + np.float32(norm_shift(config))
        writer.add_tensor(target, rows if rows.ndim == 1 else rows.astype(np.float16))

    add("token_embd.weight", "model.embed_tokens.weight")
    add("output_norm.weight", "model.norm.weight")
    if not config.tie_word_embeddings:
        add("output.weight", "lm_head.weight")
    for index in range(config.num_hidden_layers):
        theirs, ours = f"model.layers.{index}.", f"blk.{index}."
        add(ours + "attn_norm.weight", theirs + "input_layernorm.weight")
        if theirs + "pre_feedforward_layernorm.weight" in state:
            add(ours + "post_attention_norm.weight", theirs + "post_attention_layernorm.weight")
            add(ours + "ffn_norm.weight", theirs + "pre_feedforward_layernorm.weight")
            add(ours + "post_ffw_norm.weight", theirs + "post_feedforward_layernorm.weight")
        else:
            add(ours + "ffn_norm.weight", theirs + "post_attention_layernorm.weight")
        add(ours + "attn_output.weight", theirs + "self_attn.o_proj.weight")
        add(ours + "ffn_down.weight", theirs + "mlp.down_proj.weight")
        if name == "phi3":
            add(ours + "attn_qkv.weight", theirs + "self_attn.qkv_proj.weight")
            add(ours + "ffn_up.weight", theirs + "mlp.gate_up_proj.weight")
        else:
            add(ours + "attn_q.weight", theirs + "self_attn.q_proj.weight", heads=True)
            add(ours + "attn_k.weight", theirs + "self_attn.k_proj.weight", heads=True)
            add(ours + "attn_v.weight", theirs + "self_attn.v_proj.weight")
            add(ours + "ffn_gate.weight", theirs + "mlp.gate_proj.weight")
            add(ours + "ffn_up.weight", theirs + "mlp.up_proj.weight")
        for part in ("q", "k", "v"):
            if f"{theirs}self_attn.{part}_proj.bias" in state:
                add(f"{ours}attn_{part}.bias", f"{theirs}self_attn.{part}_proj.bias")
        for part in ("q", "k"):
            if f"{theirs}self_attn.{part}_norm.weight" in state:
                add(f"{ours}attn_{part}_norm.weight", f"{theirs}self_attn.{part}_norm.weight")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_model(name):
    kind, module, config = MODELS[name]
    model = random_model(kind, config)
    write_gguf(name, model, config)
    generator = np.random.default_rng(7)
    ids = [1, *generator.integers(4, VOCABULARY, 8).tolist()]
    file = ActivationFile()
    for (key, layer), rows in activations(name, model, module, config, ids).items():
        file.add(key, layer, rows)
    description = {"tokens": ids, "activations": file.entries}
    if name == "phi3":
        long_ids = [1, *generator.integers(4, VOCABULARY, ORIGINAL + 6).tolist()]
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([long_ids]), use_cache=False).logits[0].numpy()
        description["longTokens"] = long_ids
        description["longLogits"] = file.append("logits", None, logits)
    (FIXTURE / f"{name}.f32").write_bytes(file.data)
    write_json(FIXTURE / f"{name}.json", description)


def main():
    torch.set_num_threads(1)
    FIXTURE.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or MODELS:
        write_model(name)
    write_manifest(FIXTURE, pathlib.Path(__file__).name, "LlamaGoldenTests.swift")


if __name__ == "__main__":
    main()
