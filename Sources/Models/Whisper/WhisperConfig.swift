// The numbers that make one Whisper differ from another.

internal import Kernels

/// Sizes of a Whisper: an encoder of sound and a decoder of text.
///
/// Nothing else differs between the published models from tiny to large-v3 and turbo.
package struct WhisperConfig: Sendable, Equatable {
  /// The transformer of the encoder or of the decoder.
  package struct Tower: Sendable, Equatable {
    /// Layers; OpenAI `n_audio_layer` and `n_text_layer`, HF `encoder_layers` and `decoder_layers`.
    package var layers: Int
    /// Width of a hidden state; OpenAI `n_audio_state` and `n_text_state`, HF `d_model`.
    package var embed: Int
    /// Attention heads; OpenAI `n_audio_head` and `n_text_head`, HF `encoder_attention_heads` and
    /// `decoder_attention_heads`.
    package var heads: Int
    /// Positions; OpenAI `n_audio_ctx` and `n_text_ctx`, HF `max_source_positions` and
    /// `max_target_positions`.
    package var context: Int

    package init(layers: Int, embed: Int, heads: Int, context: Int) {
      self.layers = layers
      self.embed = embed
      self.heads = heads
      self.context = context
    }

    /// Width inside the feed-forward network: four times the hidden state in every Whisper.
    package var ffn: Int { 4 * embed }

    /// The heads of a row of queries, keys and values.
    var attention: AttentionShape { AttentionShape(heads: heads, headDim: embed / heads) }
  }

  /// The transformer that hears: 1,500 positions of 20 ms in published models.
  package var encoder: Tower
  /// The transformer that writes: 448 positions in published models.
  package var decoder: Tower
  /// Mel bands of a frame: 80, in large-v3 and turbo 128; OpenAI `n_mels`, HF `num_mel_bins`.
  package var melCount: Int
  /// Token ids; OpenAI `n_vocab`, HF `vocab_size`.
  package var vocab: Int

  package init(encoder: Tower, decoder: Tower, melCount: Int, vocab: Int) {
    self.encoder = encoder
    self.decoder = decoder
    self.melCount = melCount
    self.vocab = vocab
  }

  /// Frames of a window: the second convolution halves them.
  package var frameCount: Int { 2 * encoder.context }

  /// Added to variances; PyTorch's default, which every Whisper has.
  static let layerNormEpsilon: Float = 1e-5

  /// Token ids of the smallest multilingual model; the English models have one fewer.
  ///
  /// - Source: openai-whisper `model.py`, `is_multilingual`.
  package static let multilingualVocab = 51_865

  /// Whether the model knows other languages than English.
  package var isMultilingual: Bool { vocab >= Self.multilingualVocab }

  /// Languages that have a token: 99, in large-v3 and turbo 100.
  ///
  /// - Source: openai-whisper `model.py`, `num_languages`: what the vocabulary has above 51,765
  ///   other ids.
  package var languageCount: Int { vocab - 51_765 - (isMultilingual ? 1 : 0) }
}
