/// The lines of the file from which the bytes of an extracted text come, where the text is not the
/// file's own (HTML).
package struct SourceLines: Sendable, Equatable {
  /// From a byte of the text on, text comes from a line of the file.
  struct Mark: Sendable, Equatable {
    let byteOffset: Int
    /// The line, from 1.
    let line: Int
  }

  /// In text order.
  let marks: [Mark]

  /// The line of the file that a byte of the text comes from, from 1.
  ///
  /// - Complexity: O(log marks).
  func line(at byteOffset: Int) -> Int {
    guard let first = marks.first else { return 1 }
    let next = marks.sortedIndex { $0.byteOffset > byteOffset }
    return next == 0 ? first.line : marks[next - 1].line
  }
}
