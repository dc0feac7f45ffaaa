// Every tensor of a synthetic model, in the order of the published file.

/// One tensor of a synthetic model.
struct SyntheticTensor: Equatable {
  /// What the tensor is for: decides its type in a recipe and the size of its numbers.
  enum Role: Equatable {
    case tokenEmbedding
    /// A gain of a normalisation; always F32.
    case norm
    /// Projections that read the residual stream: queries, keys, gate, up.
    case input
    case attentionValue
    /// Queries, keys and values in one matrix.
    case attentionFused
    /// Back into the residual stream.
    case attentionOutput
    case ffnDown
    case output
  }

  let name: String
  let role: Role
  /// Outermost first: `[outputs, inputs]`, or `[width]`.
  let shape: [Int]
  /// Nil for the tensors outside the layers.
  let layer: Int?
}

/// The tensors of an architecture in file order.
///
/// The order is that of the checkpoints that were converted, so it differs between the models.
/// - Source: llama.cpp's loader listings of the published files, as users' issues quote them
///   (Mistral: mozilla-ai/llamafile #122; CodeLlama: ggml-org/llama.cpp #2829). Those of Llama-2
///   and Phi-3 are alphabetical in Hugging Face's names, as their safetensors files are.
struct SyntheticManifest {
  let architecture: SyntheticArchitecture
  let shape: SyntheticShape

  var tensors: [SyntheticTensor] {
    [tensor("token_embd", .tokenEmbedding, [shape.vocab, shape.embed])]
      + (0..<shape.layers).flatMap(layer)
      + [
        tensor("output_norm", .norm, [shape.embed]),
        tensor("output", .output, [shape.vocab, shape.embed]),
      ]
  }

  private func layer(_ index: Int) -> [SyntheticTensor] {
    order.map { name in
      let (role, dimensions) = describe(name)
      return tensor("blk.\(index).\(name)", role, dimensions, layer: index)
    }
  }

  private var order: [String] {
    switch architecture {
    case .mistral:
      [
        "attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down", "attn_norm",
        "ffn_norm",
      ]
    case .codellama:
      [
        "attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_down", "ffn_up", "attn_norm",
        "ffn_norm",
      ]
    case .llama2:
      [
        "attn_norm", "ffn_down", "ffn_gate", "ffn_up", "ffn_norm", "attn_k", "attn_output",
        "attn_q", "attn_v",
      ]
    case .phi3: ["attn_norm", "ffn_down", "ffn_up", "ffn_norm", "attn_output", "attn_qkv"]
    }
  }

  private func describe(_ name: String) -> (SyntheticTensor.Role, [Int]) {
    let (embed, ffn) = (shape.embed, shape.ffn)
    return switch name {
    case "attn_q": (.input, [embed, embed])
    case "attn_k": (.input, [shape.keyValueWidth, embed])
    case "attn_v": (.attentionValue, [shape.keyValueWidth, embed])
    case "attn_qkv": (.attentionFused, [embed + 2 * shape.keyValueWidth, embed])
    case "attn_output": (.attentionOutput, [embed, embed])
    case "ffn_gate": (.input, [ffn, embed])
    // Phi-3's matrix holds the gate's rows, then those of up.
    case "ffn_up": (.input, [architecture == .phi3 ? 2 * ffn : ffn, embed])
    case "ffn_down": (.ffnDown, [embed, ffn])
    default: (.norm, [embed])
    }
  }

  private func tensor(
    _ name: String, _ role: SyntheticTensor.Role, _ shape: [Int], layer: Int? = nil
  ) -> SyntheticTensor {
    SyntheticTensor(name: name + ".weight", role: role, shape: shape, layer: layer)
  }
}
