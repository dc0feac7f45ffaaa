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
    guard let listPath = tokenList(config.isMultilingual) else {
      throw TokenizerError.unreadable(
        source: path,
        reason: "the list of tokens is missing, which belongs beside the program: install it with "
          + "its resources")
    }
    let tokenizer = try tokenizer(listPath: listPath, vocabularyCount: config.vocab)
    let model = try WhisperModel(config: config, checkpoint: checkpoint, compute: compute)
    return try Transcriber(model: model, tokenizer: tokenizer)
  }

  /// The tokenizer of a list of tokens.
  ///
  /// - Parameters:
  ///   - listPath: OpenAI's list of the multilingual models or of the English ones.
  ///   - vocabularyCount: ids of the model.
  /// - Returns: the tokenizer, without a model.
  /// - Throws: `TokenizerError` or `BytesError`.
  package static func tokenizer(
    listPath: String, vocabularyCount: Int
  ) throws -> WhisperTokenizer {
    let file = try MappedFile(path: listPath)
    return try WhisperTokenizer(
      tiktoken: file.copyBytes(0..<file.byteCount), vocabularyCount: vocabularyCount,
      source: listPath)
  }
}
