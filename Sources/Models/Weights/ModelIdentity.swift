package import Bytes
package import Checkpoints

/// The identity of one state of a model, computed without reading all of its weights.
///
/// Prepared weights store size, times and ``header`` of the model that they were made from; the saved
/// state of a session stores ``sample``. An index stores the SHA-256 of the whole file, which
/// ``DigestCache`` computes once for each state of a file.
package struct ModelIdentity: Sendable, Equatable {
  /// Size of all files.
  package let byteCount: Int
  /// The latest time of the last write, in nanoseconds since 1970; 0 for bytes that come from no file.
  package let modifiedNanoseconds: Int64
  /// SHA-256 of everything before the tensors' data: metadata, names, types, shapes and offsets.
  ///
  /// Of several files, the sizes and times of all enter the hash: the sum and the latest alone would
  /// miss a change of one part.
  package let header: SHA256Digest

  /// - Throws: `BytesError.cryptography`.
  /// - Complexity: O(headers).
  package init(_ checkpoint: Checkpoint) throws(BytesError) {
    byteCount = checkpoint.byteCount
    modifiedNanoseconds = checkpoint.modifiedNanoseconds ?? 0
    let hasher = try SHA256Hasher()
    try checkpoint.hashHeaders(into: hasher)
    if checkpoint.files.count > 1 {
      for file in checkpoint.files.map(\.file) {
        try hasher.update(Array("\(file.byteCount) \(file.modifiedNanoseconds ?? 0)\n".utf8))
      }
    }
    header = try hasher.finalize()
  }

  /// Bytes of each tensor that ``sample(of:)`` reads: one page.
  private static let sampleByteCount = 4_096

  /// SHA-256 of the headers and of the first page of each tensor, which tells two trainings of one
  /// model apart, wherever the file is.
  ///
  /// - Throws: `BytesError.cryptography`.
  /// - Complexity: O(headers + tensors).
  package static func sample(of checkpoint: Checkpoint) throws(BytesError) -> SHA256Digest {
    let hasher = try SHA256Hasher()
    try checkpoint.hashHeaders(into: hasher)
    for tensor in checkpoint.tensors {
      try hasher.update(
        UnsafeRawBufferPointer(rebasing: checkpoint.bytes(of: tensor).prefix(sampleByteCount)))
    }
    return try hasher.finalize()
  }
}
