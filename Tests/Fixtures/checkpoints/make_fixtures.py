"""Writes the small checkpoints that Tests/CheckpointsTests reads, with the formats' own writers.

Run from the repository root: .venv/bin/python Tests/Fixtures/checkpoints/make_fixtures.py
The files are deterministic; MANIFEST.json records versions and hashes, and the tests compare them.
"""

import hashlib
import importlib.metadata
import json
import pathlib
import platform
import zipfile

import gguf
import huggingface_hub
import numpy
import safetensors
import safetensors.numpy

HERE = pathlib.Path(__file__).parent


def values(*shape, scale=0.25):
    """0, 0.25, 0.5, ... : exact in F32 and F16, so tests can compare with ==."""
    return (numpy.arange(int(numpy.prod(shape)), dtype=numpy.float32) * scale).reshape(shape)


def write_gguf():
    """All thirteen metadata types, arrays of them, and tensors in several types."""
    writer = gguf.GGUFWriter(HERE / "all-types.gguf", arch="swiftrag-test")
    writer.add_uint8("test.uint8", 200)
    writer.add_int8("test.int8", -100)
    writer.add_uint16("test.uint16", 60000)
    writer.add_int16("test.int16", -30000)
    writer.add_uint32("test.uint32", 4000000000)
    writer.add_int32("test.int32", -2000000000)
    writer.add_float32("test.float32", 1.5)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "naïve 日本 🙂")
    writer.add_array("test.strings", ["", "a", "日本", "🙂"])
    writer.add_array("test.integers", [1, -2, 3])
    writer.add_array("test.floats", [0.5, -0.25])
    writer.add_array("test.bools", [True, False, True])
    writer.add_uint64("test.uint64", 2**63 + 1)
    writer.add_int64("test.int64", -(2**62))
    writer.add_float64("test.float64", 1e300)
    writer.add_tensor("matrix.f32", values(3, 5))
    writer.add_tensor("vector.f16", values(7).astype(numpy.float16))
    writer.add_tensor("cube.i32", numpy.arange(24, dtype=numpy.int32).reshape(2, 3, 4))
    for name in ("Q8_0", "Q4_0", "Q6_K"):
        kind = gguf.GGMLQuantizationType[name]
        block, size = gguf.GGML_QUANT_SIZES[kind]
        data = numpy.arange(2 * size, dtype=numpy.uint8).reshape(2, size)
        writer.add_tensor(f"blocks.{name.lower()}", data, raw_dtype=kind)
    writer.add_tensor(
        "row.bf16",
        numpy.arange(16, dtype=numpy.uint8).reshape(1, 16),
        raw_dtype=gguf.GGMLQuantizationType.BF16,
    )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_aligned_gguf():
    """An alignment of 64, written by the reference as general.alignment."""
    writer = gguf.GGUFWriter(HERE / "aligned-64.gguf", arch="swiftrag-test")
    writer.add_custom_alignment(64)
    writer.add_tensor("first", values(3))
    writer.add_tensor("second", values(2, 2))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_safetensors():
    tensors = {
        "embedding.weight": values(3, 5),
        "half": values(7).astype(numpy.float16),
        "bytes": numpy.arange(5, dtype=numpy.uint8),
        "flags": numpy.array([True, False, True]),
        "ids": numpy.arange(6, dtype=numpy.int64).reshape(2, 3),
        "double": numpy.array([[1e300]]),
        "empty": numpy.zeros((0, 4), dtype=numpy.float32),
        "scalar": numpy.array(2.5, dtype=numpy.float32),
        "naïve \"name\"": values(2),
    }
    safetensors.numpy.save_file(
        tensors, HERE / "dtypes.safetensors", metadata={"format": "pt"})


def write_split_gguf():
    """Five tensors in three parts, named and numbered by the reference."""
    writer = gguf.GGUFWriter(HERE / "split.gguf", arch="swiftrag-test", split_max_tensors=2)
    writer.add_string("test.string", "in the first part")
    for index in range(5):
        writer.add_tensor(f"tensor.{index}", values(index + 1) + index)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_shards():
    """Three shards and their index, as save_pretrained of transformers writes them."""
    tensors = {f"layer.{index}.weight": values(4, index + 1) + index for index in range(5)}
    plan = huggingface_hub.split_state_dict_into_shards_factory(
        tensors,
        get_storage_size=lambda tensor: tensor.nbytes,
        filename_pattern="model{suffix}.safetensors",
        max_shard_size=100,
    )
    for name, keys in plan.filename_to_tensors.items():
        safetensors.numpy.save_file(
            {key: tensors[key] for key in keys}, HERE / name, metadata={"format": "pt"})
    index = {"metadata": plan.metadata, "weight_map": plan.tensor_to_filename}
    (HERE / "model.safetensors.index.json").write_text(
        json.dumps(index, indent=2, sort_keys=True) + "\n")


class Unseekable:
    """A pipe, as far as zipfile can tell: it then writes data descriptors behind the members."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def write_zips():
    """What office programs and PyTorch do: both methods, folders, streaming, ZIP64, a comment."""
    text = ("The quick brown fox jumps over the lazy dog. " * 20).encode()

    def add(archive, name, data, method, **options):
        info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
        info.compress_type = method
        with archive.open(info, "w", **options) as member:
            member.write(data)

    with zipfile.ZipFile(HERE / "plain.zip", "w") as archive:
        add(archive, "word/", b"", zipfile.ZIP_STORED)
        add(archive, "word/document.xml", text, zipfile.ZIP_DEFLATED)
        add(archive, "stored.bin", bytes(range(256)), zipfile.ZIP_STORED)
        add(archive, "empty", b"", zipfile.ZIP_DEFLATED)
        add(archive, "naïve 日本.txt", "日本".encode(), zipfile.ZIP_DEFLATED)
        archive.comment = b"a comment"
    with open(HERE / "streamed.zip", "wb") as file:
        with zipfile.ZipFile(Unseekable(file), "w") as archive:
            add(archive, "a.txt", text, zipfile.ZIP_DEFLATED)
            add(archive, "b.txt", b"stored", zipfile.ZIP_STORED)
    with zipfile.ZipFile(HERE / "wide.zip", "w") as archive:
        add(archive, "a.txt", text, zipfile.ZIP_DEFLATED, force_zip64=True)
    with zipfile.ZipFile(HERE / "bomb.zip", "w") as archive:
        add(archive, "zeros", bytes(8 << 20), zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(HERE / "dense.zip", "w") as archive:
        add(archive, "zeros", bytes(1 << 20), zipfile.ZIP_DEFLATED)


def main():
    write_gguf()
    write_aligned_gguf()
    write_split_gguf()
    write_safetensors()
    write_shards()
    write_zips()
    files = {}
    for path in sorted(HERE.iterdir()):
        if path.suffix in (".gguf", ".safetensors", ".zip") or path.name.endswith(".index.json"):
            data = path.read_bytes()
            files[path.name] = {
                "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    ggml_types = {
        kind.name: [int(kind), *gguf.GGML_QUANT_SIZES[kind]]
        for kind in gguf.GGMLQuantizationType
    }
    manifest = {
        "generator": "Tests/Fixtures/checkpoints/make_fixtures.py",
        "tolerance": "none: every comparison is exact",
        "versions": {
            "python": platform.python_version(),
            "gguf": importlib.metadata.version("gguf"),
            "huggingface_hub": huggingface_hub.__version__,
            "numpy": numpy.__version__,
            "safetensors": safetensors.__version__,
        },
        "files": files,
        "ggmlTypes": ggml_types,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (HERE / "MANIFEST.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
