internal import Kernels

/// The activations of the encoder's forward pass, allocated once and reused.
struct WhisperEncoderState: ~Copyable {
  /// `[2 × context, mels]`: the window.
  var mel: Matrix
  /// `[2 × context, embed]`: the first convolution.
  var convolution: Matrix
  /// `[context, embed]`: the residual stream.
  var hidden: Matrix
  /// `[context, embed]`: the normalised input of a sublayer, and in the end the result.
  var norm: Matrix
  /// `[context, 3 * embed]`.
  var queryKeyValue: Matrix
  /// `[context, 2 * embed]`: keys and values of the cross-attention.
  var keyValue: Matrix
  /// `[context, embed]`: the result of attention, heads side by side.
  var attention: Matrix
  /// `[context, 4 * embed]`: inside the feed-forward network.
  var ffnHidden: Matrix

  init(config: WhisperConfig) {
    let (rows, embed) = (config.encoder.context, config.encoder.embed)
    mel = Matrix(rows: config.frameCount, columns: config.melCount)
    convolution = Matrix(rows: config.frameCount, columns: embed)
    hidden = Matrix(rows: rows, columns: embed)
    norm = Matrix(rows: rows, columns: embed)
    queryKeyValue = Matrix(rows: rows, columns: 3 * embed)
    keyValue = Matrix(rows: rows, columns: 2 * embed)
    attention = Matrix(rows: rows, columns: embed)
    ffnHidden = Matrix(rows: rows, columns: config.encoder.ffn)
  }
}

/// The activations of the decoder's forward pass, allocated once and reused.
struct WhisperDecoderState: ~Copyable {
  /// `[tokens, embed]`: the residual stream.
  var hidden: Matrix
  /// `[tokens, embed]`: the normalised input of a sublayer.
  var norm: Matrix
  /// `[tokens, 3 * embed]`.
  var queryKeyValue: Matrix
  /// `[tokens, embed]`: queries to the encoder's output.
  var crossQuery: Matrix
  /// `[tokens, embed]`: the result of attention, heads side by side.
  var attention: Matrix
  /// `[tokens, 4 * embed]`: inside the feed-forward network.
  var ffnHidden: Matrix
  /// `[rows, vocab]`: the result for the requested rows.
  var logits: Matrix

  /// Room for a whole text, and for one token of each hypothesis.
  init(config: WhisperConfig, hypothesisLimit: Int) {
    let (rows, embed) = (max(config.decoder.context, hypothesisLimit), config.decoder.embed)
    hidden = Matrix(rows: rows, columns: embed)
    norm = Matrix(rows: rows, columns: embed)
    queryKeyValue = Matrix(rows: rows, columns: 3 * embed)
    crossQuery = Matrix(rows: rows, columns: embed)
    attention = Matrix(rows: rows, columns: embed)
    ffnHidden = Matrix(rows: rows, columns: config.decoder.ffn)
    logits = Matrix(rows: 1, columns: config.vocab)
  }

  /// Makes room for `rows` rows of logits; more than one is allocated on first use.
  mutating func reserveLogits(rows: Int) {
    if logits.capacity < rows { logits = Matrix(rows: rows, columns: logits.columns) }
  }
}
