package import Checkpoints

/// A convention for the names of a model's tensors.
///
/// One model is published under several: the weights are the same, the names differ, and sometimes
/// so does the order of rows or the fusing of matrices, which is then a value of the model's
/// configuration.
package enum NamingScheme: String, Sendable, CaseIterable {
  /// llama.cpp's names in GGUF files: `blk.0.attn_q.weight`.
  case gguf
  /// transformers' names, in safetensors and `pytorch_model.bin`:
  /// `encoder.layer.0.attention.self.query.weight`.
  case huggingFace
  /// OpenAI's own names in the `.pt` files of CLIP and Whisper:
  /// `encoder.blocks.0.attn.query.weight`.
  case openAI
  /// whisper.cpp's `.bin` files, with OpenAI's names except for a few.
  case ggml
  /// CTranslate2's names: `encoder/layer_0/self_attention/linear_0/weight`.
  case cTranslate2

  /// The schemes that files of a format use, the usual one first.
  package static func candidates(in format: Checkpoint.Format) -> [NamingScheme] {
    switch format {
    case .gguf: [.gguf]
    // PyTorch's files may have any names; those of transformers are the most frequent.
    case .safetensors, .torch: [.huggingFace, .openAI]
    case .whisperGGML: [.ggml]
    case .cTranslate2: [.cTranslate2]
    }
  }
}

/// The names of one tensor, or the part that the tensors of one layer share, in each scheme.
///
/// A scheme can have alternatives, the usual name first: checkpoints that were converted from
/// TensorFlow call the weight of a LayerNorm `gamma`.
package struct TensorNames: Sendable, Equatable {
  private var alternatives: [NamingScheme: [String]]

  /// - Parameters: the name in each scheme, nil in those that do not have the tensor.
  package init(
    gguf: String? = nil, huggingFace: String? = nil, openAI: String? = nil, ggml: String? = nil,
    cTranslate2: String? = nil
  ) {
    alternatives = [:]
    let names: [(NamingScheme, String?)] = [
      (.gguf, gguf), (.huggingFace, huggingFace), (.openAI, openAI), (.ggml, ggml),
      (.cTranslate2, cTranslate2),
    ]
    for (scheme, name) in names { alternatives[scheme] = name.map { [$0] } }
  }

  /// The names in a scheme, the usual one first; empty where the scheme does not have the tensor.
  package subscript(scheme: NamingScheme) -> [String] { alternatives[scheme] ?? [] }

  /// The names with `suffix` appended in every scheme.
  ///
  /// - Parameters:
  ///   - suffix: such as `.weight`.
  ///   - otherSuffix: makes one more alternative of each Hugging Face name.
  ///   - cTranslate2Suffix: takes the place of `suffix` in CTranslate2's names.
  /// - Returns: the longer names.
  package func appending(
    _ suffix: String, huggingFaceOr otherSuffix: String? = nil,
    cTranslate2 cTranslate2Suffix: String? = nil
  ) -> TensorNames {
    var names = self
    names.alternatives = alternatives.mapValues { $0.map { $0 + suffix } }
    if let cTranslate2Suffix, let stems = alternatives[.cTranslate2] {
      names.alternatives[.cTranslate2] = stems.map { $0 + cTranslate2Suffix }
    }
    if let otherSuffix, let stems = alternatives[.huggingFace] {
      names.alternatives[.huggingFace]? += stems.map { $0 + otherSuffix }
    }
    return names
  }
}
