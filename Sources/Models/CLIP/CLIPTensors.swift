internal import Kernels

/// The tensors of a CLIP.
///
/// The GGUF names are those of clip.cpp and llama.cpp: `v.` for the image tower, `t.` for the text
/// tower.
///
/// - Source: openai/CLIP `model.py`, open_clip 3.3.0 `model.py`, transformers 5.23.0
///   `modeling_clip.py`; llama.cpp `tools/mtmd/clip-impl.h` for GGUF.
package struct CLIPTensors: TensorTable {
  /// The tensors of one layer, in the order of computation.
  package struct Layer: Sendable, Equatable {
    /// `[embed]`, before the attention.
    package let attentionNorm: NormSpec
    /// Queries, keys and values, in this order: each `[embed, embed]`, with bias.
    package let queryKeyValue: [LinearSpec]
    /// `[embed, embed]`, after the heads are joined.
    package let attentionOutput: LinearSpec
    /// `[embed]`, before the feed-forward network.
    package let ffnNorm: NormSpec
    /// `[ffn, embed]`.
    package let up: LinearSpec
    /// `[embed, ffn]`.
    package let down: LinearSpec

    /// All of them, in the order of computation.
    package var all: [TensorSpec] {
      attentionNorm.tensors + queryKeyValue.flatMap(\.tensors) + attentionOutput.tensors
        + ffnNorm.tensors + up.tensors + down.tensors
    }
  }

  package let config: CLIPConfig

  package init(config: CLIPConfig) { self.config = config }

  package var architectureName: String { "clip" }

  // MARK: The image tower

  /// `[embed, 3, patch, patch]`, without bias.
  package var patches: LinearSpec {
    LinearSpec(
      TensorNames(
        gguf: "v.patch_embd", huggingFace: "vision_model.embeddings.patch_embedding",
        openAI: "visual.conv1"),
      outputs: config.vision.embed, inputs: CLIPConfig.channels,
      filter: [config.patchSize, config.patchSize], role: .convolution, hasBias: false)
  }

  /// `[embed]`.
  package var classEmbedding: TensorSpec {
    TensorSpec(
      TensorNames(
        gguf: "v.class_embd", huggingFace: "vision_model.embeddings.class_embedding",
        openAI: "visual.class_embedding"),
      shape: [config.vision.embed], role: .classEmbedding)
  }

  /// `[1 + patches, embed]`.
  package var imagePositions: TensorSpec {
    TensorSpec(
      TensorNames(
        gguf: "v.position_embd.weight",
        huggingFace: "vision_model.embeddings.position_embedding.weight",
        openAI: "visual.positional_embedding"),
      shape: [config.imageTokenCount, config.vision.embed], role: .positionEmbedding)
  }

  /// `[embed]`, before the first layer.
  ///
  /// "layrnorm" is transformers' spelling.
  package var preNorm: NormSpec {
    norm("v.pre_ln", "vision_model.pre_layrnorm", "visual.ln_pre", config.vision)
  }

  /// `[embed]`, of the class token after the last layer.
  package var imageNorm: NormSpec {
    norm("v.post_ln", "vision_model.post_layernorm", "visual.ln_post", config.vision)
  }

  /// `[projection, embed]`.
  package var imageProjection: LinearSpec {
    projection("visual_projection.weight", openAI: "visual.proj", config.vision)
  }

  // MARK: The text tower

  /// `[vocab, embed]`.
  package var tokens: TensorSpec {
    TensorSpec(
      TensorNames(
        gguf: "t.token_embd", huggingFace: "text_model.embeddings.token_embedding",
        openAI: "token_embedding"
      ).appending(".weight"),
      shape: [config.vocab, config.text.embed], role: .tokenEmbedding)
  }

  /// `[context, embed]`.
  package var textPositions: TensorSpec {
    TensorSpec(
      TensorNames(
        gguf: "t.position_embd.weight",
        huggingFace: "text_model.embeddings.position_embedding.weight",
        openAI: "positional_embedding"),
      shape: [config.context, config.text.embed], role: .positionEmbedding)
  }

  /// `[embed]`, of the last token after the last layer.
  package var textNorm: NormSpec {
    norm("t.post_ln", "text_model.final_layer_norm", "ln_final", config.text)
  }

  /// `[projection, embed]`.
  package var textProjection: LinearSpec {
    projection("text_projection.weight", openAI: "text_projection", config.text)
  }

  /// A number: the logarithm of the factor of cosines, about 4.6 after training.
  ///
  /// GGUF files have it in their metadata.
  package var logitScale: TensorSpec {
    TensorSpec(
      TensorNames(huggingFace: "logit_scale", openAI: "logit_scale"), shape: [],
      role: .logitScale, isOptional: true)
  }

  private func norm(
    _ gguf: String, _ huggingFace: String, _ openAI: String, _ tower: CLIPConfig.Tower
  ) -> NormSpec {
    NormSpec(
      TensorNames(gguf: gguf, huggingFace: huggingFace, openAI: openAI), width: tower.embed,
      hasBias: true)
  }

  /// OpenAI multiplies by `[embed, projection]` from the right.
  private func projection(
    _ name: String, openAI: String, _ tower: CLIPConfig.Tower
  ) -> LinearSpec {
    LinearSpec(
      weight: TensorSpec(
        TensorNames(gguf: name, huggingFace: name, openAI: openAI),
        shape: [config.projection, tower.embed], role: .projection,
        storages: [.openAI: .transposed]),
      bias: nil)
  }

  package var all: [TensorSpec] {
    patches.tensors + [classEmbedding, imagePositions] + preNorm.tensors
      + (0..<config.vision.layers).flatMap { layer($0, of: .vision).all }
      + imageNorm.tensors + imageProjection.tensors + [tokens, textPositions]
      + (0..<config.text.layers).flatMap { layer($0, of: .text).all }
      + textNorm.tensors + textProjection.tensors + [logitScale]
  }

  /// Checkpoints of training on several machines put `module.` before every name.
  package static func prefixes(in scheme: NamingScheme) -> [String] {
    scheme == .openAI ? ["", "module."] : [""]
  }

  /// Sizes that OpenAI's archives repeat as tensors, positions 0, 1, 2 and so on, and the causal
  /// mask.
  package static func isIgnored(_ name: String, in scheme: NamingScheme) -> Bool {
    switch scheme {
    case .huggingFace: name.hasSuffix("embeddings.position_ids")
    case .openAI:
      ["input_resolution", "context_length", "vocab_size", "attn_mask"].contains(name)
    case .gguf, .ggml, .cTranslate2: false
    }
  }
}
