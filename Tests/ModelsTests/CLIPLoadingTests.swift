import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Folders and files that do not fit: an error that names the place, never a trap.
@Suite struct CLIPLoadingTests {
  private let compute = ComputeContext(path: .reference, threadCount: 1)

  /// A copy of a fixture's folder with one JSON file changed.
  private func folder(
    _ name: String, changing file: String, _ change: (inout [String: Any]) -> Void
  ) throws -> String {
    let copy = try Assets.temporaryDirectory().appending(path: "model")
    try FileManager.default.copyItem(at: CLIPGoldens.folder.appending(path: name), to: copy)
    let url = copy.appending(path: file)
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    change(&object)
    try JSONSerialization.data(withJSONObject: object).write(to: url)
    return copy.path()
  }

  private func changed(
    _ object: inout [String: Any], _ part: String, _ key: String, _ value: Any
  ) {
    var inner = object[part] as? [String: Any] ?? [:]
    inner[key] = value
    object[part] = inner
  }

  @Test(arguments: [
    ("vision_config", "hidden_size", 64), ("vision_config", "num_hidden_layers", 3),
    ("text_config", "intermediate_size", 16), ("text_config", "vocab_size", 529),
    ("text_config", "max_position_embeddings", 13), ("vision_config", "image_size", 32),
  ])
  func sizesThatContradictTheTensors(_ part: String, _ key: String, _ value: Int) throws {
    let path = try folder("tiny", changing: "config.json") {
      changed(&$0, part, key, value)
      if key == "vocab_size" { changed(&$0, part, "eos_token_id", 2) }
    }
    #expect {
      try CLIPModel(path: path, compute: compute)
    } throws: { error in
      switch error as? ModelError {
      case .shape, .missing: true
      default: false
      }
    }
  }

  @Test(arguments: [
    ("vision_config", "num_attention_heads", 5), ("vision_config", "patch_size", 7),
    ("text_config", "num_hidden_layers", 0), ("vision_config", "image_size", 1 << 20),
    ("text_config", "hidden_size", 1 << 40), ("text_config", "max_position_embeddings", 1),
  ])
  func sizesThatCannotBe(_ part: String, _ key: String, _ value: Int) throws {
    let path = try folder("tiny", changing: "config.json") { changed(&$0, part, key, value) }
    #expect {
      try CLIPModel(path: path, compute: compute)
    } throws: { error in
      if case .invalid = error as? ModelError { true } else { false }
    }
  }

  @Test(arguments: [
    ("text_config", "hidden_act", "relu"), ("vision_config", "hidden_act", "gelu"),
  ])
  func activationFunctionsThatAreNotSupported(
    _ part: String, _ key: String, _ value: String
  ) throws {
    let path = try folder("tiny", changing: "config.json") { changed(&$0, part, key, value) }
    #expect {
      try CLIPModel(path: path, compute: compute)
    } throws: {
      "\($0)".contains("hidden_act")
    }
  }

  /// The end of a text must be the largest id; 2 is the mistake of early files.
  @Test func anotherEndOfTextIsRefused() throws {
    let path = try folder("tiny", changing: "config.json") {
      changed(&$0, "text_config", "eos_token_id", 7)
    }
    #expect { try CLIPModel(path: path, compute: compute) } throws: {
      "\($0)".contains("eos_token_id")
    }
    let early = try folder("tiny", changing: "config.json") {
      changed(&$0, "text_config", "eos_token_id", 2)
    }
    #expect(throws: Never.self) { try CLIPModel(path: early, compute: compute) }
  }

  /// Without its configuration, open_clip's file does not say which activation function it has.
  @Test func openCLIPWithoutItsConfigurationIsRefused() throws {
    let path = try folder("tiny-open-clip", changing: "open_clip_config.json") { _ in }
    try FileManager.default.removeItem(atPath: path + "/open_clip_config.json")
    #expect {
      try CLIPModel(path: path + "/open_clip_model.safetensors", compute: compute)
    } throws: {
      "\($0)".contains("activation function")
    }
  }

  @Test func openCLIPWithGELU() throws {
    let path = try folder("tiny-open-clip", changing: "open_clip_config.json") {
      changed(&$0, "model_cfg", "quick_gelu", false)
    }
    let model = try CLIPModel(path: path + "/open_clip_model.safetensors", compute: compute)
    #expect(model.config.activation == .gelu)
  }

  @Test func otherMeansAreRefused() throws {
    let path = try folder("tiny-open-clip", changing: "open_clip_config.json") {
      changed(&$0, "preprocess_cfg", "mean", [0.5, 0.5, 0.5])
    }
    #expect {
      try CLIPModel(path: path + "/open_clip_model.safetensors", compute: compute)
    } throws: {
      "\($0)".contains("preprocess_cfg.mean")
    }
  }

  /// A tensor less, and a tensor more.
  @Test(arguments: CLIPGoldens.layouts) func tensorsMustFitTheTable(_ layout: String) throws {
    let source = try Checkpoint.open(path: CLIPGoldens.path(layout))
    let config = try CLIPConfig(checkpoint: source)
    func file(without name: String?, extra: String?) throws -> Checkpoint {
      var writer = SafetensorsWriter()
      for tensor in source.tensors where tensor.name != name {
        try writer.addTensor(
          name: tensor.name, type: tensor.type, shape: tensor.shape,
          source: source.source(of: tensor))
      }
      if let extra {
        try writer.addTensor(name: extra, type: .f32, shape: [1], source: .bytes([0, 0, 0, 0]))
      }
      let path = try Assets.temporaryDirectory().appending(path: "m.safetensors").path()
      try writer.write(to: path)
      return try Checkpoint.open(path: path)
    }
    // The first tensor is the one by which the layout is known.
    for tensor in source.tensors where !["logit_scale"].contains(tensor.name) {
      #expect(throws: ModelError.self, "\(tensor.name)") {
        try CLIPModel(
          config: config, checkpoint: try file(without: tensor.name, extra: nil),
          compute: compute)
      }
    }
    #expect {
      try CLIPModel(
        config: config, checkpoint: try file(without: nil, extra: "visual.more"),
        compute: compute)
    } throws: {
      "\($0)".contains("visual.more")
    }
    #expect(throws: ModelError.self) {
      try CLIPModel(
        config: config, checkpoint: try file(without: "logit_scale", extra: nil),
        compute: compute)
    }
  }

  @Test func inputsThatCannotBe() throws {
    let encoder = CLIPEncoder(try CLIPModel(path: CLIPGoldens.path("tiny"), compute: compute))
    #expect(throws: ModelError.emptySequence(index: 1)) {
      try encoder.embed(tokenIDs: [[1], []])
    }
    #expect(throws: ModelError.tooManyTokens(sequence: 0, count: 13, limit: 12)) {
      try encoder.embed(tokenIDs: [[Int32](repeating: 1, count: 13)])
    }
    #expect(throws: ModelError.self) { try encoder.embed(tokenIDs: [[528]]) }
    #expect(throws: ModelError.self) { try encoder.embed(images: [[0, 1]]) }
    #expect(try encoder.embed(images: []).isEmpty)
  }
}
