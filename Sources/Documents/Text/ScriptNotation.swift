/// A superscript or subscript that is being collected.
struct OpenScript {
  enum Kind { case superscript, subscript_ }

  let kind: Kind
  /// Whether the file says that it is the mark of a note.
  var isNote: Bool
  var text = ""
}

extension ProseBuilder {
  /// Begins a superscript or subscript; what is appended up to `endScript` belongs to it.
  mutating func beginScript(_ kind: OpenScript.Kind, isNote: Bool = false) {
    endScript()
    script = OpenScript(kind: kind, isNote: isNote)
  }

  /// Writes the open superscript or subscript so that it does not join the figure before it.
  mutating func endScript() {
    guard let open = script else { return }
    script = nil
    let words = TextAssembler.singleLine(open.text)
    guard !words.isEmpty else { return append(open.text) }
    append(ScriptNotation.text(words, open.kind, isNote: open.isNote, after: baseWord))
  }

  /// The letters and digits right before the next character, as far as they matter here.
  private var baseWord: [Unicode.Scalar] {
    guard let last = lastScalar, last != " " else { return [] }
    // The last 32 bytes hold at least eight characters.
    return ScriptNotation.base(of: String(decoding: bytes.suffix(32), as: UTF8.self).unicodeScalars)
  }
}

/// Plain text for superscripts and subscripts: `10^6`, `m²`, `H₂O`, `1st`, and `¹` for the mark of a
/// note.
///
/// An exponent after a figure takes a caret, because `106` would be another figure; after a short
/// word, a unit or a symbol, Unicode's characters read best. The mark of a note is in superscript
/// digits, with a space before it after a letter or a digit, so that it joins neither.
enum ScriptNotation {
  /// Appends words to a text; a superscript or subscript so that it does not join the figure before
  /// it.
  static func append(_ words: String, _ kind: OpenScript.Kind?, to text: inout String) {
    guard let kind else { return text += words }
    let inner = words.trimmedOfSpace
    guard !inner.isEmpty else { return text += words }
    // Nine characters are more than the rules look at.
    text += self.text(inner, kind, after: base(of: text.unicodeScalars.suffix(9)))
    if words.last?.isWhitespace == true { text += " " }
  }

  /// The plain text for a superscript or subscript.
  ///
  /// - Parameters:
  ///   - words: its text.
  ///   - kind: whether it is raised or lowered.
  ///   - isNote: whether the file says that it is the mark of a note.
  ///   - base: the word before it, or the one mark before it.
  /// - Returns: what is appended to the text before it.
  static func text(
    _ words: String, _ kind: OpenScript.Kind, isNote: Bool = false, after base: [Unicode.Scalar]
  ) -> String {
    if kind == .subscript_ { return subscript_(words) }
    return isNote || self.isNote(words, after: base)
      ? note(words, after: base.last) : superscript(words, after: base)
  }

  /// The letters and digits at the end of a text, or the one mark there.
  static func base(of tail: some BidirectionalCollection<Unicode.Scalar>) -> [Unicode.Scalar] {
    let word = tail.reversed().prefix { $0.properties.isAlphabetic || isDigit($0) }
    return word.isEmpty ? tail.suffix(1).filter { $0 != " " } : word.reversed()
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

  /// Whether a superscript without a statement of its own is the mark of a note.
  ///
  /// - Parameters:
  ///   - words: its text.
  ///   - base: the word before it, or the one mark before it.
  /// - Returns: true for a number in brackets, after punctuation or after a long word.
  static func isNote(_ words: String, after base: [Unicode.Scalar]) -> Bool {
    let inner = unbracketed(words)
    guard !inner.isEmpty, inner.unicodeScalars.allSatisfy(isDigit) else {
      return "*†‡§".unicodeScalars.contains { inner.unicodeScalars.first == $0 }
    }
    if inner != words { return true }
    guard let last = base.last else { return true }
    // Units and symbols have up to three letters; a mark after punctuation has no base at all.
    if last.properties.isAlphabetic { return base.count > 3 && !base.contains(where: isDigit) }
    return !isDigit(last) && last != ")" && last != "]"
  }

  /// The mark of a note: `¹`, or ` ¹` after a letter or digit.
  static func note(_ words: String, after last: Unicode.Scalar?) -> String {
    let inner = unbracketed(words)
    let mark = mapped(inner, superscripts) ?? (inner.isEmpty ? words : inner)
    guard let last, last.properties.isAlphabetic || isDigit(last) else { return mark }
    return " " + mark
  }

  private static func superscript(_ words: String, after base: [Unicode.Scalar]) -> String {
    guard let last = base.last else { return mapped(words, superscripts) ?? words }
    let scalars = words.unicodeScalars
    if scalars.allSatisfy({ $0.properties.isAlphabetic || $0 == "." }) {
      // Ordinals (1st, 2e, 3ème), titles (Mme) and marks (TM) are written in a line as well.
      let isOrdinal = isDigit(last) && (scalars.count > 1 || "eaoºª".contains(words))
      let isWord = last.properties.isAlphabetic && scalars.count > 1
      if isOrdinal || isWord { return words }
    }
    if !isDigit(last), let mapped = mapped(words, superscripts) { return mapped }
    if scalars.count == 1, "®©™ºª°′″’".contains(words) { return words }
    let isSimple = scalars.dropFirst().allSatisfy { $0.properties.isAlphabetic || isDigit($0) }
    return "^" + (isSimple ? words.replacing("−", with: "-") : "(\(words))")
  }

  private static func subscript_(_ words: String) -> String {
    if let mapped = mapped(words, subscripts) { return mapped }
    let isWord = words.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || isDigit($0) }
    return isWord ? "_" + words : "_(\(words))"
  }

  private static func unbracketed(_ words: String) -> String {
    var inner = Substring(words)
    while let first = inner.first, "([ ".contains(first) { inner.removeFirst() }
    while let last = inner.last, ")],; ".contains(last) { inner.removeLast() }
    return String(inner)
  }

  /// The text in the characters of a map; nil if one is missing.
  private static func mapped(
    _ words: String, _ map: [Unicode.Scalar: Unicode.Scalar]
  ) -> String? {
    var result = String.UnicodeScalarView()
    for scalar in words.unicodeScalars {
      guard let other = map[scalar] else { return nil }
      result.append(other)
    }
    return String(result)
  }

  /// Unicode, block "Superscripts and Subscripts", with the letters of Roman numbers and `n`.
  private static let superscripts: [Unicode.Scalar: Unicode.Scalar] = [
    "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
    "9": "⁹", "+": "⁺", "-": "⁻", "−": "⁻", "–": "⁻", "(": "⁽", ")": "⁾", "i": "ⁱ", "n": "ⁿ",
    "v": "ᵛ", "x": "ˣ", "l": "ˡ", "c": "ᶜ", "d": "ᵈ", "m": "ᵐ",
  ]

  private static let subscripts: [Unicode.Scalar: Unicode.Scalar] = [
    "0": "₀", "1": "₁", "2": "₂", "3": "₃", "4": "₄", "5": "₅", "6": "₆", "7": "₇", "8": "₈",
    "9": "₉", "+": "₊", "-": "₋", "−": "₋", "(": "₍", ")": "₎",
  ]
}
