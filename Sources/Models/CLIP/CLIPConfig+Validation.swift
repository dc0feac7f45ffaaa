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
    try checkSizes(sizes, source: source)
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
    try checkLayerNormEpsilon(layerNormEpsilon, source: source)
  }

  private func validate(_ tower: Tower, _ name: String, _ source: String) throws(ModelError) {
    let sizes = [
      ("number of layers of the \(name)", tower.layers, 1_000),
      ("hidden size of the \(name)", tower.embed, 1 << 16),
      ("number of heads of the \(name)", tower.heads, 1 << 16),
      ("feed-forward size of the \(name)", tower.ffn, 1 << 24),
    ]
    try checkSizes(sizes, source: source)
    try checkHeads(tower.heads, embed: tower.embed, tower: " of the \(name)", source: source)
  }
}
