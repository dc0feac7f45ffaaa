internal import Models
internal import Tokenizers

/// The probability of each language for a window.
package struct DetectedLanguage: Sendable, Equatable {
  package var code: String
  package var probability: Double
}

extension WindowDecoder {
  /// The languages that are spoken in a window, the most probable first.
  ///
  /// The decoder's first token is the language, so the logits after the start are compared.
  ///
  /// - Source: openai-whisper 20250625 `decoding.py`, `detect_language`.
  /// - Parameters:
  ///   - session: has encoded the window.
  ///   - tokenizer: of the model; an English model has no languages.
  /// - Returns: all languages of the model; their probabilities add up to 1.
  /// - Throws: `TranscriptionError.model`.
  static func languages(
    _ session: WhisperSession, _ tokenizer: WhisperTokenizer
  ) throws(TranscriptionError) -> [DetectedLanguage] {
    try mapModelErrors { () throws(ModelError) in
      try session.start([tokenizer.startOfTranscript])
    }
    let logits = session.logits(0)
    let first = Int(tokenizer.startOfTranscript) + 1
    let own = logits[first..<(first + tokenizer.languageCount)]
    let probabilities = LogProbabilities(own)
    return zip(tokenizer.languageCodes, own)
      .map { DetectedLanguage(code: $0, probability: exponential(probabilities.of($1))) }
      .enumerated()
      .sorted { ($1.element.probability, $0.offset) < ($0.element.probability, $1.offset) }
      .map(\.element)
  }
}
