package import Checkpoints
package import Kernels

extension LlamaModel {
  /// What writes the prepared weights of a GGUF file: of every matrix that a forward pass multiplies with.
  ///
  /// - Throws: `ModelError` where the file is no model of the family, as at loading.
  package static func preparation(
    gguf checkpoint: Checkpoint, compute: ComputeContext
  ) throws(ModelError) -> WeightPreparation {
    let manifest = LlamaManifest(config: try LlamaConfig(gguf: checkpoint))
    let library = WeightLoader(checkpoint, compute: compute, placement: .inPlace)
    try LlamaCheckpoint(checkpoint: checkpoint, library: library).check(manifest)
    // The token table is looked up in the file, unless it is the output as well.
    let isTied = checkpoint.tensor(named: manifest.output.name) == nil
    let layers = (0..<manifest.config.layers).flatMap { manifest.all(ofLayer: $0) }
    let matrices =
      layers.filter { $0.role == .matrix }
      + [isTied ? manifest.tokens : manifest.output]
    return WeightPreparation(
      model: checkpoint, tensors: matrices.compactMap { checkpoint.tensor(named: $0.name) },
      compute: compute)
  }
}
