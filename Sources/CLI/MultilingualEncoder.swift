/// Instructions for getting a sentence encoder for other languages than English.
enum MultilingualEncoder {
  /// The end of a sentence.
  static let hint =
    "for example multilingual-e5-small (MIT, 470 MB):"
    + " swiftrag models pull hf:intfloat/multilingual-e5-small,"
    + " swiftrag models use multilingual-e5-small, then swiftrag index rebuild"
}
