"""Writes small files with torch.save and torch.jit.save, and what torch reads from them.

Usage: .venv/bin/python Tests/Fixtures/torch/make_fixtures.py
expected.json has for each file its tensors in the file's order: name, type, shape and the SHA-256 of
the numbers in row-major order. Keys of legacy files are addresses, so those change with every run.
"""

import collections
import hashlib
import json
import pathlib
import tempfile
import zipfile

import safetensors.torch
import torch

FOLDER = pathlib.Path(__file__).parent
TYPES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
         torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
         torch.uint8: "U8", torch.bool: "BOOL", torch.uint16: "U16", torch.float8_e4m3fn: "F8_E4M3"}


def numbers(shape, dtype=torch.float32):
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count) % 100 * 0.25 - 3).reshape(shape).to(dtype)


class Model(torch.nn.Module):
    """A linear layer inside another module, a tied weight, a buffer and settings."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(3, 2)
        self.layers = torch.nn.Sequential(torch.nn.Linear(2, 2, bias=False), torch.nn.ReLU())
        self.tied = self.layers[0]
        self.register_buffer("positions", torch.arange(4))
        self.scale = torch.nn.Parameter(torch.tensor(2.5))

    def forward(self, x):
        return self.tied(self.layers(self.first(x))) * self.scale


def model():
    module = Model().eval()
    with torch.no_grad():
        for index, parameter in enumerate(module.parameters()):
            parameter.copy_(numbers(parameter.shape) + index)
    return module


def all_types():
    state = collections.OrderedDict(
        (name.lower(), numbers((2, 3), dtype)) for dtype, name in TYPES.items())
    state["scalar"] = torch.tensor(7)
    state["empty"] = torch.zeros(0, 4)
    state["parameter"] = torch.nn.Parameter(numbers((3,)))
    return state


def views():
    base = numbers((4, 6))
    cube = numbers((2, 3, 5), torch.float16)
    return {
        "base": base, "same": base, "transposed": base.t(), "rows": base[1:3],
        "columns": base[:, 2:4], "every_second": base.flatten()[::2], "element": base[3, 5],
        "reversed_axes": cube.permute(2, 1, 0), "expanded": torch.arange(5).expand(1, -1),
        "channels_last": numbers((1, 2, 3, 3)).to(memory_format=torch.channels_last),
        "bytes": numbers((3, 4), torch.uint8).t(), "wide": numbers((3, 4), torch.float64).t(),
    }


def whisper():
    return {"dims": {"n_mels": 80, "n_vocab": 51865, "scale": 0.5, "is_tiny": True},
            "model_state_dict": {"encoder.weight": numbers((2, 3), torch.float16),
                                 "encoder.bias": numbers((2,), torch.float16)}}


def lightning():
    return {"epoch": 3, "name": "ViT", "betas": (0.9, 0.98), "sizes": [1, 2, 3], "nothing": None,
            "dtype": torch.float16, "shape": torch.Size([2, 3]), "device": torch.device("cpu"),
            "large": 1 << 70,
            "state_dict": {"module.weight": numbers((2, 2)), "module.bias": numbers((2,))},
            "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": [{"lr": 0.1}]}}


def nested():
    return {"encoder": {"weight": numbers((2, 2)), "layers": [{"bias": numbers((2,))},
                                                            {"bias": numbers((3,))}]},
            "head": torch.nn.Parameter(numbers((2,)), requires_grad=False)}


def described(tensors):
    return [[name, TYPES[t.dtype], list(t.shape),
             hashlib.sha256(t.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes())
             .hexdigest()] for name, t in tensors.items()]


def script_tensors(path):
    """Every tensor of every module under every name, in the order of the attributes."""
    module = torch.jit.load(str(path))
    tensors = collections.OrderedDict(module.named_buffers(remove_duplicate=False))
    tensors.update(module.named_parameters(remove_duplicate=False))
    return tensors


def save_script(script, path):
    """torch.jit.save without this machine's paths, which debug_pkl members of the first save have."""
    with tempfile.TemporaryDirectory() as folder:
        first, bare = f"{folder}/first.pt", f"{folder}/bare.pt"
        torch.jit.save(script, first)
        with zipfile.ZipFile(first) as source, zipfile.ZipFile(bare, "w") as target:
            for name in source.namelist():
                if not name.endswith(".debug_pkl"):
                    target.writestr(name.replace("first/", "bare/", 1), source.read(name))
        torch.jit.save(torch.jit.load(bare), path)


def write_shards():
    """Two shards with an index, as save_pretrained(safe_serialization=False) of old wrote them."""
    folder = FOLDER / "sharded"
    folder.mkdir(exist_ok=True)
    weight_map = {}
    parts = [{"a.weight": numbers((2, 2)), "a.tied": numbers((2, 2))}, {"b.weight": numbers((3,))}]
    parts[0]["a.tied"] = parts[0]["a.weight"]
    for index, part in enumerate(parts):
        name = f"pytorch_model-{index + 1:05}-of-00002.bin"
        torch.save(part, folder / name)
        weight_map.update({key: name for key in part})
    index = {"metadata": {"total_size": 28}, "weight_map": weight_map}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=2) + "\n")
    return {**parts[0], **parts[1]}


def write_encoder():
    """The weights of the tiny BERT as pytorch_model.bin in both forms."""
    state = safetensors.torch.load_file(FOLDER.parent / "bert" / "tiny" / "model.safetensors")
    torch.save(state, FOLDER / "bert.bin")
    torch.save(state, FOLDER / "bert-legacy.bin", _use_new_zipfile_serialization=False)


def main():
    expected = {}

    def save(name, value, tensors, **options):
        torch.save(value, FOLDER / name, **options)
        expected[name] = described(tensors)

    state = model().state_dict()
    save("zip.pt", all_types(), all_types())
    legacy = {k: v for k, v in all_types().items() if k not in ("u16", "f8_e4m3")}
    save("legacy.pt", legacy, legacy, _use_new_zipfile_serialization=False)
    save("protocol4.pt", all_types(), all_types(), pickle_protocol=4)
    save("protocol5.pt", all_types(), all_types(), pickle_protocol=5)
    save("module.pt", state, state)
    save("module-legacy.pt", state, state, _use_new_zipfile_serialization=False)
    save("views.pt", views(), views())
    save("views-legacy.pt", views(), views(), _use_new_zipfile_serialization=False)
    save("whisper.pt", whisper(), whisper()["model_state_dict"])
    save("lightning.pt", lightning(),
         {k.removeprefix("module."): v for k, v in lightning()["state_dict"].items()})
    tree = nested()
    save("nested.pt", tree, {"encoder.weight": tree["encoder"]["weight"],
                            "encoder.layers.0.bias": tree["encoder"]["layers"][0]["bias"],
                            "encoder.layers.1.bias": tree["encoder"]["layers"][1]["bias"],
                            "head": tree["head"]})
    script = torch.jit.trace(model(), torch.ones(1, 3)).half()
    save_script(script, FOLDER / "script.pt")
    expected["script.pt"] = described(script_tensors(FOLDER / "script.pt"))
    expected["sharded"] = described(write_shards())
    write_encoder()
    lines = [f'  {json.dumps(name)}: [\n' + ",\n".join(f"    {json.dumps(row)}" for row in rows)
             + "\n  ]" for name, rows in expected.items()]
    (FOLDER / "expected.json").write_text(
        f'{{"torch": "{torch.__version__}", "files": {{\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main()
