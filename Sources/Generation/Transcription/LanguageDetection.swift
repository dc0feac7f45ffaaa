internal import Models
internal import Tokenizers

extension WindowDecoder {
  /// The most probable language of a window, of equal ones the first.
  ///
  /// The decoder's first token is the language, so the logits after the start are compared.
  ///
  /// - Source: openai-whisper 20250625 `decoding.py`, `detect_language`.
  /// - Parameters:
  ///   - session: has encoded the window.
  ///   - tokenizer: of the model; an English model has no languages.
  /// - Returns: its code and its share of the probability of all languages; nil for a model without.
  /// - Throws: `TranscriptionError.model`.
  static func language(
    _ session: WhisperSession, _ tokenizer: WhisperTokenizer
  ) throws(TranscriptionError) -> (code: String, probability: Double)? {
    try mapModelErrors { () throws(ModelError) in
      try session.start([tokenizer.startOfTranscript])
    }
    let logits = session.logits(0)
    let first = Int(tokenizer.startOfTranscript) + 1
    let own = logits[first..<(first + tokenizer.languageCount)]
    let probabilities = LogProbabilities(own)
    var best: (code: String, probability: Double)?
    for (code, logit) in zip(tokenizer.languageCodes, own) {
      let probability = exponential(probabilities.of(logit))
      if best.map({ probability > $0.probability }) ?? true { best = (code, probability) }
    }
    return best
  }
}
