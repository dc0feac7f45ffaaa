internal import Kernels

/// The tensors of a Whisper.
///
/// The names in GGUF are llama.cpp's for encoder-decoder models (T5). Keys have no bias; CTranslate2
/// has queries, keys and values below each other, with zeros for the absent bias.
///
/// - Source: openai-whisper 20250625 `model.py`; transformers 5.23.0 `modeling_whisper.py`;
///   whisper.cpp `whisper_model_load`; CTranslate2 `python/ctranslate2/specs/whisper_spec.py`.
package struct WhisperTensors: TensorTable {
  package let config: WhisperConfig

  package init(config: WhisperConfig) { self.config = config }

  package var architectureName: String { "whisper" }

  // MARK: The encoder

  /// `[embed, mels, 3]`.
  package var firstConvolution: LinearSpec { convolution(1, channels: config.melCount) }

  /// `[embed, embed, 3]`.
  package var secondConvolution: LinearSpec { convolution(2, channels: config.encoder.embed) }

  /// `[context, embed]`: sinusoids, which every file has.
  package var soundPositions: TensorSpec {
    TensorSpec(
      TensorNames(
        gguf: "enc.position_embd.weight", huggingFace: "encoder.embed_positions.weight",
        openAI: "encoder.positional_embedding", ggml: "encoder.positional_embedding",
        cTranslate2: "encoder/position_encodings/encodings"),
      shape: [config.encoder.context, config.encoder.embed], role: .positionEmbedding)
  }

  /// `[embed]`, after the last layer.
  package var encoderNorm: NormSpec {
    norm("enc.output_norm", "encoder.layer_norm", "encoder.ln_post", "encoder/layer_norm")
  }

  // MARK: The decoder

  /// `[vocab, embed]`: looked up, and multiplied for the logits.
  package var tokens: TensorSpec {
    TensorSpec(
      TensorNames(
        gguf: "token_embd", huggingFace: "decoder.embed_tokens", openAI: "decoder.token_embedding",
        ggml: "decoder.token_embedding", cTranslate2: "decoder/embeddings"
      ).appending(".weight", cTranslate2: "/weight"),
      shape: [config.vocab, config.decoder.embed], role: .tokenEmbedding)
  }

  /// `[context, embed]`.
  package var textPositions: TensorSpec {
    TensorSpec(
      TensorNames(
        gguf: "dec.position_embd.weight", huggingFace: "decoder.embed_positions.weight",
        openAI: "decoder.positional_embedding", ggml: "decoder.positional_embedding",
        cTranslate2: "decoder/position_encodings/encodings"),
      shape: [config.decoder.context, config.decoder.embed], role: .positionEmbedding)
  }

  /// `[embed]`, after the last layer.
  package var decoderNorm: NormSpec {
    norm("dec.output_norm", "decoder.layer_norm", "decoder.ln", "decoder/layer_norm")
  }

  private func norm(
    _ gguf: String, _ huggingFace: String, _ openAI: String, _ cTranslate2: String
  ) -> NormSpec {
    NormSpec(
      TensorNames(
        gguf: gguf, huggingFace: huggingFace, openAI: openAI, ggml: openAI,
        cTranslate2: cTranslate2),
      width: config.encoder.embed, hasBias: true)
  }

  private func convolution(_ number: Int, channels: Int) -> LinearSpec {
    let name = "encoder.conv\(number)"
    let names = TensorNames(
      gguf: "enc.conv\(number)", huggingFace: name, openAI: name, ggml: name,
      cTranslate2: "encoder/conv\(number)")
    return LinearSpec(
      names, outputs: config.encoder.embed, inputs: channels, filter: [3], role: .convolution,
      hasBias: true, biasStorages: [.ggml: .column])
  }

  /// The token table comes first, by whose name the layouts are told apart.
  package var all: [TensorSpec] {
    [tokens, textPositions, soundPositions] + firstConvolution.tensors + secondConvolution.tensors
      + (0..<config.encoder.layers).flatMap { encoderLayer($0).all } + encoderNorm.tensors
      + (0..<config.decoder.layers).flatMap { decoderLayer($0).all } + decoderNorm.tensors
  }

  /// Task models of Hugging Face have `model.`.
  package static func prefixes(in scheme: NamingScheme) -> [String] {
    scheme == .huggingFace ? ["model.", ""] : [""]
  }

  /// The output projection, which is the token table once more.
  package static func isIgnored(_ name: String, in scheme: NamingScheme) -> Bool {
    switch scheme {
    case .huggingFace: name == "proj_out.weight"
    case .cTranslate2: name == "decoder/projection/weight"
    case .gguf, .openAI, .ggml: false
    }
  }
}
