// The numbers that make one BERT differ from another.

internal import Kernels

/// Sizes and switches of a BERT encoder and of the sentence embedding made from it.
package struct BERTConfig: Sendable, Equatable {
  /// The reduction of a sequence of hidden states to one vector.
  package enum Pooling: String, Sendable, Equatable {
    /// The mean over all tokens, [CLS] and [SEP] included.
    case mean
    /// The hidden state of the first token, [CLS].
    case classification
  }

  /// Encoder layers; HF `num_hidden_layers`, GGUF `bert.block_count`.
  package var layers: Int
  /// Width of a hidden state; HF `hidden_size`, GGUF `bert.embedding_length`.
  package var embed: Int
  /// Attention heads; HF `num_attention_heads`, GGUF `bert.attention.head_count`.
  package var heads: Int
  /// Width inside the feed-forward; HF `intermediate_size`, GGUF `bert.feed_forward_length`.
  package var ffn: Int
  /// Token ids; HF `vocab_size`, GGUF the length of `tokenizer.ggml.tokens`.
  package var vocab: Int
  /// Learned positions; HF `max_position_embeddings`, GGUF `bert.context_length`.
  package var context: Int
  /// Learned token types; HF `type_vocab_size`, GGUF `tokenizer.ggml.token_type_count`.
  package var tokenTypes: Int
  /// Added to variances; HF `layer_norm_eps`, GGUF `bert.attention.layer_norm_epsilon`.
  package var layerNormEpsilon: Float
  /// HF `1_Pooling/config.json`, GGUF `bert.pooling_type`.
  package var pooling: Pooling
  /// Whether embeddings are scaled to unit length; HF: `modules.json` lists a Normalize module.
  package var normalizes: Bool
  /// The longest sequence that the model was made for, [CLS] and [SEP] included.
  ///
  /// HF `sentence_bert_config.json` (256 for all-MiniLM-L6-v2, although it has 512 positions); GGUF
  /// `swiftrag.maximum_token_count`, else `bert.context_length`.
  package var maximumTokenCount: Int
  /// The texts before a question and a passage; ``SentencePrompts`` describes their origin.
  package var prompts: SentencePrompts

  package init(
    layers: Int, embed: Int, heads: Int, ffn: Int, vocab: Int, context: Int, tokenTypes: Int,
    layerNormEpsilon: Float, pooling: Pooling = .mean, normalizes: Bool = true,
    maximumTokenCount: Int? = nil, prompts: SentencePrompts = SentencePrompts()
  ) {
    self.layers = layers
    self.embed = embed
    self.heads = heads
    self.ffn = ffn
    self.vocab = vocab
    self.context = context
    self.tokenTypes = tokenTypes
    self.layerNormEpsilon = layerNormEpsilon
    self.pooling = pooling
    self.normalizes = normalizes
    self.maximumTokenCount = maximumTokenCount ?? context
    self.prompts = prompts
  }

  /// The heads of a row of queries, keys and values.
  var attention: AttentionShape { AttentionShape(heads: heads, headDim: embed / heads) }

  /// Checks what the kernels and the loader rely on.
  ///
  /// - Throws: `ModelError.invalid` naming the first size that cannot be.
  func validate(source: String) throws(ModelError) {
    // 2^24 is far above any published model and keeps every product of two sizes within Int.
    let sizes = [
      ("number of layers", layers, 1_000), ("hidden size", embed, 1 << 24),
      ("number of heads", heads, 1 << 16), ("feed-forward size", ffn, 1 << 24),
      ("vocabulary size", vocab, 1 << 24), ("number of positions", context, 1 << 24),
      ("number of token types", tokenTypes, 1 << 16),
    ]
    try checkSizes(sizes, source: source)
    try checkHeads(heads, embed: embed, source: source)
    try checkLayerNormEpsilon(layerNormEpsilon, source: source)
    guard maximumTokenCount >= 1, maximumTokenCount <= context else {
      throw .invalid(
        entry: "maximum token count",
        reason: "\(maximumTokenCount) is not between 1 and the \(context) positions",
        source: source)
    }
  }
}
