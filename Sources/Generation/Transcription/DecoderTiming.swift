package import Models

/// A text of a given length, to time the decoder and the choice of its tokens.
///
/// No token ends the text, and no rule forbids one.
package enum DecoderTiming {
  /// Decodes tokens: the most probable ones, or with several hypotheses those of a beam search.
  ///
  /// - Parameters:
  ///   - count: tokens after the prompt.
  ///   - prompt: the first tokens.
  ///   - session: has a window of sound.
  ///   - hypotheses: at most the session's limit.
  /// - Throws: `TranscriptionError.model` where the text does not fit.
  package static func decode(
    _ count: Int, after prompt: [Int32], in session: WhisperSession, hypotheses: Int
  ) throws(TranscriptionError) {
    // No token has this id.
    let endOfText: Int32 = -1
    var state = Hypotheses(count: hypotheses)
    var chooser: any TokenChooser =
      hypotheses > 1
      ? BeamSearch(size: hypotheses, patience: 1, endOfText: endOfText)
      : GreedyChooser(temperature: 0, endOfText: endOfText, seed: 0, firstDraw: 0)
    try mapModelErrors { () throws(ModelError) in
      try session.start(prompt, hypotheses: hypotheses)
      var logits = [[Float]](repeating: session.logits(0), count: hypotheses)
      for _ in 0..<count {
        _ = chooser.choose(&state, logits: logits)
        try session.step(state.lastTokens, sources: state.sources)
        logits = (0..<session.logitRowCount).map { session.logits($0) }
      }
    }
  }
}
