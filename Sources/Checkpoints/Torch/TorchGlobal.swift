// The names that a pickle may import. Python's pickle calls whatever a file names, which is how a
// model file becomes a program; lists of forbidden names have been bypassed again and again
// (CVE-2025-1716, CVE-2025-32434, CVE-2026-24747). This is a list of permitted names, and even
// these are not called: each has a meaning here, written in Swift.

/// The meaning of a name that a pickle imports.
enum TorchGlobal: Equatable {
  /// `collections.OrderedDict`: a dictionary.
  case orderedDictionary
  /// `torch._utils._rebuild_tensor` and `_rebuild_tensor_v2`: a view of a storage.
  case rebuildTensor
  /// `torch._utils._rebuild_tensor_v3`: a view with a type of its own.
  case rebuildTypedTensor
  /// `torch._utils._rebuild_parameter` and `_rebuild_parameter_with_state`: the tensor itself.
  case rebuildParameter
  /// `torch.FloatStorage` and its like; nil for untyped storages.
  case storage(TensorType?)
  /// `torch.float32` and its like.
  case dataType(TensorType)
  /// `torch.Size`: a tuple.
  case size
  /// `torch.device`: ignored.
  case device
  /// A class of a TorchScript archive, `__torch__.…`: an object with attributes.
  case scriptClass
  /// `torch.jit._pickle.build_intlist` and its like, `restore_type_tag`: their first argument.
  case scriptValue

  /// The meaning of `module.name`, or nil where a file of weights has no need of it.
  ///
  /// - Source: torch 2.13, `torch/_weights_only_unpickler.py` and `torch/jit/_pickle.py`, of which
  ///   these are the names that weights need.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"):
      self = .rebuildTensor
    case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTypedTensor
    case ("torch._utils", "_rebuild_parameter"),
      ("torch._utils", "_rebuild_parameter_with_state"):
      self = .rebuildParameter
    case ("torch.storage", "UntypedStorage"), ("torch.storage", "TypedStorage"),
      ("torch", "UntypedStorage"):
      self = .storage(nil)
    case ("torch", "Size"): self = .size
    case ("torch", "device"): self = .device
    case ("torch", _):
      if let type = Self.storages[name] {
        self = .storage(type)
      } else if let type = Self.dataTypes[name] {
        self = .dataType(type)
      } else {
        return nil
      }
    case ("torch.jit._pickle", "build_intlist"), ("torch.jit._pickle", "build_doublelist"),
      ("torch.jit._pickle", "build_boollist"), ("torch.jit._pickle", "build_tensorlist"),
      ("torch.jit._pickle", "restore_type_tag"):
      self = .scriptValue
    case _ where module == "__torch__" || module.hasPrefix("__torch__."): self = .scriptClass
    default: return nil
    }
  }

  private static let storages: [String: TensorType] = [
    "DoubleStorage": .f64, "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16,
    "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8,
    "ByteStorage": .u8, "BoolStorage": .bool, "ComplexFloatStorage": .c64,
  ]

  private static let dataTypes: [String: TensorType] = [
    "float64": .f64, "float32": .f32, "float16": .f16, "bfloat16": .bf16, "int64": .i64,
    "int32": .i32, "int16": .i16, "int8": .i8, "uint8": .u8, "bool": .bool, "complex64": .c64,
    "uint16": .u16, "uint32": .u32, "uint64": .u64, "float8_e4m3fn": .f8E4M3,
    "float8_e5m2": .f8E5M2, "float8_e8m0fnu": .f8E8M0, "float8_e4m3fnuz": .f8E4M3FNUZ,
    "float8_e5m2fnuz": .f8E5M2FNUZ,
  ]
}
