internal import Kernels

extension WhisperConfig {
  /// Checks what the kernels and the loader rely on.
  ///
  /// - Throws: `ModelError.invalid` naming the first size that cannot be.
  func validate(source: String) throws(ModelError) {
    // Far above any published model; keeps every product of two sizes within Int.
    let sizes = [("number of mel bands", melCount, 1 << 12), ("vocabulary size", vocab, 1 << 24)]
    try checkSizes(sizes, source: source)
    try validate(encoder, "encoder", source)
    try validate(decoder, "decoder", source)
    guard decoder.context >= 2 else {
      throw .invalid(
        entry: "number of positions of the decoder",
        reason: "\(decoder.context) leaves no room for a text", source: source)
    }
    guard encoder.embed == decoder.embed else {
      throw .invalid(
        entry: "hidden size of the decoder",
        reason: "\(decoder.embed) differs from the encoder's \(encoder.embed), which it attends to",
        source: source)
    }
  }

  private func validate(_ tower: Tower, _ name: String, _ source: String) throws(ModelError) {
    let sizes = [
      ("number of layers of the \(name)", tower.layers, 256),
      ("hidden size of the \(name)", tower.embed, 1 << 16),
      ("number of heads of the \(name)", tower.heads, 1 << 10),
      ("number of positions of the \(name)", tower.context, 1 << 16),
    ]
    try checkSizes(sizes, source: source)
    try checkHeads(tower.heads, embed: tower.embed, tower: " of the \(name)", source: source)
    guard tower.attention.headDim < 1 << 13 else {
      throw .invalid(
        entry: "number of heads of the \(name)",
        reason: "a head of \(tower.attention.headDim) numbers is too wide", source: source)
    }
  }
}
