// The numbers that make one CLIP differ from another.

internal import KernelInterface
internal import Kernels

/// Sizes and switches of a CLIP with a vision transformer and a text transformer.
package struct CLIPConfig: Sendable, Equatable {
  /// The transformer of one tower.
  package struct Tower: Sendable, Equatable {
    /// Layers; HF `num_hidden_layers`, GGUF `block_count`.
    package var layers: Int
    /// Width of a hidden state; HF `hidden_size`, GGUF `embedding_length`.
    package var embed: Int
    /// Attention heads; HF `num_attention_heads`, GGUF `attention.head_count`.
    package var heads: Int
    /// Width inside the feed-forward; HF `intermediate_size`, GGUF `feed_forward_length`.
    package var ffn: Int

    package init(layers: Int, embed: Int, heads: Int, ffn: Int) {
      self.layers = layers
      self.embed = embed
      self.heads = heads
      self.ffn = ffn
    }

    /// The heads of a row of queries, keys and values.
    var attention: AttentionShape { AttentionShape(heads: heads, headDim: embed / heads) }
  }

  /// The activation function inside the feed-forward networks; raw values are Hugging Face's.
  package enum Activation: String, Sendable, Equatable {
    /// OpenAI's models, and open_clip's with `-quickgelu` in their name.
    case quickGELU = "quick_gelu"
    /// Most other models of open_clip.
    case gelu
  }

  /// The reference implementation whose preparation of pixels is reproduced; raw values are stored in
  /// GGUF files.
  package enum Preprocessing: String, Sendable, Equatable, CaseIterable {
    /// OpenAI's and open_clip's, by torchvision.
    case openAI = "openai"
    /// Hugging Face's image processor.
    case huggingFace = "huggingface"
  }

  /// The image tower.
  package var vision: Tower
  /// The text tower.
  package var text: Tower
  /// Rows and columns of an image, in pixels; HF `image_size`, GGUF `clip.vision.image_size`.
  package var imageSize: Int
  /// Rows and columns of a patch, in pixels; HF `patch_size`, GGUF `clip.vision.patch_size`.
  package var patchSize: Int
  /// Token ids; HF `vocab_size`, GGUF the length of `tokenizer.ggml.tokens`.
  package var vocab: Int
  /// Learned positions of the text tower; HF `max_position_embeddings`, GGUF
  /// `clip.text.context_length`.
  package var context: Int
  /// Width of the common space; HF `projection_dim`, GGUF `clip.vision.projection_dim`.
  package var projection: Int
  /// HF `hidden_act`, GGUF `clip.use_gelu`.
  package var activation: Activation
  /// Added to variances; HF `layer_norm_eps`, GGUF
  /// `clip.vision.attention.layer_norm_epsilon`.
  package var layerNormEpsilon: Float
  /// GGUF `swiftrag.clip.preprocessing`; Hugging Face's for its folders, else OpenAI's.
  package var preprocessing: Preprocessing

  package init(
    vision: Tower, text: Tower, imageSize: Int, patchSize: Int, vocab: Int, context: Int,
    projection: Int, activation: Activation = .quickGELU, layerNormEpsilon: Float = 1e-5,
    preprocessing: Preprocessing = .openAI
  ) {
    self.vision = vision
    self.text = text
    self.imageSize = imageSize
    self.patchSize = patchSize
    self.vocab = vocab
    self.context = context
    self.projection = projection
    self.activation = activation
    self.layerNormEpsilon = layerNormEpsilon
    self.preprocessing = preprocessing
  }

  /// The widths of published models' heads: `embed / 64` heads in both towers.
  package static let publishedHeadDim = 64
  /// Channels of an image: red, green and blue.
  package static let channels = 3

  /// Patches in a row and in a column.
  package var gridSize: Int { imageSize / patchSize }
  /// Rows of the image tower for one image: the class token and the patches.
  package var imageTokenCount: Int { gridSize * gridSize + 1 }
  /// Numbers of one prepared image.
  package var pixelCount: Int { Self.channels * imageSize * imageSize }

  /// The kernels' activation function.
  var activationFunction: ActivationFunction {
    switch activation {
    case .quickGELU: .quickGELU
    case .gelu: .gelu
    }
  }
}
