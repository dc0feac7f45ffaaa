internal import Bytes
internal import Checkpoints
internal import Foundation

extension UnigramTokenizer {
  /// Creates a tokenizer from a parsed `tokenizer.json`.
  ///
  /// Reads "model" (pieces, scores, unknown token), the normalisers and pre-tokenizers that
  /// `UnigramNormalization` knows, the special tokens, and the tokens that "post_processor" puts
  /// around a text.
  ///
  /// - Parameters:
  ///   - json: the file.
  ///   - source: its name, for errors.
  /// - Throws: `TokenizerError`; `.unsupported` for other models, normalisers or pre-tokenizers.
  init(tokenizerJSON json: JSONValue, source: String) throws(TokenizerError) {
    let file = UnigramJSON(json: json, source: source)
    try TokenizerFile.require(json["model"]?["type"], "model.type", "Unigram", source: source)
    if json["model"]?["byte_fallback"]?.boolValue == true {
      throw .unsupported(
        entry: "model.byte_fallback", found: "true", supported: "false", source: source)
    }
    let (pieces, scores) = try file.vocabulary()
    guard let unknown = json["model"]?["unk_id"]?.integerValue, pieces.indices.contains(unknown)
    else {
      throw .missing(entry: "model.unk_id", expected: "an id of the vocabulary", source: source)
    }
    let special = try file.specialTokens(unknown: Int32(unknown))
    var kinds = [UnigramModel.Kind](repeating: .normal, count: pieces.count)
    for id in special.marked where kinds.indices.contains(Int(id)) { kinds[Int(id)] = .control }
    kinds[unknown] = .unknown
    var normalization = try file.normalization()
    let addsPrefix = try file.readPreTokenizers(into: &normalization)
    try self.init(
      model: UnigramModel(pieces: pieces, scores: scores, kinds: kinds, unknown: Int32(unknown)),
      normalization: normalization, addsSpacePrefix: addsPrefix, specialTokens: special.tokens,
      source: source)
  }
}

/// The parts of a `tokenizer.json` with a unigram model.
private struct UnigramJSON {
  let json: JSONValue
  let source: String

  /// The pieces in the order of their ids, with their scores.
  func vocabulary() throws(TokenizerError) -> (StringArray, [Double]) {
    let entry = "model.vocab"
    guard let elements = json["model"]?["vocab"]?.arrayValue, !elements.isEmpty else {
      throw .missing(entry: entry, expected: "an array of pieces and scores", source: source)
    }
    guard elements.count <= VocabularyLimits.tokenCount else {
      throw .invalid(
        entry: entry,
        reason: "\(elements.count) pieces, the limit is \(VocabularyLimits.tokenCount)",
        source: source)
    }
    var pieces = StringArray(count: elements.count)
    var scores: [Double] = []
    scores.reserveCapacity(elements.count)
    for (id, element) in elements.enumerated() {
      guard case .array(let pair) = element, pair.count == 2, let piece = pair[0].stringValue,
        let score = pair[1].numberValue, score.isFinite,
        piece.utf8.count <= VocabularyLimits.tokenByteCount
      else {
        throw .invalid(
          entry: "\(entry)[\(id)]", reason: "is not a piece and its score", source: source)
      }
      pieces.append(Array(piece.utf8))
      scores.append(score)
    }
    guard pieces.byteCount <= VocabularyLimits.totalByteCount else {
      throw .invalid(
        entry: entry,
        reason: "\(pieces.byteCount) bytes in all pieces, the limit is "
          + "\(VocabularyLimits.totalByteCount)", source: source)
    }
    return (pieces, scores)
  }

  /// The special tokens, and all ids that text must not become.
  func specialTokens(
    unknown: Int32
  ) throws(TokenizerError) -> (tokens: UnigramTokenizer.SpecialTokens, marked: [Int32]) {
    var ids: [String: Int32] = [:]
    for token in json["added_tokens"]?.arrayValue ?? [] {
      guard let content = token["content"]?.stringValue,
        let id = token["id"]?.integerValue.flatMap(Int32.init(exactly:))
      else {
        throw .invalid(
          entry: "added_tokens", reason: "a token has no content or id", source: source)
      }
      guard token["special"]?.boolValue == true else {
        throw .unsupported(
          entry: "added token \(content)", found: "an ordinary token", supported: "special tokens",
          source: source)
      }
      ids[content] = id
    }
    func id(_ spelling: String) throws(TokenizerError) -> Int32 {
      guard let id = ids[spelling] else {
        throw .missing(entry: spelling, expected: "a special token", source: source)
      }
      return id
    }
    let (before, after) = try frame()
    let beginning = if let before { before } else { try id("<s>") }
    let end = if let after { after } else { try id("</s>") }
    return (
      UnigramTokenizer.SpecialTokens(
        beginning: beginning, end: end, unknown: unknown, padding: ids["<pad>"],
        mask: ids["<mask>"]), Array(ids.values)
    )
  }

  /// The ids that "post_processor" puts before and after a text; nil where it does not say.
  private func frame() throws(TokenizerError) -> (before: Int32?, after: Int32?) {
    guard let processor = json["post_processor"], processor != .null else { return (nil, nil) }
    let type = processor["type"]?.stringValue ?? "absent"
    func id(_ value: JSONValue?) -> Int32? { value?.integerValue.flatMap(Int32.init(exactly:)) }
    switch type {
    case "TemplateProcessing":
      let parts = processor["single"]?.arrayValue ?? []
      let spellings = parts.map { $0["SpecialToken"]?["id"]?.stringValue }
      guard parts.count == 3, spellings[1] == nil, let first = spellings[0], let last = spellings[2]
      else {
        throw .unsupported(
          entry: "post_processor.single", found: "\(parts.count) parts",
          supported: "one token before the text and one after it", source: source)
      }
      func ids(_ spelling: String) -> Int32? {
        id(processor["special_tokens"]?[spelling]?["ids"]?.arrayValue?.first)
      }
      return (ids(first), ids(last))
    case "RobertaProcessing", "BertProcessing":
      return (id(processor["cls"]?.arrayValue?.last), id(processor["sep"]?.arrayValue?.last))
    default:
      throw .unsupported(
        entry: "post_processor.type", found: type,
        supported: "TemplateProcessing, RobertaProcessing, BertProcessing", source: source)
    }
  }

  // MARK: Normalisation

  /// The normalisers, in the order in which `UnigramNormalization` applies them.
  func normalization() throws(TokenizerError) -> UnigramNormalization {
    var result = UnigramNormalization()
    var last = 0
    for step in flattened(json["normalizer"], "normalizers") {
      let type = step["type"]?.stringValue ?? "absent"
      guard let order = Self.order[type], order >= last else {
        throw .unsupported(
          entry: "normalizer", found: type,
          supported: "Nmt, NFKC, Precompiled, Strip and Replace, in this order", source: source)
      }
      last = order
      switch type {
      case "Nmt": result.appliesNMT = true
      case "NFKC": result.appliesNFKC = true
      case "Precompiled": result.charsmap = try charsmap(step)
      case "Strip":
        result.stripsStart = step["strip_left"]?.boolValue ?? true
        result.stripsEnd = step["strip_right"]?.boolValue ?? true
      default:
        try requireSpaces(step)
        result.collapsesSpaces = true
      }
    }
    return result
  }

  private static let order = ["Nmt": 0, "NFKC": 1, "Precompiled": 2, "Strip": 3, "Replace": 4]

  private func charsmap(_ step: JSONValue) throws(TokenizerError) -> PrecompiledCharsmap? {
    let entry = "precompiled_charsmap"
    guard let text = step[entry]?.stringValue else { return nil }
    guard let data = Data(base64Encoded: text) else {
      throw .invalid(entry: entry, reason: "is not base64", source: source)
    }
    return try PrecompiledCharsmap(Array(data), entry: entry, source: source)
  }

  /// Throws unless a `Replace` makes one space, or one space mark, of two or more spaces.
  private func requireSpaces(_ step: JSONValue) throws(TokenizerError) {
    let pattern = step["pattern"]?["Regex"]?.stringValue ?? "absent"
    let content = step["content"]?.stringValue ?? "absent"
    guard pattern == " {2,}", content == " " || content == "\u{2581}" else {
      throw .unsupported(
        entry: "normalizer Replace", found: "\(pattern) by \(content)",
        supported: "' {2,}' by a space or U+2581", source: source)
    }
  }

  /// Reads the pre-tokenizers, `Metaspace` alone or after `WhitespaceSplit`.
  ///
  /// - Returns: whether U+2581 precedes a text.
  func readPreTokenizers(
    into normalization: inout UnigramNormalization
  ) throws(TokenizerError) -> Bool {
    let steps = flattened(json["pre_tokenizer"], "pretokenizers")
    let types = steps.map { $0["type"]?.stringValue ?? "absent" }
    guard types == ["Metaspace"] || types == ["WhitespaceSplit", "Metaspace"],
      let metaspace = steps.last
    else {
      throw .unsupported(
        entry: "pre_tokenizer", found: types.joined(separator: ", "),
        supported: "Metaspace, or WhitespaceSplit and Metaspace", source: source)
    }
    normalization.splitsWhiteSpace = types.count == 2
    guard metaspace["replacement"]?.stringValue ?? "\u{2581}" == "\u{2581}",
      metaspace["split"]?.boolValue ?? true
    else {
      throw .unsupported(
        entry: "pre_tokenizer Metaspace", found: "another mark, or no split",
        supported: "U+2581, split", source: source)
    }
    // Files of tokenizers before 0.15 have the second entry only.
    let scheme = metaspace["prepend_scheme"]?.stringValue
    switch scheme {
    case "always": return true
    case "never": return false
    case nil: return metaspace["add_prefix_space"]?.boolValue ?? true
    case let other?:
      throw .unsupported(
        entry: "pre_tokenizer.prepend_scheme", found: other, supported: "always, never",
        source: source)
    }
  }

  /// The steps of a `Sequence`, or the one step.
  private func flattened(_ value: JSONValue?, _ key: String) -> [JSONValue] {
    guard let value, value != .null else { return [] }
    guard value["type"]?.stringValue == "Sequence" else { return [value] }
    return (value[key]?.arrayValue ?? []).flatMap { flattened($0, key) }
  }
}
