internal import Bytes
internal import Checkpoints

extension CLIPTokenizer {
  /// Creates a tokenizer from a Hugging Face folder: `tokenizer.json`, or `vocab.json` and
  /// `merges.txt`.
  ///
  /// `tokenizer.json` says how it cleans text, which is Hugging Face's way; the other two files leave
  /// it open, and OpenAI's way is taken.
  ///
  /// - Parameter directory: the folder's path.
  /// - Returns: the tokenizer; nil where the folder has none of these files.
  /// - Throws: `TokenizerError` naming the file and the entry.
  package static func load(directory: String) throws(TokenizerError) -> CLIPTokenizer? {
    let path = directory + "/tokenizer.json"
    if let bytes = try TokenizerFile.contents(path, isRequired: false) {
      return try CLIPTokenizer(tokenizerJSON: bytes, source: path)
    }
    let (vocabularyPath, mergesPath) = (directory + "/vocab.json", directory + "/merges.txt")
    guard let vocabulary = try TokenizerFile.contents(vocabularyPath, isRequired: false),
      let merges = try TokenizerFile.contents(mergesPath, isRequired: false)
    else {
      return nil
    }
    return try CLIPTokenizer(
      spellings: spellings(
        TokenizerFile.parse(vocabulary, source: vocabularyPath), source: vocabularyPath),
      mergeLines: mergeLines(merges), cleaning: .openAI, source: vocabularyPath)
  }

  /// Creates a tokenizer from the content of a `tokenizer.json`.
  ///
  /// - Throws: `TokenizerError`; `.unsupported` for another model, suffix or normaliser.
  package init(tokenizerJSON bytes: [UInt8], source: String) throws(TokenizerError) {
    let json = try TokenizerFile.parse(bytes, source: source)
    try TokenizerFile.require(json["model"]?["type"], "model.type", "BPE", source: source)
    try TokenizerFile.require(
      json["model"]?["end_of_word_suffix"], "model.end_of_word_suffix", "</w>", source: source)
    let normalizers = json["normalizer"]?["normalizers"]?.arrayValue ?? []
    let names = normalizers.map { $0["type"]?.stringValue ?? "?" }
    guard names == ["NFC", "Replace", "Lowercase"] else {
      throw .unsupported(
        entry: "normalizer", found: "\(names)", supported: "NFC, Replace, Lowercase",
        source: source)
    }
    var spellings = try Self.members(json["model"]?["vocab"], "model.vocab", source: source)
    for token in json["added_tokens"]?.arrayValue ?? [] {
      guard let id = token["id"]?.integerValue, let name = token["content"]?.stringValue else {
        throw .missing(entry: "added_tokens", expected: "an id and a content", source: source)
      }
      spellings[id] = Array(name.utf8)
    }
    var merges = StringArray()
    for merge in json["model"]?["merges"]?.arrayValue ?? [] {
      // "a b" until tokenizers 0.20, then ["a", "b"].
      let line =
        merge.stringValue ?? merge.arrayValue?.compactMap(\.stringValue).joined(separator: " ")
      merges.append(Array((line ?? "").utf8))
    }
    try self.init(
      spellings: Self.inOrder(spellings, source: source), mergeLines: merges,
      cleaning: .huggingFace, source: source)
  }

  private static func spellings(
    _ json: JSONValue, source: String
  ) throws(TokenizerError) -> StringArray {
    try inOrder(members(json, "vocabulary", source: source), source: source)
  }

  /// An object of spellings and ids.
  private static func members(
    _ json: JSONValue?, _ entry: String, source: String
  ) throws(TokenizerError) -> [Int: [UInt8]] {
    guard let members = json?.members else {
      throw .missing(entry: entry, expected: "an object", source: source)
    }
    var spellings: [Int: [UInt8]] = [:]
    for member in members {
      guard let id = member.value.integerValue else {
        throw .invalid(
          entry: "\(entry).\(member.key)", reason: "is not an integer", source: source)
      }
      spellings[id] = Array(member.key.utf8)
    }
    return spellings
  }

  /// The spellings by id; every id from 0 must occur.
  private static func inOrder(
    _ spellings: [Int: [UInt8]], source: String
  ) throws(TokenizerError) -> StringArray {
    var ordered = StringArray(count: spellings.count)
    for id in 0..<spellings.count {
      guard let spelling = spellings[id] else {
        throw .invalid(
          entry: "vocabulary", reason: "no token has id \(id) of 0 to \(spellings.count - 1)",
          source: source)
      }
      ordered.append(spelling)
    }
    return ordered
  }
}
