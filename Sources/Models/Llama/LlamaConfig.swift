package import Kernels
package import KernelInterface

// The numbers that make one model of the Llama family differ from another.

/// Sizes and switches of a decoder of the Llama family: Llama, CodeLlama, Mistral, Phi-3, Qwen2, Qwen3,
/// Gemma 3.
package struct LlamaConfig: Sendable, Equatable {
  package var architecture: Architecture
  /// Decoder layers; `block_count`.
  package var layers: Int
  /// Width of a hidden state; `embedding_length`.
  package var embed: Int
  /// Query heads; `attention.head_count`.
  package var heads: Int
  /// Heads of keys and values; `attention.head_count_kv`, else `heads`.
  package var keyValueHeads: Int
  /// Elements of a head; `attention.key_length`, else `embed / heads`.
  package var headDim: Int
  /// Width inside the feed-forward; `feed_forward_length`.
  package var ffn: Int
  /// Token ids; the rows of the tensor `token_embd.weight`.
  package var vocab: Int
  /// Positions that the model was trained for; `context_length`.
  package var context: Int
  /// Added to mean squares; `attention.layer_norm_rms_epsilon`.
  package var epsilon: Float
  /// Elements of a head that rotate; `rope.dimension_count`, else `headDim`.
  package var rotaryDim: Int
  /// The base of the rotation's angles; `rope.freq_base`, else 10,000.
  package var ropeBase: Float
  /// Multiplies the angles; 1 / `rope.scaling.factor`, else 1.
  package var ropeScale: Float
  /// Multiplies cosines and sines; `rope.scaling.attn_factor`, else 1.
  package var ropeMagnitude: Float
  /// Sessions longer than this use the long rope factors, where the file has them;
  /// `rope.scaling.original_context_length`, else `context`.
  package var originalContext: Int
  /// Positions that a token sees, its own included; `attention.sliding_window`, nil for all.
  package var slidingWindow: Int?
  /// Every layer whose number, counted from 1, is a multiple of this sees all positions.
  ///
  /// `attention.sliding_window_pattern`, else by architecture; nil for no such layers.
  package var globalInterval: Int?
  /// The base of the rotation in layers with the window, whose angles nothing else scales.
  ///
  /// `rope.freq_base_swa`, else by architecture; nil where they rotate as all others.
  package var windowRopeBase: Float?
  /// Scores are divided by the square root of this.
  package var queryScalar: Int

  package init(
    architecture: Architecture, layers: Int, embed: Int, heads: Int, keyValueHeads: Int? = nil,
    headDim: Int? = nil, ffn: Int, vocab: Int, context: Int, epsilon: Float,
    rotaryDim: Int? = nil, ropeBase: Float = 10_000, ropeScale: Float = 1,
    ropeMagnitude: Float = 1, originalContext: Int? = nil, slidingWindow: Int? = nil,
    globalInterval: Int? = nil, windowRopeBase: Float? = nil
  ) {
    self.architecture = architecture
    self.layers = layers
    self.embed = embed
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.headDim = headDim ?? (heads > 0 ? embed / heads : 0)
    self.ffn = ffn
    self.vocab = vocab
    self.context = context
    self.epsilon = epsilon
    self.rotaryDim = rotaryDim ?? self.headDim
    self.ropeBase = ropeBase
    self.ropeScale = ropeScale
    self.ropeMagnitude = ropeMagnitude
    self.originalContext = originalContext ?? context
    self.slidingWindow = slidingWindow
    let windowLayers = architecture.traits.windowLayers
    self.globalInterval = slidingWindow == nil ? nil : globalInterval ?? windowLayers.globalInterval
    self.windowRopeBase = slidingWindow == nil ? nil : windowRopeBase ?? windowLayers.ropeBase
    queryScalar = Self.queryScalar(
      architecture, layers: layers, embed: embed, heads: heads, headDim: self.headDim)
  }

  /// The length of a head, except in Gemma 3 27B, which was trained with embed / heads.
  ///
  /// The file does not have the number; its layers tell that model from the others.
  ///
  /// - Source: `query_pre_attn_scalar` of google/gemma-3-27b-it is 168; llama.cpp's hyperparameters of
  ///   `gemma3`, whose only model of 62 layers it is.
  private static func queryScalar(
    _ architecture: Architecture, layers: Int, embed: Int, heads: Int, headDim: Int
  ) -> Int {
    architecture == .gemma3 && layers == 62 && heads > 0 ? max(1, embed / heads) : headDim
  }

  /// Whether a layer has the sliding window, if there is one.
  package func hasWindow(layer: Int) -> Bool {
    globalInterval.map { (layer + 1) % $0 != 0 } ?? true
  }

  /// The heads of a row of queries, keys and values.
  package var attention: AttentionShape {
    AttentionShape(heads: heads, keyValueHeads: keyValueHeads, headDim: headDim)
  }

  /// Width of the queries, and of what attention gives.
  package var queryWidth: Int { heads * headDim }
  /// Width of the keys, and of the values.
  package var keyWidth: Int { keyValueHeads * headDim }

  /// Multiplies the queries, so that scores divided by √headDim are scores divided by √queryScalar.
  ///
  /// The rotation is linear, so it can be part of the weight of the queries' norm.
  var queryScale: Float { (Float(headDim) / Float(queryScalar)).squareRoot() }

  /// The heads of a row of queries, keys and values that are queries.
  var queryHeads: Range<Int> { 0..<heads }
  /// The heads that are keys.
  var keyHeads: Range<Int> { heads..<heads + keyValueHeads }

  /// Which elements of a head rotate together.
  package var ropeStyle: RopeStyle { architecture.traits.ropeStyle }

  /// Checks what the kernels and the loader rely on.
  ///
  /// - Throws: `ModelError.invalid` naming the first size that cannot be.
  func validate(source: String) throws(ModelError) {
    // Far above any published model, and low enough that products of sizes stay within Int.
    let sizes = [
      ("block_count", layers, 1_000), ("embedding_length", embed, 1 << 20),
      ("attention.head_count", heads, 1_024), ("attention.head_count_kv", keyValueHeads, 1_024),
      ("attention.key_length", headDim, 4_096), ("feed_forward_length", ffn, 1 << 22),
      ("rows of token_embd.weight", vocab, 1 << 24), ("context_length", context, 1 << 28),
      ("rope.scaling.original_context_length", originalContext, 1 << 28),
      ("attention.sliding_window", slidingWindow ?? 1, 1 << 28),
      ("attention.sliding_window_pattern", globalInterval ?? 1, 1_000),
    ]
    try checkSizes(sizes, source: source)
    guard heads.isMultiple(of: keyValueHeads) else {
      throw .invalid(
        entry: "attention.head_count_kv",
        reason: "\(keyValueHeads) does not divide the \(heads) query heads", source: source)
    }
    guard rotaryDim >= 2, rotaryDim <= headDim, rotaryDim.isMultiple(of: 2) else {
      throw .invalid(
        entry: "rope.dimension_count",
        reason:
          "\(rotaryDim) is not an even number between 2 and the \(headDim) elements of a head",
        source: source)
    }
    let numbers = [
      ("attention.layer_norm_rms_epsilon", epsilon), ("rope.freq_base", ropeBase),
      ("rope.scaling.factor", ropeScale), ("rope.scaling.attn_factor", ropeMagnitude),
      ("rope.freq_base_swa", windowRopeBase ?? 1),
    ]
    for (name, value) in numbers where !value.isFinite || value <= 0 {
      throw .invalid(
        entry: name, reason: "\(value) is not a positive number", source: source)
    }
  }
}
