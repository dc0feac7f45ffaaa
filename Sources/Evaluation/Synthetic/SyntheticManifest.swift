internal import Models

/// The tensors of a synthetic model, in the order of the published file.
///
/// The order is that of the converted checkpoints, so it differs between models.
/// - Source: llama.cpp's loader listings of the published files, as users' issues quote them
///   (Mistral: mozilla-ai/llamafile #122; CodeLlama: ggml-org/llama.cpp #2829). Those of Llama-2,
///   Phi-3, Qwen and Gemma are alphabetical in Hugging Face's names, as their safetensors files are.
struct SyntheticManifest {
  let architecture: SyntheticArchitecture
  let config: LlamaConfig

  var tensors: [TensorSpec] {
    let table = LlamaTensors(config: config)
    return [table.tokens] + (0..<config.layers).flatMap { ordered(table.layer($0).all) }
      + table.finalNorm.tensors + (architecture.isTied ? [] : [table.output])
  }

  /// A layer's tensors in file order.
  private func ordered(_ layer: [TensorSpec]) -> [TensorSpec] {
    guard let order else {
      return layer.sorted { $0.name(.huggingFace) < $1.name(.huggingFace) }
    }
    let norms = layer.filter { $0.role == .norm }
    return order.flatMap { role in layer.filter { $0.role == role } } + norms
  }

  /// The roles of a layer's matrices in file order, before its norms; nil for the order of Hugging
  /// Face's names.
  private var order: [TensorRole]? {
    let attention: [TensorRole] = [
      .attentionQuery, .attentionKey, .attentionValue, .attentionOutput,
    ]
    return switch architecture {
    case .mistral: attention + [.ffnGate, .ffnUp, .ffnDown]
    case .codellama: attention + [.ffnGate, .ffnDown, .ffnUp]
    case .llama2, .phi3, .qwen25Small, .qwen25, .qwen3, .gemma3Small, .gemma3: nil
    }
  }
}
