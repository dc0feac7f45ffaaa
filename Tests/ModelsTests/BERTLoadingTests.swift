import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Directories and files that do not fit: an error that names the place, never a trap.
@Suite struct BERTLoadingTests {
  private let compute = ComputeContext(path: .reference, threadCount: 1)

  /// A copy of the tiny model with one JSON file changed.
  private func directory(
    changing file: String, _ change: (inout [String: Any]) -> Void
  ) throws -> String {
    let copy = try Assets.temporaryDirectory().appending(path: "model")
    try FileManager.default.copyItem(at: Assets.fixtures.appending(path: "tiny"), to: copy)
    let url = copy.appending(path: file)
    let data = try Data(contentsOf: url)
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    change(&object)
    try JSONSerialization.data(withJSONObject: object).write(to: url)
    return copy.path()
  }

  @Test(arguments: [
    ("hidden_size", 64), ("num_hidden_layers", 3), ("intermediate_size", 32), ("vocab_size", 92),
    ("max_position_embeddings", 25), ("type_vocab_size", 1),
  ])
  func sizesThatContradictTheTensorsAreRefused(_ key: String, _ value: Int) throws {
    let directory = try directory(changing: "config.json") { $0[key] = value }
    #expect {
      try BERTModel(directory: directory, compute: compute)
    } throws: { error in
      switch error as? ModelError {
      case .shape, .missing: true
      default: false
      }
    }
  }

  @Test(arguments: [
    ("num_attention_heads", 5), ("num_attention_heads", 0), ("num_hidden_layers", -1),
    ("hidden_size", 1 << 40), ("max_position_embeddings", 0),
  ])
  func sizesThatCannotBeAreRefused(_ key: String, _ value: Int) throws {
    let directory = try directory(changing: "config.json") { $0[key] = value }
    #expect {
      try BERTModel(directory: directory, compute: compute)
    } throws: { error in
      if case .invalid = error as? ModelError { true } else { false }
    }
  }

  /// The weights of torch.save in both forms give the bits of model.safetensors.
  @Test(arguments: ["bert.bin", "bert-legacy.bin"])
  func pytorchModelGivesTheSameEmbedding(_ name: String) throws {
    func embedding(_ directory: String) throws -> [UInt32] {
      let model = try BERTModel(directory: directory, compute: compute)
      return try TextEmbedder(model).embed(tokenIDs: [[1, 5, 9, 2]]).map(\.bitPattern)
    }
    let folder = try directory(changing: "config.json") { _ in }
    let expected = try embedding(folder)
    try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
    try FileManager.default.copyItem(
      at: Assets.fixtures.deletingLastPathComponent().appending(path: "torch/\(name)"),
      to: URL(filePath: folder + "/pytorch_model.bin"))
    #expect(try embedding(folder) == expected)
    #expect(
      try BERTModel(directory: folder, compute: compute).weightPaths
        == [folder + "/pytorch_model.bin"])
  }

  /// A folder whose weights are in two shards with an index gives the bits of the single file.
  @Test func shardsGiveTheSameEmbedding() throws {
    let whole = Assets.fixtures.appending(path: "tiny").path()
    let folder = try directory(changing: "config.json") { _ in }
    let single = folder + "/model.safetensors"
    let checkpoint = try Checkpoint.open(path: single)
    var weightMap: [String: String] = [:]
    for (number, name) in ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
      .enumerated()
    {
      var writer = SafetensorsWriter()
      for (index, tensor) in checkpoint.tensors.enumerated() where index % 2 == number {
        try writer.addTensor(
          name: tensor.name, type: tensor.type, shape: tensor.shape,
          source: checkpoint.source(of: tensor))
        weightMap[tensor.name] = name
      }
      try writer.write(to: folder + "/" + name)
    }
    try FileManager.default.removeItem(atPath: single)
    try JSONSerialization.data(withJSONObject: ["metadata": [:], "weight_map": weightMap])
      .write(to: URL(filePath: single + ".index.json"))

    func embedding(_ directory: String) throws -> [UInt32] {
      let model = try BERTModel(directory: directory, compute: compute)
      return try TextEmbedder(model).embed(tokenIDs: [[1, 5, 9, 2]]).map(\.bitPattern)
    }
    #expect(try embedding(folder) == embedding(whole))
    #expect(try BERTModel(directory: folder, compute: compute).weightPaths.count == 2)
    try FileManager.default.removeItem(atPath: folder + "/model-00002-of-00002.safetensors")
    #expect(throws: ModelError.self) { try BERTModel(directory: folder, compute: compute) }
  }

  @Test func otherModelsAreRefused() throws {
    let roberta = try directory(changing: "config.json") { $0["model_type"] = "roberta" }
    #expect(
      throws: ModelError.unsupported(
        entry: "model_type", found: "roberta", supported: "bert", source: roberta + "/config.json")
    ) { try BERTModel(directory: roberta, compute: compute) }
    let tanh = try directory(changing: "config.json") { $0["hidden_act"] = "gelu_new" }
    #expect(throws: ModelError.self) { try BERTModel(directory: tanh, compute: compute) }
    let incomplete = try directory(changing: "config.json") { $0["layer_norm_eps"] = nil }
    #expect(throws: ModelError.self) { try BERTModel(directory: incomplete, compute: compute) }
    let weighted = try directory(changing: "1_Pooling/config.json") {
      $0 = ["pooling_mode_weightedmean_tokens": true]
    }
    #expect(throws: ModelError.self) { try BERTModel(directory: weighted, compute: compute) }
  }

  @Test func classificationPoolingTakesTheFirstToken() throws {
    let changed = try directory(changing: "1_Pooling/config.json") {
      $0 = ["pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false]
    }
    let model = try BERTModel(directory: changed, compute: compute)
    #expect(model.config.pooling == .classification)
    let recorder = Recorder()
    _ = try TextEmbedder(model).embed(tokenIDs: [[2, 5, 3], [2, 7, 8, 3]], tap: recorder.tap)
    let last = try #require(
      recorder.activations.last { $0.name == BERTActivation.layerOutput.rawValue })
    let pooled = try #require(
      recorder.activations.last { $0.name == BERTActivation.pooled.rawValue })
    #expect(pooled.values == Array(last.values[0..<32] + last.values[96..<128]))
  }

  @Test func missingFilesAreNamed() {
    #expect {
      try BERTModel(directory: "/nowhere", compute: compute)
    } throws: { "\($0)".contains("/nowhere/config.json") }
  }

  @Test func ggufWithoutAKeyIsRefused() throws {
    var writer = try GGUFWriter()
    try writer.setMetadata("general.architecture", .string("bert"))
    let path = try Assets.temporaryDirectory().appending(path: "a.gguf").path()
    try writer.write(to: path)
    #expect {
      try BERTModel(gguf: Checkpoint.open(path: path), compute: compute)
    } throws: { "\($0)".contains("bert.block_count") }
  }
}
