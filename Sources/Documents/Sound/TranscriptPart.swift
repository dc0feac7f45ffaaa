/// A stretch of speech with its times.
package struct TranscriptPart: Sendable, Equatable, Codable {
  /// From the beginning of the recording.
  package var startMilliseconds: Int
  /// Not before the start.
  package var endMilliseconds: Int
  /// The words, without white space around them.
  package var text: String

  package init(startMilliseconds: Int, endMilliseconds: Int, text: String) {
    self.startMilliseconds = startMilliseconds
    self.endMilliseconds = endMilliseconds
    self.text = text
  }
}
