internal import Kernels

extension WhisperConfig {
  /// Checks what the kernels and the loader rely on.
  ///
  /// - Throws: `ModelError.invalid` naming the first size that cannot be.
  func validate(source: String) throws(ModelError) {
    // Far above any published model; keeps every product of two sizes within Int.
    try require("number of mel bands", melCount, 1 << 12, source)
    try require("vocabulary size", vocab, 1 << 24, source)
    try validate(encoder, "encoder", source)
    try validate(decoder, "decoder", source)
    guard encoder.embed == decoder.embed else {
      throw .invalid(
        entry: "hidden size of the decoder",
        reason: "\(decoder.embed) differs from the encoder's \(encoder.embed), which it attends to",
        source: source)
    }
  }

  private func validate(_ tower: Tower, _ name: String, _ source: String) throws(ModelError) {
    try require("number of layers of the \(name)", tower.layers, 256, source)
    try require("hidden size of the \(name)", tower.embed, 1 << 16, source)
    try require("number of heads of the \(name)", tower.heads, 1 << 10, source)
    try require("number of positions of the \(name)", tower.context, 1 << 16, source)
    guard tower.embed.isMultiple(of: tower.heads) else {
      throw .invalid(
        entry: "number of heads of the \(name)",
        reason: "\(tower.heads) does not divide the hidden size \(tower.embed)", source: source)
    }
    guard tower.attention.headDim < 1 << 13 else {
      throw .invalid(
        entry: "number of heads of the \(name)",
        reason: "a head of \(tower.attention.headDim) numbers is too wide", source: source)
    }
  }

  private func require(
    _ name: String, _ value: Int, _ limit: Int, _ source: String
  ) throws(ModelError) {
    guard (1...limit).contains(value) else {
      throw .invalid(
        entry: name, reason: "\(value) is not between 1 and \(limit)", source: source)
    }
  }
}
