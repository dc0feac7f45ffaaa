internal import Bytes

/// The files of a repository of the hub, and the choice of those that make a model.
struct HubListing {
  /// A file of the repository.
  struct Entry: Equatable {
    let path: String
    let byteCount: Int?
    /// The SHA-256 of a file in large-file storage.
    let sha256: SHA256Digest?
  }

  let entries: [Entry]

  /// Parses the answer of `/api/models/OWNER/NAME/tree/REVISION?recursive=true`.
  ///
  /// - Source: the hub's API: an array of objects with `type`, `path`, `size`, and for large files
  ///   `lfs` with `oid` (SHA-256) and `size`.
  /// - Returns: nil for another text; unsafe paths are left out.
  init?(_ bytes: [UInt8]) {
    guard let list = (try? JSONValue.parse(bytes))?.arrayValue else { return nil }
    entries = list.compactMap { item in
      guard item["type"]?.stringValue == "file", let path = item["path"]?.stringValue,
        PlainPath.isSafe(path)
      else { return nil }
      let large = item["lfs"]
      return Entry(
        path: path,
        byteCount: (large?["size"] ?? item["size"])?.integerValue,
        sha256: large?["oid"]?.stringValue.flatMap { SHA256Digest(hex: $0) })
    }
  }

  /// Small files that a model may need: its configuration, tokenizer and preprocessing.
  private static let companions: Set<String> = [
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
    "tokenizer.model", "sentencepiece.bpe.model", "special_tokens_map.json", "added_tokens.json",
    "vocab.txt", "vocab.json", "vocabulary.txt", "vocabulary.json", "merges.txt",
    "normalizer.json", "sentence_bert_config.json", "modules.json",
    "config_sentence_transformers.json", "preprocessor_config.json", "1_Pooling/config.json",
  ]

  /// The choice of files.
  enum Choice: Equatable {
    /// A folder of weights with their companions, or one file.
    case files([Entry], isFolder: Bool)
    /// Several models, or none.
    case ambiguous([String])
  }

  /// The files of the only model: the first of safetensors, `pytorch_model.bin` and CTranslate2's
  /// `model.bin`, in one file or in shards; or the only GGUF or PyTorch file.
  var choice: Choice {
    let root = entries.filter { !$0.path.contains("/") }
    for name in ["model.safetensors", "pytorch_model.bin", "model.bin"] {
      let index = name + ".index.json"
      let stem = name.prefix { $0 != "." } + "-"
      let weights =
        root.first { $0.path == name }.map { [$0] }
        ?? (root.contains { $0.path == index }
          ? root.filter { $0.path == index || $0.path.hasPrefix(stem) } : [])
      guard !weights.isEmpty, root.contains(where: { $0.path == "config.json" }) else { continue }
      return .files(
        weights + entries.filter { Self.companions.contains($0.path) }, isFolder: true)
    }
    let single = entries.filter { entry in
      [".gguf", ".pt"].contains { entry.path.hasSuffix($0) }
        || entry.path.hasPrefix("ggml-") && entry.path.hasSuffix(".bin")
    }
    if single.count == 1 { return .files(single, isFolder: false) }
    return .ambiguous(single.map(\.path))
  }
}
