/// Reads the figures of a text.
struct FigureReader {
  private(set) var figures: [Figure] = []
  private(set) var dates: Set<[Int]> = []
  private(set) var names: Set<String> = []

  /// The text cut at white space, without the marks around each piece.
  private let pieces: [Piece]
  /// Whether the text writes decimals with a comma, as most languages of Europe do.
  private let hasDecimalCommas: Bool

  private struct Piece {
    /// Digits in ASCII, letters as written.
    var text: Substring
    /// A currency sign before the number.
    var sign: String?
    /// Whether a minus sign is before it.
    var isNegative = false
    /// Whether a mark that ends a phrase follows it.
    var endsPhrase = false
  }

  init(_ text: String) {
    let plain = Self.plain(text)
    pieces = plain.split(whereSeparator: \.isWhitespace).flatMap { Self.pieces(of: $0) }
    hasDecimalCommas = pieces.contains { piece in
      let parts = piece.text.split(separator: ",", omittingEmptySubsequences: false)
      return parts.count == 2 && parts.allSatisfy(Self.isDigits) && parts[1].count != 3
    }
  }

  /// The text with ASCII digits, and with spaces that only group digits removed.
  ///
  /// A no-break space or a thin one groups digits; an ordinary one may separate two numbers.
  private static func plain(_ text: String) -> String {
    var plain = ""
    for character in text {
      if let digit = character.wholeNumberValue, (0...9).contains(digit) {
        plain.append(String(digit))
      } else if character == "−" {
        plain.append("-")
      } else if character == "’" {
        plain.append("'")
      } else {
        plain.append(character)
      }
    }
    return plain.replacing(/(\d)[\u{00A0}\u{202F}\u{2009}](?=\d{3}(?!\d))/) { $0.1 }
  }

  /// The parts of a piece between white space: a range has two, `12€/day` too.
  private static func pieces(of word: Substring) -> [Piece] {
    var rest = word.drop { "([{\"'“„«<*_".contains($0) }
    var isNegative = false
    var sign: String?
    while let first = rest.first, !first.isLetter, !first.isNumber {
      if first == "-" || first == "+" { isNegative = first == "-" }
      if FigureUnit.of(String(first)) != nil { sign = String(first) }
      rest = rest.dropFirst()
    }
    // A sign between spaces, as in "5 €", is the unit of the number before it.
    if rest.isEmpty, let sign { return [Piece(text: Substring(sign))] }
    var pieces: [Piece] = []
    // A hyphen between digits makes a range or a date, one between letters a compound.
    let isDate = rest.wholeMatch(of: /\d{4}-\d{1,2}-\d{1,2}\W*/) != nil
    let parts =
      isDate
      ? [rest] : rest.split { $0 == "–" || $0 == "—" || $0 == "/" || ($0 == "-" && hasDigit(rest)) }
    for (index, part) in parts.enumerated() {
      let end = part.lastIndex { $0.isLetter || $0.isNumber || "%€$£¥°".contains($0) }
      guard let end else { continue }
      let after = part[part.index(after: end)...]
      pieces.append(
        Piece(
          text: part[...end], sign: sign, isNegative: isNegative && index == 0,
          endsPhrase: after.contains { ".,;:!?)".contains($0) }))
    }
    // `5/3/2024` stays whole, and so do names such as `B-2`.
    if parts.count > 1, parts.contains(where: { !isDigits($0.prefix(1)) }) || parts.count > 2 {
      return [Piece(text: trimmedEnd(rest), sign: sign, isNegative: isNegative, endsPhrase: true)]
    }
    return pieces
  }

  private static func trimmedEnd(_ text: Substring) -> Substring {
    guard let end = text.lastIndex(where: { $0.isLetter || $0.isNumber || $0 == "%" }) else {
      return ""
    }
    return text[...end]
  }

  private static func hasDigit(_ text: Substring) -> Bool { text.contains(where: \.isNumber) }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber }
  }

  /// Reads all pieces.
  mutating func read(isSource: Bool) {
    var index = 0
    while index < pieces.count {
      index += max(1, read(at: index, isSource: isSource))
    }
  }

  /// Reads the figure that begins at a piece; returns how many pieces it takes, 0 if there is none.
  private mutating func read(at index: Int, isSource: Bool) -> Int {
    let piece = pieces[index]
    if let count = readDate(at: index, isSource: isSource) { return count }
    guard Self.hasDigit(piece.text) else { return readWords(at: index, isSource: isSource) }
    guard let number = Number(piece.text, hasDecimalCommas: hasDecimalCommas) else {
      names.insert(piece.text.lowercased())
      return 1
    }
    if let minutes = number.minutes(after: word(at: index + 1)) {
      figures.append(
        Figure(values: [minutes], unit: FigureUnit(dimension: "clock", factor: 1)))
      return 1
    }
    if let count = readGroups(at: index, isSource: isSource) { return count }
    var (values, taken) = (number.values, 1)
    var suffix = number.suffix
    if suffix.isEmpty, !piece.endsPhrase, let next = word(at: index + 1) {
      if let factor = NumberWords.factors[next] {
        values = values.map { $0 * factor }
        taken = 2
        suffix = pieces[index + 1].endsPhrase ? "" : word(at: index + 2) ?? ""
      } else {
        suffix = next
      }
    } else if let factor = NumberWords.factors[suffix] {
      values = values.map { $0 * factor }
    }
    if piece.isNegative { values = values.map { -$0 } }
    let unit = piece.sign.flatMap(FigureUnit.of) ?? FigureUnit.of(suffix)
    // 1.250 € are never 1.25 €.
    if values.count > 1, unit?.isCurrency ?? false { values.removeFirst() }
    figures.append(Figure(values: values, unit: unit))
    return taken
  }

  /// Reads `1 250 000`, where spaces group the digits.
  ///
  /// In a source the groups may as well be numbers of their own, so they are read again one by one.
  private mutating func readGroups(at index: Int, isSource: Bool) -> Int? {
    func isGroup(_ piece: Piece, of lengths: ClosedRange<Int>) -> Bool {
      Self.isDigits(piece.text) && lengths.contains(piece.text.count)
    }
    guard isGroup(pieces[index], of: 1...3) else { return nil }
    var (digits, end) = (String(pieces[index].text), index)
    while !pieces[end].endsPhrase, pieces.indices.contains(end + 1),
      isGroup(pieces[end + 1], of: 3...3)
    {
      end += 1
      digits += pieces[end].text
    }
    guard end > index, let value = Double(digits) else { return nil }
    let unit = pieces[end].endsPhrase ? nil : word(at: end + 1).flatMap(FigureUnit.of)
    figures.append(Figure(values: [pieces[index].isNegative ? -value : value], unit: unit))
    return isSource ? nil : end - index + 1
  }

  /// The piece at an index in lower case, without its full stop.
  private func word(at index: Int) -> String? {
    pieces.indices.contains(index) ? pieces[index].text.lowercased() : nil
  }

  /// Reads a number in words, such as "two thousand five hundred" or "twenty-one".
  private mutating func readWords(at index: Int, isSource: Bool) -> Int {
    var (total, part, taken) = (0.0, 0.0, 0)
    var position = index
    while let word = word(at: position) {
      let values = word.split(separator: "-").map { NumberWords.values[String($0)] }
      if !values.isEmpty, values.allSatisfy({ $0 != nil }) {
        part += values.reduce(0) { $0 + ($1 ?? 0) }
      } else if let factor = NumberWords.factors[word], taken > 0 {
        if factor == 100 { part *= factor } else { (total, part) = (total + part * factor, 0) }
      } else if !(word == "and" && taken > 0 && isHundred(total + part)) {
        break
      }
      taken = position - index + 1
      position += 1
      if pieces[position - 1].endsPhrase { break }
    }
    guard taken > 0 else { return 0 }
    let value = total + part
    // The "one" in "one of them" does not count anything.
    guard isSource || value >= 2 else { return taken }
    let unit = pieces[index + taken - 1].endsPhrase ? nil : word(at: index + taken)
    figures.append(Figure(values: [value], unit: unit.flatMap(FigureUnit.of)))
    return taken
  }

  private func isHundred(_ value: Double) -> Bool {
    value >= 100 && value.truncatingRemainder(dividingBy: 100) == 0
  }

  /// Reads a date: `2024-05-03`, `03.05.2024`, `5/3/2024`, `3 May 2024`, `May 3, 2024`.
  private mutating func readDate(at index: Int, isSource: Bool) -> Int? {
    let text = pieces[index].text
    if let match = text.wholeMatch(of: /(\d{4})-(\d{1,2})-(\d{1,2})/) {
      return add(date: [match.1, match.2, match.3], taken: 1, isSource: isSource)
    }
    if let match = text.wholeMatch(of: /(\d{1,2})\.(\d{1,2})\.(\d{4})/) {
      return add(date: [match.3, match.2, match.1], taken: 1, isSource: isSource)
    }
    if let match = text.wholeMatch(of: /(\d{1,2})\/(\d{1,2})\/(\d{4})/) {
      // The order of day and month differs between countries; a source means either.
      _ = add(date: [match.3, match.2, match.1], taken: 1, isSource: isSource)
      return isSource ? add(date: [match.3, match.1, match.2], taken: 1, isSource: true) : 1
    }
    // Written dates of a statement are two figures and a word; those of a source are dates as well.
    guard isSource, pieces.indices.contains(index + 2) else { return nil }
    let (first, second, year) = (pieces[index].text, pieces[index + 1].text, pieces[index + 2].text)
    guard year.wholeMatch(of: /\d{4}/) != nil else { return nil }
    for (month, day) in [(second, first), (first, second)] {
      if let number = CalendarWords.months[month.lowercased()],
        let match = day.wholeMatch(of: /(\d{1,2})(st|nd|rd|th)?/)
      {
        return add(date: [year, Substring(String(number)), match.1], taken: 3, isSource: true)
      }
    }
    return nil
  }

  private mutating func add(date: [Substring], taken: Int, isSource: Bool) -> Int? {
    let parts = date.compactMap { Int($0) }
    guard parts.count == 3 else { return nil }
    dates.insert(parts)
    // A written date has no number for its month.
    if isSource { figures += [parts[0], parts[2]].map { Figure(values: [Double($0)], unit: nil) } }
    return taken
  }
}
