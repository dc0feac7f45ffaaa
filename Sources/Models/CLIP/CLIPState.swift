internal import Kernels

/// The activations of one tower's forward pass, allocated once and reused.
struct CLIPState: ~Copyable, Sendable {
  /// `[tokens, embed]`: the residual stream.
  var hidden: Matrix
  /// `[tokens, embed]`: the normalised input of a sublayer.
  var norm: Matrix
  /// `[tokens, 3 * embed]`.
  var queryKeyValue: Matrix
  /// `[tokens, embed]`: the result of attention, heads side by side.
  var attention: Matrix
  /// `[tokens, ffn]`: inside the feed-forward network.
  var ffnHidden: Matrix
  /// `[inputs, embed]`: the pooled rows.
  var pooled: Matrix
  /// `[inputs, projection]`: the result.
  var embedding: Matrix
  /// `[images × 3 × side, side]`; one row in the text tower.
  var pixels: Matrix
  /// `[images × patches, embed]`; no rows in the text tower.
  var patches: Matrix

  /// The largest number of tokens.
  let tokenCapacity: Int
  /// The largest number of images or texts.
  let inputCapacity: Int

  /// Memory for the image tower.
  init(config: CLIPConfig, imageCapacity: Int) {
    self.init(
      config.vision, projection: config.projection,
      tokenCapacity: imageCapacity * config.imageTokenCount, inputCapacity: imageCapacity,
      pixelRows: imageCapacity * CLIPConfig.channels * config.imageSize,
      pixelColumns: config.imageSize)
  }

  /// Memory for the text tower, in which every text has at least one token.
  init(config: CLIPConfig, tokenCapacity: Int) {
    self.init(
      config.text, projection: config.projection, tokenCapacity: tokenCapacity,
      inputCapacity: tokenCapacity, pixelRows: 0, pixelColumns: 1)
  }

  private init(
    _ tower: CLIPConfig.Tower, projection: Int, tokenCapacity: Int, inputCapacity: Int,
    pixelRows: Int, pixelColumns: Int
  ) {
    self.tokenCapacity = tokenCapacity
    self.inputCapacity = inputCapacity
    hidden = Matrix(rows: tokenCapacity, columns: tower.embed)
    norm = Matrix(rows: tokenCapacity, columns: tower.embed)
    queryKeyValue = Matrix(rows: tokenCapacity, columns: 3 * tower.embed)
    attention = Matrix(rows: tokenCapacity, columns: tower.embed)
    ffnHidden = Matrix(rows: tokenCapacity, columns: tower.ffn)
    pooled = Matrix(rows: inputCapacity, columns: tower.embed)
    embedding = Matrix(rows: inputCapacity, columns: projection)
    pixels = Matrix(rows: pixelRows, columns: pixelColumns)
    patches = Matrix(rows: pixelRows == 0 ? 0 : tokenCapacity, columns: tower.embed)
  }
}
