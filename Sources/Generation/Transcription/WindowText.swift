internal import Models

/// The text of a window while it is being decoded.
struct WindowText {
  var hypotheses: Hypotheses
  var chooser: any TokenChooser
  /// `[vocab]` of each hypothesis.
  var logits: [[Float]]
  /// Probability that nobody speaks.
  let noSpeech: Double

  /// Chooses the next token of each hypothesis.
  ///
  /// - Returns: whether the text has ended.
  mutating func choose(_ rules: DecodingRules) -> Bool {
    for index in logits.indices {
      rules.apply(to: &logits[index], after: hypotheses.texts[index][...])
    }
    return chooser.choose(&hypotheses, logits: logits)
  }

  /// Takes the logits of its hypotheses from those of the last step.
  ///
  /// - Parameters:
  ///   - session: made the step.
  ///   - firstRow: of the window's hypotheses; becomes that of the next window.
  mutating func readLogits(of session: WhisperSession, firstRow: inout Int) {
    let rows = firstRow..<(firstRow + hypotheses.texts.count)
    logits = rows.map { session.logits($0) }
    firstRow = rows.upperBound
  }
}

/// One token for each hypothesis of the windows that are not done.
struct DecodingStep {
  /// The numbers of the windows' texts.
  private(set) var texts: [Int] = []
  private(set) var tokens: [Int32] = []
  /// The hypothesis of the step before that each continues.
  private(set) var sources: [Int] = []
  /// Whether each hypothesis continues itself.
  private(set) var isUnchanged = true
  /// Hypotheses of the step before that were looked at.
  private var seen = 0

  /// Continues a text.
  mutating func add(_ text: WindowText, _ index: Int) {
    texts.append(index)
    tokens += text.hypotheses.lastTokens
    let own = text.hypotheses.sources
    sources += (own ?? Array(text.hypotheses.texts.indices)).map { $0 + seen }
    if own != nil { isUnchanged = false }
    seen += text.logits.count
  }

  /// Leaves out a text, which has ended.
  mutating func drop(_ text: WindowText) {
    seen += text.logits.count
    isUnchanged = false
  }
}
