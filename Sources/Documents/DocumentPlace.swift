/// A place in a document that a person can look up: a row of a sheet, a slide, a message.
///
/// A reader whose text is not the file's own notes the places in text order. The chunker turns the
/// first and the last one of a chunk into words, which citations show instead of lines of the
/// extracted text.
package struct DocumentPlace: Sendable, Equatable {
  /// The unit in which a document's places are counted or named.
  package enum Kind: Sendable, Equatable {
    case line, row, cell, slide
    /// Named by itself, as in `chapter The Storm`; the label is the whole name.
    case named
    /// A time in a recording or film; the label is the start, `endLabel` the end.
    case time
  }

  /// The offset of its first byte in `ExtractedDocument.text`.
  package let byteOffset: Int
  package let kind: Kind
  /// The number or the name, as in `12`.
  package let label: String
  /// The end of a time.
  package let endLabel: String?
  /// The part of the document that contains it, as in `sheet Prices`.
  package let container: String?

  package init(
    byteOffset: Int, kind: Kind, label: String, endLabel: String? = nil, container: String? = nil
  ) {
    self.byteOffset = byteOffset
    self.kind = kind
    self.label = label
    self.endLabel = endLabel
    self.container = container
  }

  /// The stretch from one place to another in words.
  ///
  /// - Returns: `sheet Prices, rows 12-19`, `slide 3`, `cells 2-3`, `00:01:05-00:01:32`, or for named
  ///   places and different containers `A to B`.
  static func words(from first: DocumentPlace, to last: DocumentPlace) -> String {
    let container = first.container.map { $0 + ", " } ?? ""
    if first.kind == .time { return container + first.label + "-" + (last.endLabel ?? last.label) }
    guard first.kind == last.kind, first.container == last.container, first.kind != .named else {
      let (start, end) = (first.words, last.words)
      return start == end ? start : start + " to " + end
    }
    if first.label == last.label { return first.words }
    return container + "\(first.unit)s \(first.label)-\(last.label)"
  }

  private var words: String {
    let container = container.map { $0 + ", " } ?? ""
    return kind == .named || kind == .time ? container + label : container + "\(unit) \(label)"
  }

  private var unit: String {
    switch kind {
    case .line: "line"
    case .row: "row"
    case .cell: "cell"
    case .slide: "slide"
    case .named, .time: ""
    }
  }
}

extension ExtractedDocument {
  /// The words for the places of a range of the text; nil for a document without places, and for text
  /// before the first place.
  ///
  /// - Complexity: O(log places).
  package func placeWords(of range: Range<Int>) -> String? {
    guard let last = place(at: max(range.lowerBound, range.upperBound - 1)) else { return nil }
    let first = place(at: range.lowerBound) ?? places.first ?? last
    return DocumentPlace.words(from: first, to: last)
  }

  /// The last place that begins at or before a byte of the text.
  private func place(at byteOffset: Int) -> DocumentPlace? {
    let next = places.sortedIndex { $0.byteOffset > byteOffset }
    return next == 0 ? nil : places[next - 1]
  }
}
