/// Follows the fenced code blocks of a Markdown text, line by line.
///
/// Source: CommonMark 0.31, section 4.5. A block ends with a line of nothing but the mark that began
/// it, at least as often.
struct MarkdownFence {
  /// The mark of the open block; nil outside of blocks.
  private var mark: ArraySlice<UInt8>?

  /// Reads the next line.
  ///
  /// - Parameter content: the line, without the white space at its ends.
  /// - Returns: whether it is part of a block, of which its fences are the first and the last line.
  mutating func takes(_ content: ArraySlice<UInt8>) -> Bool {
    if let mark {
      if content.count >= mark.count && content.allSatisfy({ $0 == mark.first }) { self.mark = nil }
      return true
    }
    guard let first = content.first, first == UInt8(ascii: "`") || first == UInt8(ascii: "~") else {
      return false
    }
    let opening = content.prefix { $0 == first }
    guard opening.count >= 3 else { return false }
    mark = opening
    return true
  }
}
