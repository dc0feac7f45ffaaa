// Every tensor of a BERT with its name in each format and its shape: one table for loading,
// converting and checking.

/// One tensor that a BERT needs.
struct BERTTensor: Equatable {
  /// What the tensor is for, which decides how it may be stored.
  enum Role: Equatable {
    /// A linear layer's matrix `[outputs, inputs]`, or the token table: quantised by converters.
    case matrix
    /// The position and type tables: small, kept in F32 by llama.cpp's converter.
    case table
    /// A bias, or a gain or shift of a normalisation: always F32 in a GGUF file.
    case vector
  }

  /// Name in a GGUF file.
  let ggufName: String
  /// Name in a Hugging Face checkpoint, without the "bert." that task models put before it.
  let huggingFaceName: String
  /// Outermost first, as PyTorch prints it.
  let shape: [Int]
  let role: Role
}

/// The tensors of a configuration.
///
/// - Source: transformers 5.23.0 `modeling_bert.py`; gguf-py 0.19.0 `tensor_mapping.py`.
struct BERTManifest {
  let config: BERTConfig

  var tokenEmbedding: BERTTensor {
    tensor("token_embd.weight", "embeddings.word_embeddings.weight", matrix: config.vocab)
  }
  var positionEmbedding: BERTTensor {
    table("position_embd.weight", "embeddings.position_embeddings.weight", rows: config.context)
  }
  var typeEmbedding: BERTTensor {
    table("token_types.weight", "embeddings.token_type_embeddings.weight", rows: config.tokenTypes)
  }
  var embeddingNorm: (gain: BERTTensor, shift: BERTTensor) {
    normalization("token_embd_norm", "embeddings.LayerNorm")
  }

  func query(_ layer: Int) -> (weight: BERTTensor, bias: BERTTensor) {
    linear(layer, "attn_q", "attention.self.query", config.embed, config.embed)
  }
  func key(_ layer: Int) -> (weight: BERTTensor, bias: BERTTensor) {
    linear(layer, "attn_k", "attention.self.key", config.embed, config.embed)
  }
  func value(_ layer: Int) -> (weight: BERTTensor, bias: BERTTensor) {
    linear(layer, "attn_v", "attention.self.value", config.embed, config.embed)
  }
  func attentionOutput(_ layer: Int) -> (weight: BERTTensor, bias: BERTTensor) {
    linear(layer, "attn_output", "attention.output.dense", config.embed, config.embed)
  }
  func attentionNorm(_ layer: Int) -> (gain: BERTTensor, shift: BERTTensor) {
    normalization(
      "blk.\(layer).attn_output_norm", "encoder.layer.\(layer).attention.output.LayerNorm")
  }
  func up(_ layer: Int) -> (weight: BERTTensor, bias: BERTTensor) {
    linear(layer, "ffn_up", "intermediate.dense", config.ffn, config.embed)
  }
  func down(_ layer: Int) -> (weight: BERTTensor, bias: BERTTensor) {
    linear(layer, "ffn_down", "output.dense", config.embed, config.ffn)
  }
  func outputNorm(_ layer: Int) -> (gain: BERTTensor, shift: BERTTensor) {
    normalization(
      "blk.\(layer).layer_output_norm", "encoder.layer.\(layer).output.LayerNorm")
  }

  /// All tensors, in the order in which llama.cpp's converter writes them.
  var all: [BERTTensor] {
    var tensors = [
      tokenEmbedding, positionEmbedding, typeEmbedding, embeddingNorm.gain, embeddingNorm.shift,
    ]
    for layer in 0..<config.layers {
      for (weight, bias) in [query(layer), key(layer), value(layer), attentionOutput(layer)] {
        tensors += [weight, bias]
      }
      tensors += [attentionNorm(layer).gain, attentionNorm(layer).shift]
      for (weight, bias) in [up(layer), down(layer)] { tensors += [weight, bias] }
      tensors += [outputNorm(layer).gain, outputNorm(layer).shift]
    }
    return tensors
  }

  /// Tensors of published checkpoints that an embedding does not need.
  static func isIgnored(huggingFaceName name: String) -> Bool {
    name.hasSuffix("embeddings.position_ids") || name.contains("pooler.") || name.hasPrefix("cls.")
  }

  private func tensor(_ gguf: String, _ huggingFace: String, matrix rows: Int) -> BERTTensor {
    BERTTensor(
      ggufName: gguf, huggingFaceName: huggingFace, shape: [rows, config.embed], role: .matrix)
  }

  private func table(_ gguf: String, _ huggingFace: String, rows: Int) -> BERTTensor {
    BERTTensor(
      ggufName: gguf, huggingFaceName: huggingFace, shape: [rows, config.embed], role: .table)
  }

  private func linear(
    _ layer: Int, _ gguf: String, _ huggingFace: String, _ outputs: Int, _ inputs: Int
  ) -> (weight: BERTTensor, bias: BERTTensor) {
    let ggufName = "blk.\(layer).\(gguf)"
    let huggingFaceName = "encoder.layer.\(layer).\(huggingFace)"
    return (
      BERTTensor(
        ggufName: ggufName + ".weight", huggingFaceName: huggingFaceName + ".weight",
        shape: [outputs, inputs], role: .matrix),
      BERTTensor(
        ggufName: ggufName + ".bias", huggingFaceName: huggingFaceName + ".bias",
        shape: [outputs], role: .vector)
    )
  }

  private func normalization(
    _ gguf: String, _ huggingFace: String
  ) -> (gain: BERTTensor, shift: BERTTensor) {
    (
      BERTTensor(
        ggufName: gguf + ".weight", huggingFaceName: huggingFace + ".weight",
        shape: [config.embed], role: .vector),
      BERTTensor(
        ggufName: gguf + ".bias", huggingFaceName: huggingFace + ".bias",
        shape: [config.embed], role: .vector)
    )
  }
}
