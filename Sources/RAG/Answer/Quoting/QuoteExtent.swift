/// The extent of a quotation around the best piece of a passage.
struct QuoteExtent: Equatable {
  /// Bytes of the passage that are highlighted.
  var range: Range<Int>
  /// The quotation; a table's header and the line that introduces a list come first.
  var text: String

  /// The most words of a quotation of several pieces, about five lines of a terminal.
  static let maximumWordCount = 80

  /// The quotation around a piece.
  ///
  /// - A row comes with its table's header, an entry of a list with the line that introduces it.
  /// - A line that ends with a colon comes with what it introduces.
  /// - A sentence comes with the one before or after it in its paragraph if that is nearly as good:
  ///   the answer is often in the sentence after the one that names its subject.
  ///
  /// - Parameters:
  ///   - best: the index of the best piece.
  ///   - units: the pieces of the passage.
  ///   - values: of the pieces; nil for those that cannot be an answer.
  ///   - margin: a neighbour is quoted too if its value is at most this much smaller.
  init(around best: Int, of units: [QuoteUnit], values: [Double?], margin: Double) {
    let unit = units[best]
    var members = [best]
    switch unit.role {
    case .introduction: members = Self.introduced(by: best, in: units)
    case .sentence: members = Self.pair(with: best, of: units, values: values, margin: margin)
    default: break
    }
    let first = units[members[0]].range.lowerBound
    range = first..<units[members[members.count - 1]].range.upperBound
    let separator = unit.role == .introduction ? "\n" : " "
    text = members.map { units[$0].text }.joined(separator: separator)
    if let lead = Self.lead(to: best, in: units) { text = units[lead].text + "\n" + text }
  }

  /// The index of the header of a row, or of the line that introduces an entry of a list.
  static func lead(to index: Int, in units: [QuoteUnit]) -> Int? {
    let role = units[index].role
    guard role == .row || role == .item else { return nil }
    var position = index
    while position > 0 {
      position -= 1
      switch units[position].role {
      case .header, .introduction: return position
      case role, .markup: continue
      // An entry of a list may have several sentences.
      case .sentence where role == .item && !units[position + 1].startsBlock: continue
      default: return nil
      }
    }
    return nil
  }

  /// A line with a colon and the list, the rows or the sentence after it, as far as they fit.
  private static func introduced(by index: Int, in units: [QuoteUnit]) -> [Int] {
    var members = [index]
    var words = wordCount(units[index])
    guard let kind = units.indices.contains(index + 1) ? units[index + 1].role : nil else {
      return members
    }
    for next in units.indices.dropFirst(index + 1) {
      let role = units[next].role
      let belongs = role == kind || (kind == .header && (role == .row || role == .markup))
      words += wordCount(units[next])
      guard belongs, role != .heading, role != .question, words <= maximumWordCount else { break }
      members.append(next)
      if kind == .sentence { break }
    }
    return members
  }

  /// A sentence and its better neighbour, if that is good enough.
  private static func pair(
    with best: Int, of units: [QuoteUnit], values: [Double?], margin: Double
  ) -> [Int] {
    guard let value = values[best] else { return [best] }
    let neighbours = [best - 1, best + 1].filter { index in
      guard units.indices.contains(index), units[index].role == .sentence else { return false }
      return !units[max(index, best)].startsBlock
        && wordCount(units[index]) + wordCount(units[best]) <= maximumWordCount
    }
    let better = neighbours.max { values[$0] ?? -.infinity < values[$1] ?? -.infinity }
    guard let better, let other = values[better], other >= value - margin else {
      return [best]
    }
    return [best, better].sorted()
  }

  private static func wordCount(_ unit: QuoteUnit) -> Int {
    unit.text.split(separator: " ").count
  }
}
