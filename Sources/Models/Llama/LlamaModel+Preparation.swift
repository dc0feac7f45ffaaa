package import Checkpoints
package import Kernels

extension LlamaModel {
  /// Prepares the weights of a GGUF file: every matrix that a forward pass multiplies with.
  ///
  /// - Throws: `ModelError` where loading the file would fail.
  package static func preparation(
    gguf checkpoint: Checkpoint, compute: ComputeContext
  ) throws(ModelError) -> WeightPreparation {
    let table = LlamaTensors(config: try LlamaConfig(gguf: checkpoint))
    let tensors = try TensorFinder(checkpoint, table)
    // The token table is looked up in the file, unless it is the output as well.
    let isTied = try tensors.findOptional(table.output) == nil
    var matrices: [TensorInfo] = []
    for spec in table.all where spec.role.kind == .matrix {
      if spec.role == .tokenEmbedding && !isTied { continue }
      if let info = try tensors.findOptional(spec) { matrices.append(info) }
    }
    return WeightPreparation(model: checkpoint, tensors: matrices, compute: compute)
  }
}
