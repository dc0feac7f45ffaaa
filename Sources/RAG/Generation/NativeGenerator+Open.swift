internal import Bytes
internal import Checkpoints
internal import Foundation
package import Kernels
internal import Models
internal import Tokenizers

extension NativeGenerator {
  /// Opens a GGUF file of the Llama family.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - compute: kernels and threads.
  ///   - options: context, cache and template.
  /// - Throws: `CheckpointError`, `TokenizerError`, `ModelError` or `BytesError`.
  package static func open(
    path: String, compute: Compute, options: NativeGeneratorOptions
  ) throws -> NativeGenerator {
    let checkpoint = try Checkpoint.open(path: path)
    let tokenizer = try LanguageTokenizer(ggufMetadata: checkpoint.metadata, source: path)
    let template = options.template ?? ChatTemplate.recognize(checkpoint.metadata).template
    let session = try openSession(checkpoint, compute: compute, options: options)
    guard session.vocabularyCount == tokenizer.vocabularyCount else {
      throw ModelError.invalid(
        entry: "tokenizer.ggml.tokens",
        reason: "has \(tokenizer.vocabularyCount) tokens, and the output layer "
          + "\(session.vocabularyCount)", source: path)
    }
    return try NativeGenerator(
      name: URL(filePath: path).deletingPathExtension().lastPathComponent, session: session,
      tokenizer: tokenizer, template: template, modelIdentity: try identity(of: checkpoint))
  }

  /// Tells one model file from another without reading gigabytes: the header, the size, and both ends
  /// of every tensor.
  static func identity(of checkpoint: Checkpoint) throws(BytesError) -> SHA256Digest {
    let sampleByteCount = 64
    let file = checkpoint.file
    let hasher = try SHA256Hasher()
    try hasher.update(Array("\(file.byteCount)".utf8))
    try hasher.update(try file.copyBytes(0..<min(checkpoint.dataOffset, file.byteCount)))
    for tensor in checkpoint.tensors {
      let range = tensor.byteRange
      let firstEnd = min(range.upperBound, range.lowerBound + sampleByteCount)
      let lastStart = max(range.lowerBound, range.upperBound - sampleByteCount)
      try hasher.update(try file.copyBytes(range.lowerBound..<firstEnd))
      try hasher.update(try file.copyBytes(lastStart..<range.upperBound))
    }
    return try hasher.finalize()
  }

  private static func openSession(
    _ checkpoint: Checkpoint, compute: Compute, options: NativeGeneratorOptions
  ) throws -> any LanguageModelSession {
    throw ModelError.unsupported(
      entry: "general.architecture", found: "a language model", supported: "none yet",
      source: checkpoint.file.path)
  }
}
