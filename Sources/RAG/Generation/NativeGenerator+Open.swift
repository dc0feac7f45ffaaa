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
    let start = ContinuousClock.now
    let model = try LlamaModel(
      gguf: checkpoint, compute: compute,
      options: LlamaOptions(
        repack: options.repacks, usesPrepared: options.usesPrepared, contextTokenCount: context,
        cacheType: options.cacheType))
    let duration = ContinuousClock.now - start
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
      template: options.template ?? ChatTemplate.recognize(checkpoint.metadata).template,
      loadingNotes: loadingNotes(model.library, path: path, duration: duration))
  }

  /// How the next start is quicker: where a prepared file is not used, or where reordering the weights
  /// took longer than a person likes to wait.
  static func loadingNotes(
    _ library: WeightLibrary, path: String, duration: Duration
  ) -> [String] {
    let command = "swiftrag models prepare \(shellWord(path))"
    if !library.rejections.isEmpty {
      return library.rejections.map {
        "\($0.path) is not used: \($0.reason)\n  try: \(command)"
      }
    }
    guard library.reorderedByteCount > 0, duration > .seconds(2) else { return [] }
    let seconds = duration.components.seconds
    return ["loading took \(seconds) s; this makes the next start quick: \(command)"]
  }

  /// A path as a shell takes it.
  private static func shellWord(_ path: String) -> String {
    let isPlain = path.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0)
        || "/._-+,:@%".unicodeScalars.contains($0)
    }
    return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
  }
}
