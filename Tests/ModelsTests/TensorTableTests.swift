import Bytes
import Checkpoints
import Testing

@testable import Models

/// The tables of tensors: names in both schemes, and what a finder makes of a file.
@Suite struct TensorTableTests {
  private let bert = BERTConfig(
    layers: 1, embed: 4, heads: 2, ffn: 6, vocab: 5, context: 3, tokenTypes: 2,
    layerNormEpsilon: 1e-12)

  /// A safetensors file with every tensor of the table, under other names where `rename` says so.
  private func checkpoint(
    adding added: [String] = [], rename: (String) -> String = { $0 }
  ) throws -> Checkpoint {
    var writer = SafetensorsWriter()
    for spec in BERTTensors(config: bert).all {
      let count = spec.shape.reduce(4, *)
      try writer.addTensor(
        name: rename(spec.name(.huggingFace)), type: .f32, shape: spec.shape,
        source: .bytes([UInt8](repeating: 0, count: count)))
    }
    for name in added {
      try writer.addTensor(name: name, type: .f32, shape: [1], source: .bytes([0, 0, 0, 0]))
    }
    return try Checkpoint.open(
      file: MappedFile(bytes: writer.encoded(), name: "model.safetensors"))
  }

  private func failure(_ checkpoint: Checkpoint) -> String? {
    do throws(ModelError) {
      _ = try TensorFinder(checkpoint, BERTTensors(config: bert))
      return nil
    } catch {
      return error.description
    }
  }

  /// Names are unique in each scheme, and those of a layer carry its number.
  @Test func namesAreUnique() {
    let llama = LlamaTensors(
      config: LlamaConfig(
        architecture: .llama, layers: 3, embed: 8, heads: 2, ffn: 4, vocab: 5, context: 6,
        epsilon: 1e-5))
    for specs in [llama.all, BERTTensors(config: bert).all] {
      for scheme in [NamingScheme.gguf, .huggingFace] {
        let names = specs.flatMap { $0.names[scheme] }
        #expect(Set(names).count == names.count)
        for spec in specs {
          guard let layer = spec.layer, let name = spec.names[scheme].first else { continue }
          #expect(name.split(separator: ".").contains("\(layer)"), "\(name)")
        }
      }
    }
  }

  @Test func alternativesAndPrefixesAreFound() throws {
    #expect(failure(try checkpoint()) == nil)
    #expect(failure(try checkpoint { "bert." + $0 }) == nil)
    let tensorFlow = try checkpoint { name in
      guard name.contains("LayerNorm") else { return name }
      return name.replacing(".weight", with: ".gamma").replacing(".bias", with: ".beta")
    }
    #expect(failure(tensorFlow) == nil)
  }

  @Test func whatTheForwardPassIgnoresIsRefusedUnlessKnown() throws {
    #expect(
      failure(
        try checkpoint(adding: ["embeddings.position_ids", "pooler.dense.bias", "cls.x"])) == nil)
    #expect(
      failure(try checkpoint(adding: ["encoder.layer.0.attention.self.distance"]))
        == "model.safetensors: tensor encoder.layer.0.attention.self.distance is in the file; "
        + "supported: the 21 tensors of this bert model")
    let misnamed = failure(
      try checkpoint { $0.replacing("intermediate.dense.bias", with: "intermediate.bias") })
    #expect(
      misnamed
        == "model.safetensors: tensor encoder.layer.0.intermediate.dense.bias is missing")
  }

  @Test func everyRoleHasAKind() {
    #expect(TensorRole.allCases.filter { $0.kind == .table } == [.positionEmbedding])
    #expect(
      TensorRole.allCases.filter { $0.kind == .vector }
        == [.norm, .bias, .ropeFactors, .classEmbedding, .logitScale])
  }
}
