/// Text beside a picture, on one line and without control characters.
enum CaptionText {
  /// The most characters of a caption.
  ///
  /// Longer alternative texts are transcripts; the model reads 77 tokens of a caption.
  static let characterCount = 2_000

  /// The text with white space collapsed and control characters removed, at most ``characterCount``
  /// characters.
  static func oneLine(_ text: String) -> String {
    var prose = ProseBuilder()
    prose.append(String(text.prefix(characterCount)))
    return prose.text
  }
}
