extension CLIPConfig {
  /// Checks what the kernels and the loader rely on.
  ///
  /// - Throws: `ModelError.invalid` naming the first size that cannot be.
  func validate(source: String) throws(ModelError) {
    // 2^24 is far above any published model and keeps every product of two sizes within Int; an
    // image of 4,096 pixels a side has 200 MB of numbers.
    let sizes = [
      ("image size", imageSize, 1 << 12), ("patch size", patchSize, 1 << 12),
      ("vocabulary size", vocab, 1 << 24), ("number of positions", context, 1 << 16),
      ("width of the common space", projection, 1 << 16),
    ]
    for (name, value, limit) in sizes { try require(name, value, limit, source) }
    try validate(vision, "image tower", source)
    try validate(text, "text tower", source)
    guard imageSize.isMultiple(of: patchSize) else {
      throw .invalid(
        entry: "patch size", reason: "\(patchSize) does not divide the image size \(imageSize)",
        source: source)
    }
    guard context >= 2 else {
      throw .invalid(
        entry: "number of positions", reason: "\(context) leaves no room for a text",
        source: source)
    }
    guard layerNormEpsilon >= 0, layerNormEpsilon.isFinite else {
      throw .invalid(
        entry: "layer norm epsilon", reason: "\(layerNormEpsilon) is negative or not finite",
        source: source)
    }
  }

  private func validate(_ tower: Tower, _ name: String, _ source: String) throws(ModelError) {
    try require("number of layers of the \(name)", tower.layers, 1_000, source)
    try require("hidden size of the \(name)", tower.embed, 1 << 16, source)
    try require("number of heads of the \(name)", tower.heads, 1 << 16, source)
    try require("feed-forward size of the \(name)", tower.ffn, 1 << 24, source)
    guard tower.embed.isMultiple(of: tower.heads) else {
      throw .invalid(
        entry: "number of heads of the \(name)",
        reason: "\(tower.heads) does not divide the hidden size \(tower.embed)", source: source)
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
