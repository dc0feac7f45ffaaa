internal import Bytes
internal import Checkpoints
package import Kernels
internal import Models
package import Tokenizers

extension Transcriber {
  /// Opens a model and its tokenizer.
  ///
  /// No published layout contains a list of tokens that every program writes correctly, so the lists
  /// of OpenAI's models are used for all of them.
  ///
  /// - Parameters:
  ///   - path: what ``WhisperModel`` opens.
  ///   - compute: kernels and threads.
  ///   - tokenList: the path of the list of tokens of the multilingual models (true) or of the
  ///     English ones; nil where it is missing.
  /// - Returns: the model, ready to transcribe.
  /// - Throws: `CheckpointError`, `ModelError`, `TokenizerError` or `BytesError`.
  package static func open(
    path: String, compute: ComputeContext, tokenList: (_ isMultilingual: Bool) -> String?
  ) throws -> Transcriber {
    let checkpoint = try Checkpoint.open(path: path)
    let config = try WhisperConfig(checkpoint: checkpoint)
    let tokenizer = try tokenizer(config, source: path, tokenList: tokenList)
    let model = try WhisperModel(config: config, checkpoint: checkpoint, compute: compute)
    return try Transcriber(model: model, tokenizer: tokenizer)
  }

  /// The tokenizer of a model without its weights.
  ///
  /// Parameters and errors are those of `open(path:compute:tokenList:)`.
  package static func tokenizer(
    path: String, tokenList: (_ isMultilingual: Bool) -> String?
  ) throws -> WhisperTokenizer {
    try tokenizer(
      WhisperConfig(checkpoint: Checkpoint.open(path: path)), source: path, tokenList: tokenList)
  }

  private static func tokenizer(
    _ config: WhisperConfig, source: String, tokenList: (_ isMultilingual: Bool) -> String?
  ) throws -> WhisperTokenizer {
    guard let listPath = tokenList(config.isMultilingual) else {
      throw TokenizerError.unreadable(
        source: source,
        reason: "the list of tokens is missing, which belongs beside the program: install it with "
          + "its resources")
    }
    let file = try MappedFile(path: listPath)
    return try WhisperTokenizer(
      tiktoken: file.copyBytes(0..<file.byteCount), vocabularyCount: config.vocab, source: listPath)
  }
}
