/// Text wrapped to a width, with one part of it highlighted.
///
/// Each word carries a flag until the lines are rendered, so that colour codes neither count as
/// width nor are cut in two.
struct WrappedText {
  private struct Word {
    let text: Substring
    let isHighlighted: Bool
  }

  /// The words of each line.
  private var lines: [[Word]] = []

  /// - Parameters:
  ///   - before: the text before the highlight.
  ///   - highlighted: the highlight.
  ///   - after: the text after it.
  ///   - width: the columns that a line may take.
  init(before: String, highlighted: String, after: String, width: Int) {
    // The whole text is reflowed at once, so that lines are joined across the ends of the
    // highlight.
    let parts = reflowed(before + "\(highlightMark)" + highlighted + "\(highlightMark)" + after)
      .split(separator: highlightMark, omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      append(String(part), isHighlighted: index == 1, width: width)
    }
    while let last = lines.last, last.isEmpty { lines.removeLast() }
  }

  private mutating func append(_ text: String, isHighlighted: Bool, width: Int) {
    let textLines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in textLines.enumerated() {
      if index > 0 || lines.isEmpty { startLine() }
      for word in line.split(separator: " ") {
        let used = lines[lines.count - 1].reduce(0) { $0 + $1.text.count + 1 }
        if used > 0 && used + word.count > width { lines.append([]) }
        lines[lines.count - 1].append(Word(text: word, isHighlighted: isHighlighted))
      }
    }
  }

  /// Starts a line.
  ///
  /// Consecutive empty lines become one, and the text does not start with one.
  private mutating func startLine() {
    if lines.count == 1 && lines[0].isEmpty { return }
    if lines.count >= 2 && lines[lines.count - 1].isEmpty && lines[lines.count - 2].isEmpty {
      return
    }
    lines.append([])
  }

  /// The lines; at most `limit` of them around the highlight, with "…" in place of omitted ones.
  ///
  /// - Parameters:
  ///   - limit: the most lines; all if nil.
  ///   - hasMargin: whether each line starts with a margin of four columns, which marks highlighted
  ///     lines even where there is no colour.
  /// - Returns: the lines, without line breaks.
  func rendered(limit: Int?, hasMargin: Bool = true) -> [String] {
    let range = window(limit: limit)
    var result = lines[range].map { line in
      let text = Self.render(line)
      guard hasMargin, !text.isEmpty else { return text }
      return (line.contains { $0.isHighlighted } ? "  > " : "    ") + text
    }
    let ellipsis = hasMargin ? "    …" : "…"
    while result.first?.isEmpty == true { result.removeFirst() }
    while result.last?.isEmpty == true { result.removeLast() }
    if range.lowerBound > 0 { result.insert(ellipsis, at: 0) }
    if range.upperBound < lines.count { result.append(ellipsis) }
    return result
  }

  private func window(limit: Int?) -> Range<Int> {
    guard let limit, lines.count > limit else { return 0..<lines.count }
    let isHighlighted = { (line: [Word]) in line.contains { $0.isHighlighted } }
    let first = lines.firstIndex(where: isHighlighted) ?? 0
    let last = lines.lastIndex(where: isHighlighted) ?? 0
    let start = max(0, min(first - (limit - (last - first + 1)) / 2, lines.count - limit))
    return start..<min(lines.count, max(start + limit, last + 1))
  }

  private static func render(_ words: [Word]) -> String {
    var result = ""
    var index = 0
    while index < words.count {
      let flag = words[index].isHighlighted
      let end = words[index...].firstIndex { $0.isHighlighted != flag } ?? words.count
      let run = words[index..<end].map(\.text).joined(separator: " ")
      result += (result.isEmpty ? "" : " ") + (flag ? Style.highlight.apply(run) : run)
      index = end
    }
    return result
  }
}
