"""Holds the peers to AVX2 on a processor that has more.

swiftrag, openvino and torch read a variable of the environment. onnxruntime queries the processor:
it executes XGETBV, and uses AVX-512 only where bits 5 to 7 of the answer say that the
system saves its registers (the "XFEATURE_ENABLED_MASK" of Intel's manual, volume 1, chapter 13). So
a copy of its library has that instruction replaced by one that answers 7: x87, SSE and AVX alone.
"""

import pathlib
import shutil

# xor ecx, ecx; xgetbv
QUERY = bytes.fromhex("31c90f01d0")
# xor ecx, ecx; mov al, 7; nop
ANSWERS_AVX = bytes.fromhex("31c9b00790")


def held_to_avx2(work):
    """The variables of the environment that hold every contestant to AVX2.

    Writes a copy of onnxruntime below `work`, about 60 MB.
    """
    import onnxruntime
    package = pathlib.Path(onnxruntime.__file__).parent
    copy = pathlib.Path(work) / "avx2" / "onnxruntime"
    shutil.copytree(package, copy)
    library = next((copy / "capi").glob("onnxruntime_pybind11_state*.so"))
    code = library.read_bytes()
    if QUERY not in code:
        raise SystemExit(f"{library.name} queries the processor's features in another way than "
                         "the pinned version; onnxruntime cannot be held to AVX2")
    library.write_bytes(code.replace(QUERY, ANSWERS_AVX))
    return {"SWIFTRAG_ISA": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "DNNL_MAX_CPU_ISA": "AVX2",
            "ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
            "PYTHONPATH": str(copy.parent)}
