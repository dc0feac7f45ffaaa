/// Repairs text as `ftfy.fix_text` does: wrong encodings, HTML references, ligatures, widths, curly
/// quotes, line breaks, control characters; then NFC.
///
/// CLIP's tokenizer passes every text through it. Each line is repaired by itself, again and again
/// until nothing changes.
///
/// - Source: ftfy 6.3.1, `fix_text` with its default configuration. Lone surrogates, which it
///   replaces, cannot occur in a Swift string.
enum TextRepair {
  /// The repaired text.
  static func repaired(_ text: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var unescapes = true
    var start = 0
    while start < text.count {
      let end = (text[start...].firstIndex(of: lineFeed) ?? text.count - 1) + 1
      let line = Array(text[start..<end])
      // Text with markup is HTML, whose references mean something; so are the lines after it.
      if line.contains(lessThan) { unescapes = false }
      result += repairedLine(line, unescapes: unescapes)
      start = end
    }
    return result
  }

  private static let lineFeed: UInt32 = 0x0A
  private static let lessThan: UInt32 = 0x3C

  private static func repairedLine(_ line: [UInt32], unescapes: Bool) -> [UInt32] {
    var text = line
    while true {
      var next = unescapes ? HTMLReferences.unescapedStrictly(text) : text
      if next.allSatisfy(isPlain) { return next }
      next = MojibakeRepair.repaired(next)
      next = MojibakeRepair.replacingControls(next)
      next = replacing(next, by: ligatures)
      next = replacing(next, by: widths)
      next = next.map(straightQuote)
      next = unifyingLineBreaks(next)
      next = removingTerminalEscapes(next)
      next.removeAll(where: isRemovedControl)
      next = composed(next)
      if next == text { return text }
      text = next
    }
  }

  /// Characters that no repair changes, unless they begin a reference.
  private static func isPlain(_ scalar: UInt32) -> Bool {
    scalar == lineFeed || scalar == 0x09 || (0x20...0x7E).contains(scalar) && scalar != 0x26
  }

  // MARK: Single characters

  private static let ligatures = UnicodeRanges.mappings(MojibakeTables.ligatures)
  private static let widths = UnicodeRanges.mappings(MojibakeTables.widths)

  private static func replacing(_ text: [UInt32], by table: [UInt32: [UInt32]]) -> [UInt32] {
    guard text.contains(where: { table[$0] != nil }) else { return text }
    return text.flatMap { table[$0] ?? [$0] }
  }

  private static func straightQuote(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0x2BC, 0x2018...0x201B: 0x27
    case 0x201C...0x201F: 0x22
    default: scalar
    }
  }

  /// Controls without effect on what is displayed.
  private static func isRemovedControl(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: true
    default: false
    }
  }

  // MARK: Sequences

  private static func unifyingLineBreaks(_ text: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    for (index, scalar) in text.enumerated() {
      switch scalar {
      case 0x0D where index + 1 < text.count && text[index + 1] == lineFeed: continue
      case 0x0D, 0x85, 0x2028, 0x2029: result.append(lineFeed)
      default: result.append(scalar)
      }
    }
    return result
  }

  /// Without the escape sequences of colours: ESC [ numbers, semicolons, a letter.
  private static func removingTerminalEscapes(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(0x1B) else { return text }
    return text.replacingMatches { index in
      guard text[index] == 0x1B, index + 1 < text.count, text[index + 1] == 0x5B else { return nil }
      var end = index + 2
      while end < text.count, (0x30...0x39).contains(text[end]) || text[end] == 0x3B { end += 1 }
      guard end < text.count, (0x41...0x5A).contains(text[end] & ~0x20) else { return nil }
      return ([], end + 1)
    }
  }

  /// The text in normalisation form C.
  static func composed(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(where: { $0 >= 0x300 }) else { return text }
    var bytes: [UInt8] = []
    for value in text { bytes.append(scalar: value) }
    let normalized = CanonicalComposition.shared.normalized(bytes)
    return String(decoding: normalized, as: UTF8.self).unicodeScalars.map(\.value)
  }
}
