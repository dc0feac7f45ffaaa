package import Documents

/// The transcript of a recording, or as much of one as was made before an interruption.
///
/// The index keeps it by the content of the recording, so that the work of minutes is done once: for
/// copies of the file, for a rebuild, and after an interruption.
package struct StoredTranscript: Sendable, Equatable {
  /// Code of the language that is spoken; empty before it is known.
  package var language: String
  /// The length of the recording.
  package var milliseconds: Int
  /// The part of the recording, from its beginning, whose speech is in ``parts``.
  package var doneMilliseconds: Int
  /// Whether nothing is left to do.
  package var isComplete: Bool
  /// The speech, in the order of time.
  package var parts: [TranscriptPart]
  /// The state from which the speech model continues, in a form of its own; nil where there is none.
  package var continuation: String?

  package init(
    language: String = "", milliseconds: Int = 0, doneMilliseconds: Int = 0,
    isComplete: Bool = false, parts: [TranscriptPart] = [], continuation: String? = nil
  ) {
    self.language = language
    self.milliseconds = milliseconds
    self.doneMilliseconds = doneMilliseconds
    self.isComplete = isComplete
    self.parts = parts
    self.continuation = continuation
  }
}
