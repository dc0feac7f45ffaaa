package import Checkpoints

extension WhisperConfig {
  /// The keys of a `whisper` GGUF file, which no other program defines: named as gguf-py names those
  /// of other encoder-decoder models.
  enum GGUFKey {
    static let melCount = "whisper.mel_count"
    static let vocab = "whisper.vocab_size"

    /// The keys of one tower.
    struct Tower {
      /// `encoder` or `decoder`.
      let name: String
      var layers: String { "whisper.\(name).block_count" }
      var embed: String { "whisper.\(name).embedding_length" }
      var heads: String { "whisper.\(name).attention.head_count" }
      var context: String { "whisper.\(name).context_length" }
    }
    static let encoder = Tower(name: "encoder")
    static let decoder = Tower(name: "decoder")
  }

  /// Reads the configuration of a `whisper` GGUF file of this project's converter.
  ///
  /// - Parameters:
  ///   - metadata: of the file.
  ///   - source: the file's name, for errors.
  /// - Throws: `ModelError` naming the key that is missing, has another type, or cannot be used.
  package init(ggufMetadata metadata: Metadata, source: String) throws(ModelError) {
    try checkArchitecture(of: metadata, is: "whisper", source: source)
    self = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      func tower(_ keys: GGUFKey.Tower) throws(CheckpointError) -> Tower {
        Tower(
          layers: try metadata.requiredInteger(keys.layers),
          embed: try metadata.requiredInteger(keys.embed),
          heads: try metadata.requiredInteger(keys.heads),
          context: try metadata.requiredInteger(keys.context))
      }
      return WhisperConfig(
        encoder: try tower(GGUFKey.encoder), decoder: try tower(GGUFKey.decoder),
        melCount: try metadata.requiredInteger(GGUFKey.melCount),
        vocab: try metadata.requiredInteger(GGUFKey.vocab))
    }
    try validate(source: source)
  }

  /// The entries of the metadata from which `init(ggufMetadata:source:)` reads the configuration.
  var ggufMetadata: [(key: String, value: MetadataValue)] {
    func count(_ value: Int) -> MetadataValue { .uint32(UInt32(value)) }
    func tower(
      _ tower: Tower, _ keys: GGUFKey.Tower
    ) -> [(key: String, value: MetadataValue)] {
      [
        (keys.layers, count(tower.layers)), (keys.embed, count(tower.embed)),
        (keys.heads, count(tower.heads)), (keys.context, count(tower.context)),
      ]
    }
    return tower(encoder, GGUFKey.encoder) + tower(decoder, GGUFKey.decoder) + [
      (GGUFKey.melCount, count(melCount)), (GGUFKey.vocab, count(vocab)),
    ]
  }
}
