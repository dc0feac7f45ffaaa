internal import Bytes
package import Checkpoints
package import Kernels

/// A BERT encoder that turns token ids into sentence embeddings: configuration and weights.
///
/// It is immutable and may be shared; the memory of a forward pass belongs to its caller.
package final class BERTModel: Sendable {
  package let config: BERTConfig
  package let compute: ComputeContext
  /// The files of the weights, in the order of the checkpoint.
  package let weightPaths: [String]
  let weights: BERTWeights

  /// Loads a `bert` GGUF file.
  ///
  /// - Parameters:
  ///   - checkpoint: the opened file; it stays open, as the embedding tables are read from it.
  ///   - compute: the kernels that the weights are packed for.
  /// - Throws: `ModelError` naming the key or tensor that is missing or does not fit.
  package convenience init(gguf checkpoint: Checkpoint, compute: ComputeContext) throws(ModelError)
  {
    let config = try BERTConfig(
      ggufMetadata: checkpoint.metadata, source: checkpoint.path)
    try self.init(config: config, checkpoint: checkpoint, compute: compute)
  }

  /// Loads a Hugging Face directory: `config.json` and `model.safetensors` or `pytorch_model.bin`,
  /// or shards.
  ///
  /// - Parameters:
  ///   - directory: the directory's path.
  ///   - compute: the kernels that the weights are packed for.
  /// - Throws: `ModelError` naming the file, entry or tensor.
  package convenience init(directory: String, compute: ComputeContext) throws(ModelError) {
    let config = try BERTConfig(directory: directory)
    let checkpoint = try mapCheckpointErrors(directory) { () throws(CheckpointError) in
      try Checkpoint.open(path: directory)
    }
    try self.init(config: config, checkpoint: checkpoint, compute: compute)
  }

  /// Loads the tensors of `config` from a checkpoint of either format.
  package init(
    config: BERTConfig, checkpoint: Checkpoint, compute: ComputeContext
  ) throws(ModelError) {
    try config.validate(source: checkpoint.path)
    self.config = config
    self.compute = compute
    weightPaths = checkpoint.files.map(\.file.path)
    // As precise as eight bits allow: an embedding is compared with others, not with llama.cpp's.
    let loader = WeightLoader(checkpoint, compute: compute, activations: .precise)
    let table = BERTTensors(config: config)
    weights = try BERTWeights(ModelTensors(checkpoint, table, loader: loader), table)
  }

  /// Memory of the packed matrices, in bytes; the embedding tables stay in the mapped file.
  package var packedByteCount: Int { weights.packedByteCount }
}
