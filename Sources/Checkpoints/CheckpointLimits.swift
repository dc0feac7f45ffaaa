/// The largest sizes and counts that a file may state; beyond them it is refused, and the error
/// mentions the limit.
///
/// Each is well above the largest published model, and low enough that a hostile file cannot make
/// the reader allocate memory out of proportion to the file's own size.
package enum CheckpointLimits {
  /// Metadata entries of a GGUF file.
  ///
  /// Published files have 20 to 60.
  package static let metadataEntryCount: UInt64 = 65_536

  /// Tensors of any file.
  ///
  /// The largest mixture-of-experts checkpoints have some 60,000 in one set.
  package static let tensorCount: UInt64 = 100_000

  /// Files of one model.
  ///
  /// The largest published models have some 200. Each takes a descriptor, of which a process may
  /// usually have 1,024.
  package static let fileCount = 512

  /// Bytes of an index of shards: 64 MiB.
  ///
  /// The index of 100,000 tensors takes about 10 MB.
  package static let indexByteCount = 64 << 20

  /// Bytes of one string: 16 MiB.
  ///
  /// The longest in use are chat templates of some 20 KB.
  package static let stringByteCount: UInt64 = 16 << 20

  /// Elements of one array: 16 Mi.
  ///
  /// The largest vocabularies have 262,144 tokens and some 500,000 merges.
  package static let arrayElementCount: UInt64 = 16 << 20

  /// Bytes of all metadata of one GGUF file: 512 MiB.
  ///
  /// The largest known take about 15 MB.
  package static let metadataByteCount = 512 << 20

  /// Bytes of one key or tensor name.
  ///
  /// ggml allows 64 for tensors; converters have written longer.
  package static let nameByteCount: UInt64 = 1_024

  /// Dimensions of a GGUF tensor: GGML_MAX_DIMS.
  package static let ggufDimensionCount = 4

  /// Dimensions of a safetensors tensor.
  ///
  /// Published ones have up to 5 (3-D convolutions).
  package static let safetensorsDimensionCount = 16

  /// Dimensions of a PyTorch tensor.
  ///
  /// Published ones have up to 5; torch allows 64.
  package static let torchDimensionCount = 16

  /// Bytes of a safetensors header: the format's own limit, `MAX_HEADER_SIZE`.
  package static let safetensorsHeaderByteCount: UInt64 = 100_000_000

  /// GGUF alignments: the specification requires a multiple of 8; above 64 KiB only padding grows.
  package static let alignments = 8...65_536
}
