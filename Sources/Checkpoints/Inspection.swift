/// A description of a checkpoint, which `swiftrag inspect` prints or writes as JSON.
///
/// Texts are those of the file. Long ones are cut, and control and format characters are escaped,
/// so that they are safe to print.
package struct Inspection: Sendable, Codable, Equatable {
  /// A metadata entry.
  package struct MetadataRow: Sendable, Codable, Equatable {
    package let key: String
    /// As GGUF's specification names it, such as `uint32` or `array of string`.
    package let type: String
    /// The value as text; long texts and arrays are cut and end in an ellipsis.
    package let value: String
    /// The number of elements of an array; nil for other values.
    package let elementCount: Int?
  }

  /// A tensor.
  package struct TensorRow: Sendable, Codable, Equatable {
    package let name: String
    package let type: String
    /// Outermost first, as PyTorch prints it.
    package let shape: [Int]
    package let elementCount: Int
    /// From the start of its file.
    package let byteOffset: Int
    package let byteCount: Int
    /// SHA-256 of the tensor's bytes, where hashes were requested.
    package let sha256: String?
    /// The position of its file in `files`; nil for a checkpoint of one file.
    package let file: Int?
  }

  /// One of the files.
  package struct FileRow: Sendable, Codable, Equatable {
    package let path: String
    package let byteCount: Int
    package let tensorCount: Int
    /// Tensors start at multiples of this.
    package let alignment: Int
    /// The end of the header, in bytes.
    package let dataOffset: Int
    /// SHA-256 of the file, where hashes were requested.
    package let sha256: String?
  }

  /// A name that a pickle imports.
  package struct ImportRow: Sendable, Codable, Equatable {
    /// Module and name, such as `collections.OrderedDict`.
    package let name: String
    /// The pickle: a member of the archive, or `pickle` of a legacy file.
    package let member: String
    package let byteOffset: Int
    /// Whether weights need it.
    package let isAllowed: Bool
    /// The position of its file in `files`; nil for a checkpoint of one file.
    package let file: Int?
  }

  /// The totals of all tensors of one type.
  package struct TypeTotal: Sendable, Codable, Equatable {
    package let type: String
    package let tensorCount: Int
    package let elementCount: Int
    package let byteCount: Int
  }

  /// A contiguous part of a file.
  package struct Region: Sendable, Codable, Equatable {
    package let kind: ByteMapRegion.Kind
    package let label: String
    package let byteOffset: Int
    package let byteCount: Int
    /// For padding, gaps and trailing bytes up to 64 MiB: whether all are zero.
    ///
    /// If they are not, something may be hidden there.
    package let isZero: Bool?
    /// The position of its file in `files`; nil for a checkpoint of one file.
    package let file: Int?
  }

  /// The path of the checkpoint (see `Checkpoint.path`).
  package let path: String
  /// `GGUF v3`, `safetensors`, `PyTorch`, `PyTorch TorchScript` or `PyTorch legacy`.
  package let format: String
  /// The size of all files together.
  package let byteCount: Int
  /// SHA-256 of the whole file, where hashes were requested; of several files each has its own.
  package let sha256: String?
  /// Tensors of the first file start at multiples of this.
  package let alignment: Int
  /// The end of the first file's header, in bytes.
  package let dataOffset: Int
  /// The number of elements of all tensors together.
  package let parameterCount: Int
  /// The files; one for most checkpoints.
  package let files: [FileRow]
  package let metadata: [MetadataRow]
  /// The names that the pickles import; nil for formats without pickles.
  package let imports: [ImportRow]?
  package let tensors: [TensorRow]
  /// By size, largest first.
  package let types: [TypeTotal]
  /// The purpose of every byte, file by file, in file order.
  package let byteMap: [Region]
}
