"""Whisper by openai-whisper and transformers: seeded models, their activations, and their files.

openai-whisper is looked for in .venv/whisper, or in the folder that SWIFTRAG_WHISPER_SITE names.
"""

import os
import pathlib
import struct
import sys

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZES = ["n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer", "n_text_ctx",
         "n_text_state", "n_text_head", "n_text_layer", "n_mels"]


def import_whisper():
    site = os.environ.get("SWIFTRAG_WHISPER_SITE", str(ROOT / ".venv/whisper"))
    if not pathlib.Path(site, "whisper").is_dir():
        sys.exit(f"{site} has no openai-whisper: make test-full installs it, or set SWIFTRAG_WHISPER_SITE")
    sys.path.append(site)
    import whisper
    return whisper


def seeded_model(whisper, seed, **dims):
    """A model with random weights that Float16 holds exactly, in Float32."""
    torch.manual_seed(seed)
    model = whisper.model.Whisper(whisper.model.ModelDimensions(**dims)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread = 0.3 if "ln" in name or "bias" in name else 1.5 / parameter.shape[-1] ** 0.5
            centre = 1 if "ln" in name and name.endswith("weight") else 0
            parameter.copy_(centre + spread * torch.randn_like(parameter))
    model = model.half().float()
    # A buffer, which half() has rounded as well.
    return model


def activations(model, mel, tokens):
    """Every named activation of the encoder and of the decoder, in the order of computation."""
    found, hooks = {}, []

    def keep(module, key, part="output", after=lambda x: x):
        def hook(_, inputs, output):
            value = inputs[0] if part == "input" else output
            found[key] = after(value)[0].detach().numpy().copy()
        hooks.append(module.register_forward_hook(hook))

    def gelu(x):
        return torch.nn.functional.gelu(x).transpose(1, 2)

    for side in ("encoder", "decoder"):
        tower = getattr(model, side)
        if side == "encoder":
            keep(tower.conv1, (side, "firstConvolution", None), after=gelu)
            keep(tower.conv2, (side, "secondConvolution", None), after=gelu)
        hooks.append(tower.blocks[0].register_forward_pre_hook(
            lambda _, inputs, key=(side, "embeddings", None):
            found.__setitem__(key, inputs[0][0].detach().numpy().copy())))
        for index, block in enumerate(tower.blocks):
            keep(block.attn_ln, (side, "attentionNorm", index))
            for part in ("query", "key", "value"):
                keep(getattr(block.attn, part), (side, part, index))
            keep(block.attn.out, (side, "attention", index), "input")
            if block.cross_attn:
                keep(block.cross_attn_ln, (side, "attentionResidual", index), "input")
                keep(block.cross_attn_ln, (side, "crossNorm", index))
                keep(block.cross_attn.query, (side, "crossQuery", index))
                keep(block.cross_attn.out, (side, "crossAttention", index), "input")
            residual = "crossResidual" if block.cross_attn else "attentionResidual"
            keep(block.mlp_ln, (side, residual, index), "input")
            keep(block.mlp_ln, (side, "ffnNorm", index))
            keep(block.mlp[2], (side, "ffnHidden", index), "input")
            keep(block, (side, "layerOutput", index))
        keep(tower.ln_post if side == "encoder" else tower.ln, (side, "finalNorm", None))
    with torch.no_grad():
        logits = model(mel[None], torch.tensor([tokens]))
    for hook in hooks:
        hook.remove()
    found[("decoder", "logits", None)] = logits[0].numpy()
    result = {}
    for (side, name, index), value in found.items():
        if name == "query":
            parts = [found[(side, part, index)] for part in ("query", "key", "value")]
            result[(side, "queryKeyValue", index)] = np.concatenate(parts, 1)
        elif name not in ("key", "value"):
            result[(side, name, index)] = value
    return result


def state_of(model):
    """The weights with OpenAI's names, Float16."""
    return {name: value.half().numpy() for name, value in model.state_dict().items()
            if name != "decoder.mask"}


def write_openai(path, dims, state):
    """OpenAI's layout: linear weights lie transposed in their storage."""
    tensors = {}
    for name, value in state.items():
        is_linear = value.ndim == 2 and "embedding" not in name
        stored = torch.from_numpy((value.T if is_linear else value).copy())
        tensors[name] = stored.T if is_linear else stored
    torch.save({"dims": dims, "model_state_dict": tensors}, path)


def write_ggml(path, dims, state, tokens):
    """whisper.cpp's layout, F16."""
    out = bytearray(struct.pack("<12i", 0x67676D6C, *(dims[name] for name in SIZES), 1))
    filters = np.linspace(0, 1, dims["n_mels"] * 5, dtype="<f4")
    out += struct.pack("<2i", dims["n_mels"], 5) + filters.tobytes() + struct.pack("<i", len(tokens))
    for token in tokens:
        out += struct.pack("<i", len(token)) + token
    for name, value in state.items():
        if name in ("encoder.conv1.bias", "encoder.conv2.bias"):
            value = value.reshape(-1, 1)
        is_float = value.shape[-1] == 1 or value.ndim < 2 or name.endswith("positional_embedding")
        out += struct.pack(f"<3i{value.ndim}i", value.ndim, len(name), 0 if is_float else 1,
                           *value.shape[::-1])
        out += name.encode() + (value.astype("<f4") if is_float else value).tobytes()
    path.write_bytes(out)


def ctranslate2_variables(dims, state):
    """The variables of CTranslate2, single numbers as shapes without dimensions."""
    found = {}

    def pair(target, source, weight="weight", bias="bias"):
        found[f"{target}/{weight}"] = state[source + ".weight"]
        found[f"{target}/{bias}"] = state[source + ".bias"]

    def fused(target, source, parts):
        weights = [state[f"{source}.{part}.weight"] for part in parts]
        found[target + "/weight"] = np.concatenate(weights)
        found[target + "/bias"] = np.concatenate(
            [state.get(f"{source}.{part}.bias", np.zeros(len(w), "<f2")) for part, w in zip(parts, weights)])

    for side, kind in (("encoder", "audio"), ("decoder", "text")):
        found[f"{side}/position_encodings/encodings"] = state[f"{side}.positional_embedding"]
        found[f"{side}/num_heads"] = np.int16(dims[f"n_{kind}_head"])
        pair(f"{side}/layer_norm", "encoder.ln_post" if side == "encoder" else "decoder.ln",
             "gamma", "beta")
        for index in range(dims[f"n_{kind}_layer"]):
            to, at = f"{side}/layer_{index}", f"{side}.blocks.{index}"
            pair(f"{to}/self_attention/layer_norm", at + ".attn_ln", "gamma", "beta")
            fused(f"{to}/self_attention/linear_0", at + ".attn", ["query", "key", "value"])
            pair(f"{to}/self_attention/linear_1", at + ".attn.out")
            if side == "decoder":
                pair(f"{to}/attention/layer_norm", at + ".cross_attn_ln", "gamma", "beta")
                pair(f"{to}/attention/linear_0", at + ".cross_attn.query")
                fused(f"{to}/attention/linear_1", at + ".cross_attn", ["key", "value"])
                pair(f"{to}/attention/linear_2", at + ".cross_attn.out")
            pair(f"{to}/ffn/layer_norm", at + ".mlp_ln", "gamma", "beta")
            pair(f"{to}/ffn/linear_0", at + ".mlp.0")
            pair(f"{to}/ffn/linear_1", at + ".mlp.2")
    pair("encoder/conv1", "encoder.conv1")
    pair("encoder/conv2", "encoder.conv2")
    found["decoder/embeddings/weight"] = state["decoder.token_embedding.weight"]
    found["decoder/pre_norm"] = np.int8(1)
    return found


def write_ctranslate2(path, dims, state):
    """CTranslate2's layout, F16."""
    def string(text):
        return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"

    types = {np.dtype("int8"): 1, np.dtype("int16"): 2, np.dtype("float16"): 4}
    variables = ctranslate2_variables(dims, state)
    out = bytearray(struct.pack("<I", 6) + string("WhisperSpec") + struct.pack("<2I", 3, len(variables)))
    for name in sorted(variables):
        value = np.asarray(variables[name])
        out += string(name) + struct.pack(f"<B{value.ndim}IBI", value.ndim, *value.shape,
                                          types[value.dtype], value.nbytes) + value.tobytes()
    out += struct.pack("<I", 1) + string("decoder/projection/weight") + string("decoder/embeddings/weight")
    path.write_bytes(out)


HUGGING_FACE = [(".positional_embedding", ".embed_positions.weight"), ("token_embedding", "embed_tokens"),
                ("blocks", "layers"), (".ln_post.", ".layer_norm."), ("decoder.ln.", "decoder.layer_norm."),
                ("cross_attn_ln", "encoder_attn_layer_norm"), (".attn_ln", ".self_attn_layer_norm"),
                ("cross_attn", "encoder_attn"), (".attn.", ".self_attn."), ("mlp_ln", "final_layer_norm"),
                ("mlp.0", "fc1"), ("mlp.2", "fc2"), (".query", ".q_proj"), (".key", ".k_proj"),
                (".value", ".v_proj"), (".out.", ".out_proj.")]


def hugging_face(dims, state):
    """transformers' model of the same weights, Float32."""
    import transformers
    width = dims["n_text_state"]
    config = transformers.WhisperConfig(
        vocab_size=dims["n_vocab"], num_mel_bins=dims["n_mels"], d_model=width,
        encoder_ffn_dim=4 * width, decoder_ffn_dim=4 * width, encoder_layers=dims["n_audio_layer"],
        decoder_layers=dims["n_text_layer"], encoder_attention_heads=dims["n_audio_head"],
        decoder_attention_heads=dims["n_text_head"], max_source_positions=dims["n_audio_ctx"],
        max_target_positions=dims["n_text_ctx"], decoder_start_token_id=1, bos_token_id=0,
        eos_token_id=0, pad_token_id=0, suppress_tokens=None, begin_suppress_tokens=None)
    model = transformers.WhisperForConditionalGeneration(config)
    weights = {}
    for name, value in state.items():
        for old, new in HUGGING_FACE:
            name = name.replace(old, new)
        weights["model." + name] = torch.from_numpy(value.copy()).float()
    weights["proj_out.weight"] = weights["model.decoder.embed_tokens.weight"]
    model.load_state_dict(weights)
    return model.eval()
