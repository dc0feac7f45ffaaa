/// The sentences of a passage, for whoever points at the one that matters.
package enum Sentences {
  /// Byte ranges of the sentences, list items and table rows of `text`, in order.
  ///
  /// Without the white space around them. Markdown heading lines are left out: they answer nothing.
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
