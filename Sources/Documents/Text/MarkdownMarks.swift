/// The marks of one line of Markdown that belong together: brackets, code spans, ends of tags.
///
/// Each kind is looked for once, when it is needed first, so that a line of nothing but opening marks
/// takes as little time as any other.
struct MarkdownMarks {
  private let bytes: [UInt8]
  private let line: Range<Int>
  /// The closing bracket of each opening one.
  private var closingBrackets: [Int: Int]?
  /// The offset of the last run of backticks of each length.
  private var lastRuns: [Int: Int]?
  private var nextAngleBracket: Int?

  init(_ bytes: [UInt8], _ line: Range<Int>) {
    self.bytes = bytes
    self.line = line
  }

  /// The offset of the bracket that closes the one at `open`; brackets inside may be nested.
  mutating func closingBracket(of open: Int) -> Int? {
    let brackets = closingBrackets ?? pairedBrackets()
    closingBrackets = brackets
    return brackets[open]
  }

  private func pairedBrackets() -> [Int: Int] {
    var pairs: [Int: Int] = [:]
    var open: [Int] = []
    var index = line.lowerBound
    while index < line.upperBound {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "["): open.append(index)
      case UInt8(ascii: "]"): if let last = open.popLast() { pairs[last] = index }
      default: break
      }
      index += 1
    }
    return pairs
  }

  /// The offset after the code span that begins at `start`, or after its backticks where no run of as
  /// many follows.
  mutating func endOfCodeSpan(from start: Int) -> Int {
    let runs = lastRuns ?? lastRunsOfBackticks()
    lastRuns = runs
    let count = runLength(at: start)
    var index = start + count
    guard let last = runs[count], last >= index else { return index }
    while index < line.upperBound {
      let run = runLength(at: index)
      if run == count { return index + run }
      index += max(1, run)
    }
    return start + count
  }

  private func lastRunsOfBackticks() -> [Int: Int] {
    var runs: [Int: Int] = [:]
    var index = line.lowerBound
    while index < line.upperBound {
      let run = runLength(at: index)
      if run > 0 { runs[run] = index }
      index += max(1, run)
    }
    return runs
  }

  private func runLength(at start: Int) -> Int {
    var end = start
    while end < line.upperBound, bytes[end] == UInt8(ascii: "`") { end += 1 }
    return end - start
  }

  /// The offset of the first `>` after `start`; calls must be in the order of the line.
  mutating func angleBracket(after start: Int) -> Int? {
    if let known = nextAngleBracket, known > start { return known }
    nextAngleBracket = bytes[start..<line.upperBound].firstIndex(of: UInt8(ascii: ">"))
    return nextAngleBracket
  }
}
