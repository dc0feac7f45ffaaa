internal import Bytes
package import Checkpoints

extension CLIPConfig {
  /// Whether a checkpoint is a CLIP: by its architecture, or by the tensor that only CLIP has.
  package static func recognizes(_ checkpoint: Checkpoint) -> Bool {
    if case .gguf = checkpoint.format {
      return (try? checkpoint.metadata.string(architectureKey)) == "clip"
    }
    return CLIPTensors.prefixes(in: .openAI).contains {
      checkpoint.tensor(named: $0 + "logit_scale") != nil
    }
  }

  /// The configuration of an opened checkpoint of any layout.
  ///
  /// - Throws: `ModelError` naming the file, and the entry or tensor that is missing or does not fit.
  package init(checkpoint: Checkpoint) throws(ModelError) {
    let tensors = OpenAITensors(checkpoint)
    if case .gguf = checkpoint.format {
      try self.init(ggufMetadata: checkpoint.metadata, source: checkpoint.path)
    } else if tensors.isPresent {
      try self.init(openAI: tensors)
    } else {
      try self.init(directory: Paths.folder(of: checkpoint.path))
    }
  }

  /// Reads the configuration from the shapes of tensors with OpenAI's names, as OpenAI's own loader
  /// does.
  ///
  /// The shapes do not say which activation function the model has. OpenAI's archives, which are
  /// known by their sizes among the tensors, have QuickGELU; other files need
  /// `open_clip_config.json` beside them.
  ///
  /// - Source: openai/CLIP `model.py`, `build_model`; open_clip 3.3.0 `model.py`.
  private init(openAI tensors: OpenAITensors) throws(ModelError) {
    let checkpoint = tensors.checkpoint
    let patches = try tensors.shape("visual.conv1.weight", rank: 4)
    let imagePositions = try tensors.shape("visual.positional_embedding", rank: 2)
    let tokens = try tensors.shape("token_embedding.weight", rank: 2)
    let grid = Int(Double(max(0, imagePositions[0] - 1)).squareRoot().rounded())
    let (imageSize, overflow) = grid.multipliedReportingOverflow(by: patches[3])
    self.init(
      vision: try tensors.tower("visual.transformer", embed: patches[0]),
      text: try tensors.tower("transformer", embed: tokens[1]),
      imageSize: overflow ? 0 : imageSize, patchSize: patches[3], vocab: tokens[0],
      context: try tensors.shape("positional_embedding", rank: 2)[0],
      projection: try tensors.shape("text_projection", rank: 2)[1])
    let path = Paths.folder(of: checkpoint.path) + "/open_clip_config.json"
    if let json = try JSONFile.ifPresent(path: path) {
      try readOpenCLIP(json)
    } else if !tensors.isOpenAIArchive {
      throw .missing(
        entry: "open_clip_config.json beside the file",
        expected: "there, with quick_gelu: the tensors do not say which activation function the "
          + "model has", source: checkpoint.path)
    }
    try validate(source: checkpoint.path)
  }

  /// Reads the activation function and the number of heads, which the shapes do not give.
  private mutating func readOpenCLIP(_ json: JSONFile) throws(ModelError) {
    guard let model = json.value["model_cfg"], model.members != nil else {
      throw .missing(entry: "model_cfg", expected: "an object", source: json.path)
    }
    activation = model["quick_gelu"]?.boolValue ?? false ? .quickGELU : .gelu
    if let width = model["vision_cfg"]?["head_width"]?.integerValue, width > 0 {
      vision.heads = vision.embed / width
    }
    if let heads = model["text_cfg"]?["heads"]?.integerValue { text.heads = heads }
    let preprocessing = json.value["preprocess_cfg"]
    for (key, expected) in [("mean", Self.mean), ("std", Self.standardDeviation)] {
      try Self.checkPixels(
        preprocessing?[key], entry: "preprocess_cfg.\(key)", expected: expected, source: json.path)
    }
  }
}

/// The shapes of tensors with OpenAI's names.
private struct OpenAITensors {
  let checkpoint: Checkpoint
  private let prefix: String

  init(_ checkpoint: Checkpoint) {
    self.checkpoint = checkpoint
    let prefixes = CLIPTensors.prefixes(in: .openAI)
    prefix =
      prefixes.first { checkpoint.tensor(named: $0 + "visual.conv1.weight") != nil } ?? ""
  }

  var isPresent: Bool { has("visual.conv1.weight") }

  /// Whether the file repeats its sizes as tensors, which only OpenAI's archives do.
  var isOpenAIArchive: Bool { has("input_resolution") && has("context_length") }

  private func has(_ name: String) -> Bool { checkpoint.tensor(named: prefix + name) != nil }

  func shape(_ name: String, rank: Int) throws(ModelError) -> [Int] {
    try checkpoint.shape(prefix + name, rank: rank)
  }

  func tower(_ name: String, embed: Int) throws(ModelError) -> CLIPConfig.Tower {
    CLIPConfig.Tower(
      layers: checkpoint.layerCount { "\(prefix)\(name).resblocks.\($0).ln_1.weight" },
      embed: embed, heads: max(1, embed / CLIPConfig.publishedHeadDim),
      ffn: try shape("\(name).resblocks.0.mlp.c_fc.weight", rank: 2)[0])
  }
}
