internal import Bytes
package import Checkpoints
internal import Glibc
package import Kernels

/// A CLIP: two transformers that turn images and texts into vectors of one space.
///
/// It is immutable and may be shared; the memory of a forward pass belongs to its caller.
package final class CLIPModel: Sendable {
  package let config: CLIPConfig
  package let compute: ComputeContext
  /// The files of the weights, in the order of the checkpoint.
  package let weightPaths: [String]
  /// The factor of cosines before a softmax over texts, `exp(logit_scale)`, about 100.
  package let logitScale: Float
  let weights: CLIPWeights

  /// Loads a GGUF file of our converter, a Hugging Face folder, or a checkpoint with the names of
  /// Hugging Face or of OpenAI.
  ///
  /// - Parameters:
  ///   - path: a file, or a folder with `config.json` or `open_clip_config.json`.
  ///   - compute: the kernels that the weights are packed for.
  /// - Throws: `ModelError` naming the file, entry or tensor.
  package convenience init(path: String, compute: ComputeContext) throws(ModelError) {
    let checkpoint = try mapCheckpointErrors(path) { () throws(CheckpointError) in
      try Checkpoint.open(path: path)
    }
    try self.init(
      config: CLIPConfig(checkpoint: checkpoint), checkpoint: checkpoint, compute: compute)
  }

  /// Loads the tensors of `config` from an opened checkpoint.
  package init(
    config: CLIPConfig, checkpoint: Checkpoint, compute: ComputeContext
  ) throws(ModelError) {
    try config.validate(source: checkpoint.path)
    self.config = config
    self.compute = compute
    weightPaths = checkpoint.files.map(\.file.path)
    // As precise as eight bits allow: an embedding is compared with others.
    let loader = WeightLoader(checkpoint, compute: compute, activations: .precise)
    let table = CLIPTensors(config: config)
    let tensors = try ModelTensors(checkpoint, table, loader: loader)
    weights = try CLIPWeights(tensors, table)
    let scale = try CLIPConfig.logitScale(tensors.finder, table)
    guard exp(scale).isFinite else {
      throw .invalid(
        entry: "logit_scale", reason: "exp(\(scale)) is not finite", source: checkpoint.path)
    }
    logitScale = exp(scale)
  }

  /// Memory of the packed matrices, in bytes; the tables of tokens and positions stay in the mapped
  /// file.
  package var packedByteCount: Int { weights.packedByteCount }
}
