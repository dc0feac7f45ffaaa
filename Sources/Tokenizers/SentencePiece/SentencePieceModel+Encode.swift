extension SentencePieceModel {
  /// Appends the ids of a text.
  ///
  /// Spaces become U+2581, the text is cut into characters, neighbours merge, and characters that
  /// are not pieces are spelled in byte tokens.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8 without special tokens.
  ///   - addsSpacePrefix: whether a space is put before the text.
  ///   - merger: working memory.
  ///   - ids: receives the ids.
  func encode(
    _ text: [UInt8], addsSpacePrefix: Bool, merger: inout PairMerger, into ids: inout [Int32]
  ) {
    let escaped = Self.escape(text, addsSpacePrefix: addsSpacePrefix)
    var run = WordRun(model: self)
    var index = 0
    while index < escaped.count {
      if !userDefined.isEmpty, let (id, end) = userDefined.match(in: escaped, at: index) {
        run.flush(&merger, &ids)
        run.append(token: id, to: &ids)
        index = end
        continue
      }
      let byte = escaped[index]
      if byte < 0x80 {
        let symbol = asciiSymbols[Int(byte)]
        run.append(symbol, escaped[index..<index + 1], &merger, &ids)
        index += 1
        continue
      }
      let end = min(index + scalarByteCount(byte), escaped.count)
      let character = escaped[index..<end]
      let symbol = character.elementsEqual(Self.spaceMark) ? spaceSymbol : self.symbol(character)
      run.append(symbol, character, &merger, &ids)
      index = end
    }
    run.flush(&merger, &ids)
  }

  private func symbol(_ character: ArraySlice<UInt8>) -> Int32 { trie.value(of: character) ?? -1 }

  /// Replaces spaces by U+2581.
  static func escape(_ text: [UInt8], addsSpacePrefix: Bool) -> [UInt8] {
    var escaped: [UInt8] = []
    escaped.reserveCapacity(text.count + text.count / 2 + 3)
    if addsSpacePrefix { escaped += spaceMark }
    for byte in text {
      if byte == 0x20 { escaped += spaceMark } else { escaped.append(byte) }
    }
    return escaped
  }
}

/// The symbols since the last position that no piece crosses.
private struct WordRun {
  let model: SentencePieceModel
  private var symbols: [Int32] = []
  /// Whether the last id is `unknown`: adjacent unknown characters share one id.
  private var endsUnknown = false

  init(model: SentencePieceModel) {
    self.model = model
  }

  /// Appends a character; `symbol` is -1 when no piece contains it.
  mutating func append(
    _ symbol: Int32, _ character: ArraySlice<UInt8>, _ merger: inout PairMerger,
    _ ids: inout [Int32]
  ) {
    if symbol < 0 {
      flush(&merger, &ids)
      return spell(character, &ids)
    }
    if symbol == model.spaceSymbol, let last = symbols.last,
      !model.symbolsBeforeSpace.contains(last)
    {
      flush(&merger, &ids)
    }
    symbols.append(symbol)
  }

  mutating func append(token id: Int32, to ids: inout [Int32]) {
    ids.append(id)
    endsUnknown = false
  }

  /// Merges the symbols and appends their ids.
  mutating func flush(_ merger: inout PairMerger, _ ids: inout [Int32]) {
    if symbols.isEmpty { return }
    merger.merge(&symbols, with: model.merges)
    for symbol in symbols {
      if Int(symbol) < model.pieceCount {
        append(token: symbol, to: &ids)
      } else {
        spell(model.loneCharacters[Int(symbol) - model.pieceCount][...], &ids)
      }
    }
    symbols.removeAll(keepingCapacity: true)
  }

  /// Appends a character that is not a piece: byte tokens, or one unknown token per run.
  private mutating func spell(_ character: ArraySlice<UInt8>, _ ids: inout [Int32]) {
    if character.allSatisfy({ model.byteTokens[Int($0)] >= 0 }) {
      for byte in character { append(token: model.byteTokens[Int(byte)], to: &ids) }
    } else if let unknown = model.unknown {
      if !endsUnknown { ids.append(unknown) }
      endsUnknown = true
    }
  }
}
