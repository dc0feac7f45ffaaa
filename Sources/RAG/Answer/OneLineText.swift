extension String {
  /// The text with every run of white space replaced by one space: a line break inside a sentence
  /// is only wrapping.
  package var onOneLine: String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
