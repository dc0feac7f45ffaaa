package import Models

/// An error that prevents a transcription.
package enum TranscriptionError: Error, Sendable, Equatable {
  /// An option has a value that cannot be.
  case invalidOption(option: String, reason: String)
  /// The model does not have the language, or cannot do the task.
  case unsupported(what: String, supported: String)
  /// The sound has another number of mel bands than the model takes.
  case melBands(found: Int, expected: Int)
  /// The tokenizer belongs to a model of another vocabulary.
  case vocabulary(tokenizer: Int, model: Int)
  /// The model failed.
  case model(ModelError)
}

extension TranscriptionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidOption(let option, let reason): "\(option): \(reason)"
    case .unsupported(let what, let supported): "\(what); supported: \(supported)"
    case .melBands(let found, let expected):
      "the sound has \(found) mel bands, and the model takes \(expected)"
    case .vocabulary(let tokenizer, let model):
      "the tokenizer has \(tokenizer) ids, and the model has \(model)"
    case .model(let error): error.description
    }
  }
}

/// Runs `body` and turns its error into one of transcriptions.
func mapModelErrors<Value>(
  _ body: () throws(ModelError) -> Value
) throws(TranscriptionError) -> Value {
  do throws(ModelError) { return try body() } catch { throw .model(error) }
}
