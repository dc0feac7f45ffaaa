internal import Kernels
internal import KernelInterface

/// The activations of one forward pass, allocated once and reused.
struct LlamaState: ~Copyable {
  /// `[tokens, embed]`: the residual stream.
  var hidden: Matrix
  /// `[tokens, embed]`: the normalised input of a sublayer, or its result where a post-norm follows.
  var normed: Matrix
  /// `[tokens, (heads + 2 × keyValueHeads) × headDim]`.
  var queryKeyValue: Matrix
  /// `[tokens, heads × headDim]`: the result of attention, heads side by side.
  var attention: Matrix
  /// `[tokens, 2 × ffn]`.
  var gateUp: Matrix
  /// `[tokens, ffn]`.
  var ffnHidden: Matrix
  /// `[rows, vocab]`: the result for the requested rows.
  var logits: Matrix
  /// Cosines and sines of the tokens' positions.
  var rope: RopeTable
  /// The same for layers with a sliding window, where the model rotates those by another base; else
  /// without room for a row.
  var windowRope: RopeTable

  /// The largest number of tokens.
  let capacity: Int

  init(
    config: LlamaConfig, ropeFrequencies: RopeFrequencies, windowRopeFrequencies: RopeFrequencies?,
    capacity: Int
  ) {
    self.capacity = capacity
    hidden = Matrix(rows: capacity, columns: config.embed)
    normed = Matrix(rows: capacity, columns: config.embed)
    queryKeyValue = Matrix(rows: capacity, columns: config.attention.columns)
    attention = Matrix(rows: capacity, columns: config.queryWidth)
    gateUp = Matrix(rows: capacity, columns: 2 * config.ffn)
    ffnHidden = Matrix(rows: capacity, columns: config.ffn)
    logits = Matrix(rows: 1, columns: config.vocab)
    rope = RopeTable(frequencies: ropeFrequencies, style: config.ropeStyle, capacity: capacity)
    windowRope = RopeTable(
      frequencies: windowRopeFrequencies ?? ropeFrequencies, style: config.ropeStyle,
      capacity: windowRopeFrequencies == nil ? 0 : capacity)
  }

  /// Makes room for `rows` rows of logits; more than one is allocated on first use.
  mutating func reserveLogits(rows: Int) {
    if logits.capacity < rows { logits = Matrix(rows: rows, columns: logits.columns) }
  }

  /// The memory that ``init(config:ropeFrequencies:windowRopeFrequencies:capacity:)`` allocates, in
  /// bytes.
  static func byteCount(config: LlamaConfig, capacity: Int) -> Int {
    let columns =
      2 * config.embed + config.attention.columns + config.queryWidth + 3 * config.ffn
      + (config.windowRopeBase == nil ? 2 : 4) * config.rotaryDim
    return 4 * (capacity * columns + config.vocab)
  }
}
