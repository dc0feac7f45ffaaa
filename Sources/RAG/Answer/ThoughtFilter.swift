/// Removes a model's thoughts, between `<think>` and `</think>`, from its answer while it is streamed.
struct ThoughtFilter {
  /// Text that may be the start of a tag.
  private var pending = ""
  /// The tag that ends the thought; nil outside of one.
  private var end: String?

  private static let tags = [
    (start: "<think>", end: "</think>"), (start: "<thinking>", end: "</thinking>"),
  ]

  /// Takes the next piece of text.
  ///
  /// - Returns: what of the text so far is final and not thought; it may be empty.
  mutating func add(_ piece: String) -> String {
    pending += piece
    var shown = ""
    while true {
      if let tag = end {
        guard let match = pending.firstRange(of: tag) else {
          pending = String(pending.suffix(tag.count - 1))
          return shown
        }
        pending.removeSubrange(..<match.upperBound)
        end = nil
      } else if let (range, tag) = firstTag() {
        shown += pending[..<range.lowerBound]
        pending.removeSubrange(..<range.upperBound)
        end = tag
      } else {
        let kept = Self.startOfTag(in: pending)
        shown += pending[..<kept]
        pending.removeSubrange(..<kept)
        return shown
      }
    }
  }

  /// The rest of the text, after the last piece.
  mutating func finish() -> String {
    defer { pending = "" }
    return end == nil ? pending : ""
  }

  /// A whole answer without thoughts.
  ///
  /// A prompt may already open the thought, so text before a lone end tag is thought too.
  static func removed(from text: String) -> String {
    var filter = ThoughtFilter()
    var rest = filter.add(text) + filter.finish()
    for tag in tags {
      if let match = rest.ranges(of: tag.end).last { rest.removeSubrange(..<match.upperBound) }
    }
    return rest
  }

  private func firstTag() -> (range: Range<String.Index>, end: String)? {
    Self.tags.compactMap { tag in
      pending.firstRange(of: tag.start).map { (range: $0, end: tag.end) }
    }.min { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// The index of an incomplete start tag at the end of a text; the end of the text if there is none.
  private static func startOfTag(in text: String) -> String.Index {
    guard let start = text.lastIndex(of: "<") else { return text.endIndex }
    let rest = text[start...]
    return tags.contains { $0.start.hasPrefix(rest) } ? start : text.endIndex
  }
}
