internal import Bytes
package import Checkpoints

extension ModelSpecification {
  /// The specification of a sentence encoder in a Hugging Face folder, whose tensors are checked.
  ///
  /// - Throws: `ModelError` naming the file, and the entry or tensor that is missing or does not fit.
  package init(directory: String) throws(ModelError) {
    let config = try BERTConfig(directory: directory)
    let checkpoint = try mapCheckpointErrors(directory) { () throws(CheckpointError) in
      try Checkpoint.open(path: directory)
    }
    _ = try TensorFinder(checkpoint, BERTTensors(config: config))
    self = config.specification
  }

  /// The specification of a CLIP in an opened checkpoint of any layout, whose tensors are checked.
  ///
  /// - Throws: `ModelError` naming the entry or tensor that is missing or does not fit.
  package init(clip checkpoint: Checkpoint) throws(ModelError) {
    let config = try CLIPConfig(checkpoint: checkpoint)
    _ = try TensorFinder(checkpoint, CLIPTensors(config: config))
    self = config.specification
  }

  /// The specification of a Whisper in an opened checkpoint of any layout, whose tensors are checked.
  ///
  /// - Throws: `ModelError` naming the entry or tensor that is missing or does not fit.
  package init(whisper checkpoint: Checkpoint) throws(ModelError) {
    let config = try WhisperConfig(checkpoint: checkpoint)
    _ = try TensorFinder(checkpoint, WhisperTensors(config: config))
    self = config.specification
  }

  /// The specification of the model in an opened GGUF file, whose tensors are checked.
  ///
  /// - Throws: `ModelError` naming the key or tensor that is missing or does not fit, or an
  ///   architecture that this program does not compute.
  package init(gguf checkpoint: Checkpoint) throws(ModelError) {
    let source = checkpoint.path
    let architecture = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      try checkpoint.metadata.string(architectureKey)
    }
    if architecture == "clip" {
      try self.init(clip: checkpoint)
    } else if architecture == "whisper" {
      try self.init(whisper: checkpoint)
    } else if architecture == "bert" {
      let config = try BERTConfig(ggufMetadata: checkpoint.metadata, source: source)
      _ = try TensorFinder(checkpoint, BERTTensors(config: config))
      self = config.specification
    } else {
      guard let architecture, LlamaConfig.Architecture(rawValue: architecture) != nil else {
        throw .unsupported(
          entry: architectureKey, found: architecture ?? "absent",
          supported: "bert, clip, whisper, \(LlamaConfig.Architecture.list)", source: source)
      }
      let config = try LlamaConfig(gguf: checkpoint)
      _ = try TensorFinder(checkpoint, LlamaTensors(config: config))
      self = config.specification
    }
  }
}
