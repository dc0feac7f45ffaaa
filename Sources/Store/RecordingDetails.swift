/// The properties of a recording that the index keeps beside its passages.
package struct RecordingDetails: Sendable, Equatable {
  /// Code of the language that is spoken, as in `en`.
  package var language: String
  /// The length of the recording.
  package var milliseconds: Int
  /// The identity of the model and of the options that made the transcript.
  package var model: String

  package init(language: String, milliseconds: Int, model: String) {
    self.language = language
    self.milliseconds = milliseconds
    self.model = model
  }
}
