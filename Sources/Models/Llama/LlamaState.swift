internal import Kernels
internal import KernelInterface

/// The activations of one forward pass, allocated once and used again.
struct LlamaState: ~Copyable {
  /// `[tokens, embed]`: what goes into a layer and comes out of it.
  var hidden: Matrix
  /// `[tokens, embed]`: normalised.
  var normed: Matrix
  /// `[tokens, (heads + 2 × keyValueHeads) × headDim]`.
  var queryKeyValue: Matrix
  /// `[tokens, heads × headDim]`: the values mixed by attention, heads side by side.
  var attention: Matrix
  /// `[tokens, 2 × ffn]`.
  var gateUp: Matrix
  /// `[tokens, ffn]`.
  var ffnHidden: Matrix
  /// `[rows, vocab]`: the result, for as many rows as were asked for.
  var logits: Matrix
  /// How the tokens' positions turn queries and keys.
  var rope: RopeTable

  /// Tokens that fit.
  let capacity: Int

  init(config: LlamaConfig, ropeFrequencies: RopeFrequencies, capacity: Int) {
    self.capacity = capacity
    hidden = Matrix(rows: capacity, columns: config.embed)
    normed = Matrix(rows: capacity, columns: config.embed)
    queryKeyValue = Matrix(rows: capacity, columns: config.attention.columns)
    attention = Matrix(rows: capacity, columns: config.queryWidth)
    gateUp = Matrix(rows: capacity, columns: 2 * config.ffn)
    ffnHidden = Matrix(rows: capacity, columns: config.ffn)
    logits = Matrix(rows: 1, columns: config.vocab)
    rope = RopeTable(frequencies: ropeFrequencies, style: config.ropeStyle, capacity: capacity)
  }

  /// Makes room for the logits of so many rows; they are allocated when they are first asked for.
  mutating func reserveLogits(rows: Int) {
    if logits.capacity < rows { logits = Matrix(rows: rows, columns: logits.columns) }
  }

  /// What ``init(config:ropeFrequencies:capacity:)`` allocates, in bytes.
  static func byteCount(config: LlamaConfig, capacity: Int) -> Int {
    let columns =
      2 * config.embed + config.attention.columns + config.queryWidth + 3 * config.ffn
      + 2 * config.rotaryDim
    return 4 * (capacity * columns + config.vocab)
  }
}
