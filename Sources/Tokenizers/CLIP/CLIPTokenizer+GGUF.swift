package import Checkpoints

extension CLIPTokenizer {
  /// The metadata keys of a CLIP vocabulary; those of gguf-py 0.19.0, `constants.Keys.Tokenizer`,
  /// but for the last.
  package enum GGUFKey {
    package static let model = "tokenizer.ggml.model"
    package static let tokens = "tokenizer.ggml.tokens"
    package static let merges = "tokenizer.ggml.merges"
    package static let startOfText = "tokenizer.ggml.bos_token_id"
    package static let endOfText = "tokenizer.ggml.eos_token_id"
    /// Our own: the raw value of `CLIPTextCleaning`; `openai` where it is absent.
    package static let cleaning = "swiftrag.tokenizer.cleaning"
    /// Our own value of `model`, which llama.cpp does not have.
    package static let modelName = "clip"
  }

  /// Creates a tokenizer from the metadata of a `clip` GGUF file of this project's converter.
  ///
  /// - Throws: `TokenizerError` when an entry is missing or invalid.
  package init(ggufMetadata metadata: Metadata, source: String) throws(TokenizerError) {
    let model = try TokenizerFile.readMetadata(source) { () throws(CheckpointError) in
      try metadata.required(GGUFKey.model, metadata.string(GGUFKey.model))
    }
    guard model == GGUFKey.modelName else {
      throw .unsupported(
        entry: GGUFKey.model, found: model, supported: GGUFKey.modelName, source: source)
    }
    let (tokens, merges, name) = try TokenizerFile.readMetadata(source) {
      () throws(CheckpointError) in
      (
        try metadata.required(GGUFKey.tokens, metadata.strings(GGUFKey.tokens)),
        try metadata.required(GGUFKey.merges, metadata.strings(GGUFKey.merges)),
        try metadata.string(GGUFKey.cleaning)
      )
    }
    guard let cleaning = CLIPTextCleaning(rawValue: name ?? CLIPTextCleaning.openAI.rawValue) else {
      throw .unsupported(
        entry: GGUFKey.cleaning, found: name ?? "absent",
        supported: CLIPTextCleaning.allCases.map(\.rawValue).joined(separator: ", "),
        source: source)
    }
    try self.init(spellings: tokens, mergeLines: merges, cleaning: cleaning, source: source)
  }

  /// The metadata entries from which `init(ggufMetadata:source:)` creates this tokenizer.
  package var ggufMetadata: [(key: String, value: MetadataValue)] {
    [
      (GGUFKey.model, .string(GGUFKey.modelName)),
      (GGUFKey.tokens, .array(.string(spellings))),
      (GGUFKey.merges, .array(.string(mergeLines))),
      (GGUFKey.startOfText, .uint32(UInt32(startOfText))),
      (GGUFKey.endOfText, .uint32(UInt32(endOfText))),
      (GGUFKey.cleaning, .string(cleaning.rawValue)),
    ]
  }
}
