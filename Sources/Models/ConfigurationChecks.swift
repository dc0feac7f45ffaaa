internal import Checkpoints

// The checks that the configurations of several models share; each throws an error that names the
// entry and the file.

/// Throws `ModelError.invalid` for the first size that is not between 1 and its limit.
func checkSizes(
  _ sizes: [(name: String, value: Int, limit: Int)], source: String
) throws(ModelError) {
  for (name, value, limit) in sizes where value < 1 || value > limit {
    throw .invalid(
      entry: name, reason: "\(value) is not between 1 and \(limit)", source: source)
  }
}

/// Throws `ModelError.invalid` where the heads do not share the hidden size evenly.
///
/// `tower` completes the entry's name where a model has several, as in ` of the encoder`.
func checkHeads(_ heads: Int, embed: Int, tower: String = "", source: String) throws(ModelError) {
  guard embed.isMultiple(of: heads) else {
    throw .invalid(
      entry: "number of heads" + tower,
      reason: "\(heads) does not divide the hidden size \(embed)", source: source)
  }
}

/// Throws `ModelError.invalid` where the epsilon of LayerNorm cannot be used.
func checkLayerNormEpsilon(_ epsilon: Float, source: String) throws(ModelError) {
  guard epsilon >= 0, epsilon.isFinite else {
    throw .invalid(
      entry: "layer norm epsilon", reason: "\(epsilon) is negative or not finite", source: source)
  }
}

extension Checkpoint {
  /// The shape of a tensor with a number of dimensions.
  ///
  /// - Throws: `ModelError.missing` or `.invalid` naming the tensor.
  func shape(_ name: String, rank: Int) throws(ModelError) -> [Int] {
    guard let info = tensor(named: name) else {
      throw .missing(entry: "tensor \(name)", source: path)
    }
    guard info.shape.count == rank else {
      throw .invalid(
        entry: "tensor \(name)", reason: "has shape \(info.shape), not \(rank) dimensions",
        source: path)
    }
    return info.shape
  }

  /// The number of consecutive layers, from 0, whose tensor `name` is there; at most 1,000.
  func layerCount(_ name: (Int) -> String) -> Int {
    (0..<1_000).first { tensor(named: name($0)) == nil } ?? 1_000
  }
}

/// The key of the architecture in the metadata of a GGUF file.
let architectureKey = "general.architecture"

/// Throws `ModelError.unsupported` where a GGUF file is of another architecture than `name`.
func checkArchitecture(
  of metadata: Metadata, is name: String, source: String
) throws(ModelError) {
  let found = try mapCheckpointErrors(source) { () throws(CheckpointError) in
    try metadata.string(architectureKey)
  }
  guard found == name else {
    throw .unsupported(
      entry: architectureKey, found: found ?? "absent", supported: name, source: source)
  }
}
