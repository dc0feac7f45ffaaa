"""CLIP as its references have it, for the scripts of this folder.

Hugging Face's CLIPModel with every activation by hooks, the same weights under OpenAI's names, and
open_clip's model. open_clip and OpenAI's package are in .venv/clip (requirements-clip.txt). Both
import torchvision, whose build on PyPI does not match torch's CPU wheel; what they use of it at
import is replaced by empty modules, and nothing of it is called.
"""

import importlib.machinery
import pathlib
import sys
import types

import numpy as np
import torch
from transformers import CLIPConfig, CLIPModel

ROOT = pathlib.Path(__file__).parents[2]
PACKAGES = ROOT / ".venv/clip"
MEAN = [0.48145466, 0.4578275, 0.40821073]
STD = [0.26862954, 0.26130258, 0.27577711]


class _Anything(types.ModuleType):
    """A module of which every attribute is a class."""

    def __init__(self, name):
        super().__init__(name)
        self.__spec__ = importlib.machinery.ModuleSpec(name, None)
        self.__path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"BICUBIC": 3, "BILINEAR": 2})


def import_references():
    """open_clip and OpenAI's clip."""
    if PACKAGES.exists():
        sys.path.append(str(PACKAGES))
    # transformers looks for torchvision before the replacements are there.
    import transformers.image_utils  # noqa: F401
    for name in ("torchvision", "torchvision.transforms", "torchvision.transforms.functional",
                 "torchvision.ops", "torchvision.ops.misc", "timm", "timm.layers", "timm.models",
                 "timm.models.layers"):
        sys.modules.setdefault(name, _Anything(name))
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, sys.modules[name])
    # OpenAI's package takes `packaging` from setuptools, which no longer has it.
    import packaging.version
    sys.modules.setdefault("pkg_resources", types.ModuleType("pkg_resources")).packaging = packaging
    import clip
    import open_clip
    return open_clip, clip


def randomize(model, seed):
    """Weights that a wrong tensor would show: the initialisation leaves biases and gains alike."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name == "logit_scale":
                parameter.fill_(np.log(100))
            elif name.endswith("bias"):
                parameter.normal_(0, 0.1)
            elif "norm" in name or "layrnorm" in name:
                parameter.normal_(1, 0.1)
            elif parameter.dim() == 1 or "embedding.weight" in name and "patch" not in name:
                parameter.normal_(0, 0.2)
            else:
                columns = parameter[0].numel()
                parameter.normal_(0, columns ** -0.5)
    return model


def hugging_face(vision, text, image, patch, vocab, context, projection, activation, seed):
    """A CLIPModel with seeded weights; a tower is (layers, width, heads, ffn)."""
    def tower(sizes):
        layers, width, heads, ffn = sizes
        return dict(num_hidden_layers=layers, hidden_size=width, num_attention_heads=heads,
                    intermediate_size=ffn, hidden_act=activation, projection_dim=projection)
    config = CLIPConfig(
        text_config=dict(**tower(text), vocab_size=vocab, max_position_embeddings=context,
                         bos_token_id=vocab - 2, eos_token_id=vocab - 1, pad_token_id=1),
        vision_config=dict(**tower(vision), image_size=image, patch_size=patch),
        projection_dim=projection, attn_implementation="eager")
    return randomize(CLIPModel(config).eval(), seed)


def activations(model, pixels=None, ids=None):
    """{(name, layer): [rows, columns]} of one image or one text, in the order of computation."""
    found, hooks = {}, []

    def rows(tensor):
        return tensor.detach().reshape(-1, tensor.shape[-1]).clone()

    def after(module, name, layer=None, take=rows):
        hooks.append(module.register_forward_hook(
            lambda _m, _i, output: found.__setitem__(
                (name, layer), take(output[0] if isinstance(output, tuple) else output))))

    def before(module, name, layer):
        hooks.append(module.register_forward_pre_hook(
            lambda _m, inputs: found.__setitem__((name, layer), rows(inputs[0]))))

    tower = model.vision_model if pixels is not None else model.text_model
    if pixels is not None:
        after(tower.embeddings.patch_embedding, "patches",
              take=lambda output: output.detach()[0].flatten(1).T.clone())
        after(tower.embeddings, "embeddings")
        after(tower.pre_layrnorm, "preNorm")
    else:
        after(tower.embeddings, "embeddings")
    for index, layer in enumerate(tower.encoder.layers):
        after(layer.layer_norm1, "attentionNorm", index)
        for part in ("q_proj", "k_proj", "v_proj"):
            after(getattr(layer.self_attn, part), part, index)
        before(layer.self_attn.out_proj, "attention", index)
        before(layer.layer_norm2, "attentionResidual", index)
        after(layer.layer_norm2, "ffnNorm", index)
        before(layer.mlp.fc2, "ffnHidden", index)
        after(layer, "layerOutput", index)
    with torch.no_grad():
        if pixels is not None:
            pooled = tower(pixel_values=pixels).pooler_output
            projected = model.visual_projection(pooled)
        else:
            pooled = tower(input_ids=torch.tensor([ids])).pooler_output
            projected = model.text_projection(pooled)
    for hook in hooks:
        hook.remove()
    found[("pooled", None)] = pooled
    found[("projected", None)] = projected
    found[("embedding", None)] = projected / projected.norm(dim=-1, keepdim=True)
    names = ["patches", "embeddings", "preNorm"] if pixels is not None else ["embeddings"]
    ordered = {(name, None): found[(name, None)] for name in names}
    for index in range(len(tower.encoder.layers)):
        for name in ("attentionNorm", "queryKeyValue", "attention", "attentionResidual", "ffnNorm",
                     "ffnHidden", "layerOutput"):
            ordered[(name, index)] = (
                torch.cat([found[(part, index)] for part in ("q_proj", "k_proj", "v_proj")], dim=1)
                if name == "queryKeyValue" else found[(name, index)])
    for name in ("pooled", "projected", "embedding"):
        ordered[(name, None)] = found[(name, None)]
    return {key: value.float().numpy() for key, value in ordered.items()}


def openai_names(model):
    """The state of a CLIPModel under OpenAI's names: fused in_proj, projections from the right."""
    state = model.state_dict()
    renamed = {
        "visual.conv1.weight": state["vision_model.embeddings.patch_embedding.weight"],
        "visual.class_embedding": state["vision_model.embeddings.class_embedding"],
        "visual.positional_embedding": state["vision_model.embeddings.position_embedding.weight"],
        "visual.proj": state["visual_projection.weight"].T.contiguous(),
        "token_embedding.weight": state["text_model.embeddings.token_embedding.weight"],
        "positional_embedding": state["text_model.embeddings.position_embedding.weight"],
        "text_projection": state["text_projection.weight"].T.contiguous(),
        "logit_scale": state["logit_scale"],
    }
    for theirs, ours in (("visual.ln_pre", "vision_model.pre_layrnorm"),
                         ("visual.ln_post", "vision_model.post_layernorm"),
                         ("ln_final", "text_model.final_layer_norm")):
        for part in ("weight", "bias"):
            renamed[f"{theirs}.{part}"] = state[f"{ours}.{part}"]
    for theirs, ours, tower in (("visual.transformer", "vision_model", model.vision_model),
                                ("transformer", "text_model", model.text_model)):
        for index in range(len(tower.encoder.layers)):
            a, b = f"{theirs}.resblocks.{index}", f"{ours}.encoder.layers.{index}"
            for part in ("weight", "bias"):
                renamed[f"{a}.attn.in_proj_{part}"] = torch.cat(
                    [state[f"{b}.self_attn.{p}_proj.{part}"] for p in "qkv"])
                for x, y in (("attn.out_proj", "self_attn.out_proj"), ("ln_1", "layer_norm1"),
                             ("ln_2", "layer_norm2"), ("mlp.c_fc", "mlp.fc1"),
                             ("mlp.c_proj", "mlp.fc2")):
                    renamed[f"{a}.{x}.{part}"] = state[f"{b}.{y}.{part}"]
    return renamed


def open_clip_config(config):
    """open_clip_config.json for the sizes of a transformers configuration."""
    vision, text = config.vision_config, config.text_config
    return {
        "model_cfg": {
            "embed_dim": config.projection_dim,
            "quick_gelu": vision.hidden_act == "quick_gelu",
            "vision_cfg": {
                "image_size": vision.image_size, "layers": vision.num_hidden_layers,
                "width": vision.hidden_size, "patch_size": vision.patch_size,
                "head_width": vision.hidden_size // vision.num_attention_heads,
                "mlp_ratio": vision.intermediate_size / vision.hidden_size},
            "text_cfg": {
                "context_length": text.max_position_embeddings, "vocab_size": text.vocab_size,
                "width": text.hidden_size, "heads": text.num_attention_heads,
                "layers": text.num_hidden_layers,
                "mlp_ratio": text.intermediate_size / text.hidden_size}},
        "preprocess_cfg": {"mean": MEAN, "std": STD, "interpolation": "bicubic",
                           "resize_mode": "shortest"}}


def open_clip_model(open_clip, config, state):
    """open_clip's model of that configuration with the state loaded, nothing missing or left over."""
    cfg = open_clip_config(config)["model_cfg"]
    model = open_clip.model.CLIP(
        cfg["embed_dim"], open_clip.model.CLIPVisionCfg(**cfg["vision_cfg"]),
        open_clip.model.CLIPTextCfg(**cfg["text_cfg"]), quick_gelu=cfg["quick_gelu"])
    model.load_state_dict(state, strict=True)
    return model.eval()
