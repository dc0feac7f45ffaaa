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
  ///   - options: weights, context, cache and template.
  /// - Returns: the model with an empty session.
  /// - Throws: `CheckpointError`, `TokenizerError` or `ModelError`; a model that does not fit in
  ///   memory is refused before it is loaded.
  package static func open(
    path: String, compute: ComputeContext, options: NativeGeneratorOptions
  ) throws -> NativeGenerator {
    let (checkpoint, config, tokenizer) = try readHeader(path: path)
    let context = options.load.contextTokenCount(for: config)
    let start = ContinuousClock.now
    let model = try LlamaModel(gguf: checkpoint, compute: compute, options: options.load)
    let duration = ContinuousClock.now - start
    let recognition = options.template == nil ? ChatTemplate.recognize(checkpoint.metadata) : nil
    return NativeGenerator(
      name: URL(filePath: path).deletingPathExtension().lastPathComponent,
      session: try LlamaSession(
        model: model, contextTokenCount: context, cacheType: options.load.cacheType),
      tokenizer: tokenizer,
      template: options.template ?? recognition?.template ?? .plain,
      parameterCount: checkpoint.tensors.reduce(0) { $0 &+ $1.elementCount },
      loadingNotes: templateNotes(recognition) + contextNotes(context, trained: config.context)
        + loadingNotes(model.loader, path: path, duration: duration))
  }

  /// Reads everything before the weights, to check whether the file is a language model.
  ///
  /// - Throws: as `open`; a file that is cut short is noticed, as every tensor's place is checked.
  package static func checkHeader(path: String) throws { _ = try readHeader(path: path) }

  private static func readHeader(
    path: String
  ) throws -> (checkpoint: Checkpoint, config: LlamaConfig, tokenizer: LanguageTokenizer) {
    let checkpoint = try Checkpoint.open(path: path)
    // The architecture first: of a sentence encoder's file that says most.
    let config = try LlamaConfig(gguf: checkpoint)
    let tokenizer = try LanguageTokenizer(ggufMetadata: checkpoint.metadata, source: path)
    guard config.vocab == tokenizer.vocabularyCount else {
      throw ModelError.invalid(
        entry: "tokenizer.ggml.tokens",
        reason: "has \(tokenizer.vocabularyCount) tokens, and the token table \(config.vocab)",
        source: path)
    }
    return (checkpoint, config, tokenizer)
  }

  /// A warning where the chat template is a guess.
  static func templateNotes(_ recognition: ChatTemplate.Recognition?) -> [String] {
    guard let recognition, !recognition.isCertain else { return [] }
    return [
      "the chat template is a guess, \(recognition.template.rawValue): \(recognition.reason)\n"
        + "  try: --template NAME, if you know the model's own"
    ]
  }

  /// A warning where the context is longer than any text that the model has seen.
  static func contextNotes(_ context: Int, trained: Int) -> [String] {
    guard context > trained else { return [] }
    return [
      "the model was trained for \(trained) tokens; beyond them its text may make no sense (-c "
        + "\(context))"
    ]
  }

  /// Advice for a quicker start: where a prepared file is not used, or where reordering the weights
  /// took longer than a person likes to wait.
  static func loadingNotes(
    _ loader: WeightLoader, path: String, duration: Duration
  ) -> [String] {
    let command = "swiftrag models prepare \(shellWord(path))"
    if !loader.rejections.isEmpty {
      return loader.rejections.map {
        "\($0.path) is not used: \($0.reason)\n  try: \(command)"
      }
    }
    guard loader.reorderedByteCount > 0, duration > .seconds(2) else { return [] }
    let seconds = duration.components.seconds
    return ["loading took \(seconds) s; this makes the next start quick: \(command)"]
  }
}
