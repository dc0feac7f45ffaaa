internal import Bytes
package import Checkpoints
package import Kernels

/// A Whisper: an encoder that turns sound into hidden states, and a decoder that writes its text.
///
/// It is immutable and may be shared; the memory of a forward pass belongs to a ``WhisperSession``.
package final class WhisperModel: Sendable {
  package let config: WhisperConfig
  package let compute: ComputeContext
  /// The files of the weights, in the order of the checkpoint.
  package let weightPaths: [String]
  let weights: WhisperWeights

  /// Loads OpenAI's `.pt`, a Hugging Face folder, a `.bin` of whisper.cpp, a folder of CTranslate2
  /// (faster-whisper), or a GGUF file of our converter.
  ///
  /// - Parameters:
  ///   - path: a file, or a folder with `config.json` or `model.bin`.
  ///   - compute: the kernels that the weights are packed for.
  /// - Throws: `ModelError` naming the file, entry or tensor.
  package convenience init(path: String, compute: ComputeContext) throws(ModelError) {
    let checkpoint = try mapCheckpointErrors(path) { () throws(CheckpointError) in
      try Checkpoint.open(path: path)
    }
    try self.init(
      config: WhisperConfig(checkpoint: checkpoint), checkpoint: checkpoint, compute: compute)
  }

  /// Loads the tensors of `config` from an opened checkpoint.
  package init(
    config: WhisperConfig, checkpoint: Checkpoint, compute: ComputeContext
  ) throws(ModelError) {
    try config.validate(source: checkpoint.path)
    self.config = config
    self.compute = compute
    weightPaths = checkpoint.files.map(\.file.path)
    guard !checkpoint.tensors.isEmpty else {
      throw .missing(
        entry: "every tensor", expected: "a file with weights; this one has a header alone",
        source: checkpoint.path)
    }
    // As precise as eight bits allow: errors of the encoder's 1,500 rows reach every word.
    let loader = WeightLoader(
      checkpoint, compute: compute, activations: .precise, roundsToQ80: true)
    let table = WhisperTensors(config: config)
    weights = try WhisperWeights(ModelTensors(checkpoint, table, loader: loader), table)
  }

  /// Memory of the packed matrices, in bytes; the tables of tokens and positions stay in the mapped
  /// file.
  package var packedByteCount: Int { weights.packedByteCount }
}
