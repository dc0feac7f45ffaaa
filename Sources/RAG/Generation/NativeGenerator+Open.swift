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
  /// - Returns: the model with an empty session.
  /// - Throws: `CheckpointError`, `TokenizerError` or `ModelError`; a model that does not fit in
  ///   memory is refused before it is loaded.
  package static func open(
    path: String, compute: Compute, options: NativeGeneratorOptions
  ) throws -> NativeGenerator {
    let checkpoint = try Checkpoint.open(path: path)
    let tokenizer = try LanguageTokenizer(ggufMetadata: checkpoint.metadata, source: path)
    let trained = try LlamaConfig(gguf: checkpoint).context
    let context =
      options.contextTokenCount
      ?? min(trained, NativeGeneratorOptions.defaultContextTokenCount)
    let model = try LlamaModel(
      gguf: checkpoint, compute: compute,
      options: LlamaOptions(
        repack: options.repacks, contextTokenCount: context, cacheType: options.cacheType))
    guard model.config.vocab == tokenizer.vocabularyCount else {
      throw ModelError.invalid(
        entry: "tokenizer.ggml.tokens",
        reason: "has \(tokenizer.vocabularyCount) tokens, and the output layer "
          + "\(model.config.vocab)", source: path)
    }
    return NativeGenerator(
      name: URL(filePath: path).deletingPathExtension().lastPathComponent,
      session: try LlamaSession(
        model: model, contextTokenCount: context, cacheType: options.cacheType),
      tokenizer: tokenizer,
      template: options.template ?? ChatTemplate.recognize(checkpoint.metadata).template)
  }
}
