/// Splits a passage into sentences, so that one of them can be highlighted.
package enum Sentences {
  /// Byte ranges of the sentences, list items and table rows of `text`, in order.
  ///
  /// White space around them is not included. Markdown heading lines are left out, because they
  /// answer no question.
  ///
  /// - Complexity: O(bytes).
  package static func ranges(in text: String) -> [Range<Int>] {
    let bytes = Array(text.utf8)
    var atomizer = TextAtomizer(bytes, headings: [])
    return atomizer.atoms(in: 0..<bytes.count).map(\.range).filter { range in
      bytes[range.lowerBound] != UInt8(ascii: "#")
    }
  }
}
