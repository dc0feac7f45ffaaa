internal import Checkpoints

extension CLIPTokenizer {
  /// The end of a word in spellings.
  static let wordEnd = Array("</w>".utf8)
  /// Spellings of the special tokens.
  static let specialNames = ["<|startoftext|>", "<|endoftext|>"]

  /// Creates a tokenizer from its vocabulary and merges.
  ///
  /// - Parameters:
  ///   - spellings: the spelling of each id.
  ///   - mergeLines: two spellings and a space each, best first.
  ///   - cleaning: what is done to a text first.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError.missing` for a byte or a special token without id, `.invalid` for a
  ///   merge of tokens that the vocabulary does not have or for too many entries.
  init(
    spellings: StringArray, mergeLines: StringArray, cleaning: CLIPTextCleaning, source: String
  ) throws(TokenizerError) {
    guard spellings.count <= VocabularyLimits.tokenCount,
      spellings.byteCount <= VocabularyLimits.totalByteCount,
      mergeLines.count <= VocabularyLimits.mergeCount
    else {
      throw .invalid(
        entry: "vocabulary",
        reason: "\(spellings.count) tokens and \(mergeLines.count) merges are "
          + "more than the limits", source: source)
    }
    var ids = ByteTrie(expectedNodeCount: spellings.byteCount)
    for id in spellings.indices { ids.insert(spellings.bytes(at: id), value: Int32(id)) }
    func id(_ spelling: [UInt8]) throws(TokenizerError) -> Int32 {
      if let id = ids.value(of: spelling) { return id }
      throw .missing(
        entry: "token \(String(decoding: spelling, as: UTF8.self))", expected: "in the vocabulary",
        source: source)
    }
    var byteTokens: [Int32] = []
    var lastByteTokens: [Int32] = []
    for byte in UInt8.min...UInt8.max {
      let spelling = ByteCharacters.encode([byte])
      byteTokens.append(try id(spelling))
      lastByteTokens.append(try id(spelling + Self.wordEnd))
    }
    startOfText = try id(Array(Self.specialNames[0].utf8))
    endOfText = try id(Array(Self.specialNames[1].utf8))
    merges = try Self.mergeTable(mergeLines, ids, source: source)
    self.byteTokens = byteTokens
    self.lastByteTokens = lastByteTokens
    self.spellings = spellings
    self.mergeLines = mergeLines
    self.cleaning = cleaning
    specialSpellings = [
      (Array(Self.specialNames[0].utf8), startOfText),
      (Array(Self.specialNames[1].utf8), endOfText),
    ]
  }

  private static func mergeTable(
    _ lines: StringArray, _ ids: ByteTrie, source: String
  ) throws(TokenizerError) -> MergeTable {
    var merges = MergeTable(expectedCount: lines.count)
    for index in lines.indices {
      let line = lines.bytes(at: index)
      guard let space = line.firstIndex(of: UInt8(ascii: " ")) else {
        throw .invalid(
          entry: "merge \(index)", reason: "is not two tokens with a space between them",
          source: source)
      }
      let (first, second) = (line[..<space], line[(space + 1)...])
      guard let left = ids.value(of: first), let right = ids.value(of: second),
        let both = ids.value(of: first + second)
      else {
        throw .invalid(
          entry: "merge \(index)", reason: "names a token that is not in the vocabulary",
          source: source)
      }
      merges.insert(left: left, right: right, Merge(rank: UInt32(index), symbol: both))
    }
    return merges
  }

  /// Creates OpenAI's tokenizer from its list of merges, from which the vocabulary follows.
  ///
  /// - Parameters:
  ///   - text: one merge a line after a first line with the version: `merges.txt` of Hugging Face, or
  ///     OpenAI's `bpe_simple_vocab_16e6.txt`, of which the first 48,894 are used.
  ///   - cleaning: what is done to a text first.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError.invalid` for a line that is not a merge.
  package init(
    mergesText text: [UInt8], cleaning: CLIPTextCleaning = .openAI, source: String
  ) throws(TokenizerError) {
    let lines = Self.mergeLines(text)
    var spellings = StringArray(count: 512 + lines.count + 2)
    let bytes = Self.bytesInOrder.map { ByteCharacters.encode([$0]) }
    for spelling in bytes { spellings.append(spelling) }
    for spelling in bytes { spellings.append(spelling + Self.wordEnd) }
    for index in lines.indices {
      spellings.append(lines.bytes(at: index).filter { $0 != UInt8(ascii: " ") })
    }
    for name in Self.specialNames { spellings.append(Array(name.utf8)) }
    try self.init(spellings: spellings, mergeLines: lines, cleaning: cleaning, source: source)
  }

  /// Merges of the published models: 49,152 tokens before the special ones, less the 512 of bytes,
  /// less two.
  static let publishedMergeCount = 49_152 - 256 - 2

  /// The merges of a text, without its first line and without more than the published models use.
  static func mergeLines(_ text: [UInt8]) -> StringArray {
    var lines = text.split(separator: UInt8(ascii: "\n"))
    if let first = lines.first, String(decoding: first, as: UTF8.self).contains("#version") {
      lines.removeFirst()
    }
    var merges = StringArray(count: lines.count)
    for line in lines.prefix(publishedMergeCount) {
      merges.append(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
    return merges
  }

  /// Bytes in the order of their ids: those that are printable, then the others.
  static let bytesInOrder: [UInt8] = {
    let printable = (UInt8.min...UInt8.max).filter { ByteCharacters.scalars[Int($0)] == $0 }
    return printable + (UInt8.min...UInt8.max).filter { ByteCharacters.scalars[Int($0)] != $0 }
  }()
}
