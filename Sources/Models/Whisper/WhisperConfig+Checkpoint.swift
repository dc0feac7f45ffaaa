internal import Bytes
package import Checkpoints

extension WhisperConfig {
  /// Whether a checkpoint is a Whisper: by its architecture or format, or by a tensor that of the
  /// models here only Whisper has.
  package static func recognizes(_ checkpoint: Checkpoint) -> Bool {
    switch checkpoint.format {
    case .gguf: return (try? checkpoint.metadata.string(architectureKey)) == "whisper"
    case .whisperGGML: return true
    case .cTranslate2: return (try? checkpoint.metadata.string("specification")) == "WhisperSpec"
    case .safetensors, .torch:
      return WhisperTensors.prefixes(in: .huggingFace).contains {
        checkpoint.tensor(named: $0 + "encoder.conv2.weight") != nil
      }
    }
  }

  /// The configuration of an opened checkpoint of any layout.
  ///
  /// - Throws: `ModelError` naming the file, and the entry or tensor that is missing or does not fit.
  package init(checkpoint: Checkpoint) throws(ModelError) {
    switch checkpoint.format {
    case .gguf: try self.init(ggufMetadata: checkpoint.metadata, source: checkpoint.path)
    case .whisperGGML: try self.init(sizes: checkpoint, prefix: "hparams.")
    case .cTranslate2: try self.init(cTranslate2: checkpoint)
    case .safetensors, .torch:
      // OpenAI's files have their sizes beside the weights, those of transformers a config.json.
      if checkpoint.metadata["dims.n_mels"] != nil {
        try self.init(sizes: checkpoint, prefix: "dims.")
      } else {
        try self.init(directory: Paths.folder(of: checkpoint.path))
      }
    }
  }

  /// Reads the sizes with OpenAI's names, which whisper.cpp took over.
  ///
  /// - Source: openai-whisper `model.py`, `ModelDimensions`; whisper.cpp, `whisper_hparams`.
  private init(sizes checkpoint: Checkpoint, prefix: String) throws(ModelError) {
    let metadata = checkpoint.metadata
    func size(_ name: String) throws(ModelError) -> Int {
      try mapCheckpointErrors(checkpoint.path) { () throws(CheckpointError) in
        try metadata.requiredInteger(prefix + name)
      }
    }
    func tower(_ name: String) throws(ModelError) -> Tower {
      Tower(
        layers: try size("n_\(name)_layer"), embed: try size("n_\(name)_state"),
        heads: try size("n_\(name)_head"), context: try size("n_\(name)_ctx"))
    }
    self.init(
      encoder: try tower("audio"), decoder: try tower("text"), melCount: try size("n_mels"),
      vocab: try size("n_vocab"))
    try validate(source: checkpoint.path)
  }

  /// Reads the sizes of a file of CTranslate2 from the shapes, the number of heads from its
  /// variables.
  private init(cTranslate2 checkpoint: Checkpoint) throws(ModelError) {
    func tower(_ name: String) throws(ModelError) -> Tower {
      let positions = try checkpoint.shape("\(name)/position_encodings/encodings", rank: 2)
      let layers = checkpoint.layerCount { "\(name)/layer_\($0)/ffn/layer_norm/gamma" }
      let heads = try mapCheckpointErrors(checkpoint.path) { () throws(CheckpointError) in
        try checkpoint.metadata.requiredInteger("\(name)/num_heads")
      }
      return Tower(layers: layers, embed: positions[1], heads: heads, context: positions[0])
    }
    self.init(
      encoder: try tower("encoder"), decoder: try tower("decoder"),
      melCount: try checkpoint.shape("encoder/conv1/weight", rank: 3)[1],
      vocab: try checkpoint.shape("decoder/embeddings/weight", rank: 2)[0])
    try validate(source: checkpoint.path)
  }

  /// Reads the configuration of a Hugging Face folder.
  ///
  /// - Parameter directory: the folder with `config.json`.
  /// - Throws: `ModelError` naming the file and the entry.
  package init(directory: String) throws(ModelError) {
    let json = try JSONFile(path: directory + "/config.json")
    try json.require("model_type", "whisper")
    try json.require("activation_function", "gelu")
    let embed = try json.integer("d_model")
    func tower(_ name: String, context: String) throws(ModelError) -> Tower {
      let (ffn, (expected, overflow)) = (
        try json.integer("\(name)_ffn_dim"), embed.multipliedReportingOverflow(by: 4)
      )
      guard !overflow, ffn == expected else {
        throw .unsupported(
          entry: "\(name)_ffn_dim", found: "\(ffn)", supported: "four times d_model",
          source: json.path)
      }
      return Tower(
        layers: try json.integer("\(name)_layers"), embed: embed,
        heads: try json.integer("\(name)_attention_heads"), context: try json.integer(context))
    }
    guard json.value["scale_embedding"]?.boolValue != true else {
      throw .unsupported(
        entry: "scale_embedding", found: "true", supported: "false", source: json.path)
    }
    self.init(
      encoder: try tower("encoder", context: "max_source_positions"),
      decoder: try tower("decoder", context: "max_target_positions"),
      melCount: try json.integer("num_mel_bins"), vocab: try json.integer("vocab_size"))
    try validate(source: json.path)
  }
}
