internal import Bytes
internal import Models
internal import Tokenizers

/// The text of one window of 30 seconds.
struct DecodedWindow: Sendable {
  /// The tokens after the prompt, with times, without the end.
  var tokens: [Int32]
  var temperature: Float
  /// Sum of the log-probabilities divided by the number of tokens, the end included.
  var averageLogProbability: Double
  /// Size of the text divided by its compressed size.
  var compressionRatio: Double
  /// Probability that nobody speaks.
  var noSpeechProbability: Double
}

/// Decodes one window whose sound the session has encoded.
///
/// - Source: openai-whisper 20250625 `decoding.py`, `DecodingTask`; `transcribe.py`,
///   `decode_with_fallback`.
struct WindowDecoder {
  let session: WhisperSession
  let tokenizer: WhisperTokenizer
  let options: TranscriptionOptions
  let rules: DecodingRules
  /// Code of the language.
  let language: String
  /// Begins a text: the start, and for multilingual models language and task.
  let languageTokens: [Int32]
  /// The same, and where no times are asked for the token that says so.
  let startTokens: [Int32]

  init(
    _ session: WhisperSession, _ tokenizer: WhisperTokenizer, _ options: TranscriptionOptions,
    language: String
  ) {
    self.session = session
    self.tokenizer = tokenizer
    self.options = options
    rules = DecodingRules(tokenizer, options)
    var tokens = [tokenizer.startOfTranscript]
    if let language = tokenizer.languageToken(language) {
      tokens += [
        language, options.task == .translate ? tokenizer.translate : tokenizer.transcribe,
      ]
    }
    self.language = language
    languageTokens = tokens
    startTokens = options.hasTimestamps ? tokens : tokens + [tokenizer.noTimestamps]
  }

  private var context: Int { session.model.config.decoder.context }

  /// Decodes at one temperature after the other, until the text is neither repetitive nor
  /// improbable, or nobody speaks.
  ///
  /// - Parameters:
  ///   - previous: tokens of the windows before, or of the initial prompt.
  ///   - window: a number of the window, for the draws.
  ///   - shouldStop: called before each token.
  /// - Returns: the last text tried; nil where it was stopped.
  /// - Throws: `TranscriptionError.model`.
  func decodeWithFallback(
    previous: ArraySlice<Int32>, window: Int, shouldStop: () -> Bool
  ) throws(TranscriptionError) -> DecodedWindow? {
    var result: DecodedWindow?
    for (attempt, temperature) in options.temperatures.enumerated() {
      // Far more draws than a window can need.
      let firstDraw = UInt64(window * options.temperatures.count + attempt) << 20
      guard
        let decoded = try decode(
          previous: previous, temperature: temperature, firstDraw: firstDraw,
          shouldStop: shouldStop)
      else { return nil }
      result = decoded
      if !needsFallback(decoded) { break }
    }
    return result
  }

  private func needsFallback(_ decoded: DecodedWindow) -> Bool {
    let isImprobable =
      options.logProbabilityThreshold.map { decoded.averageLogProbability < $0 } ?? false
    let isRepetitive =
      options.compressionRatioThreshold.map { decoded.compressionRatio > $0 } ?? false
    let isSilent = options.noSpeechThreshold.map { decoded.noSpeechProbability > $0 } ?? false
    return (isRepetitive || isImprobable) && !(isSilent && isImprobable)
  }

  /// Decodes at one temperature.
  private func decode(
    previous: ArraySlice<Int32>, temperature: Float, firstDraw: UInt64, shouldStop: () -> Bool
  ) throws(TranscriptionError) -> DecodedWindow? {
    let prompt = prompt(after: previous)
    var hypotheses: Hypotheses
    var chooser: any TokenChooser
    if temperature == 0, let beamSize = options.beamSize {
      hypotheses = Hypotheses(count: beamSize)
      chooser = BeamSearch(
        size: beamSize, patience: options.patience, endOfText: tokenizer.endOfText)
    } else {
      hypotheses = Hypotheses(count: temperature == 0 ? 1 : options.bestOf)
      chooser = GreedyChooser(
        temperature: temperature, endOfText: tokenizer.endOfText, seed: options.seed,
        firstDraw: firstDraw)
    }
    let hypothesisCount = hypotheses.texts.count
    try mapModelErrors { () throws(ModelError) in
      try session.start(prompt, hypotheses: hypothesisCount, logitRows: startTokens.count)
    }
    let atStart = session.logits(0)
    let noSpeech = LogProbabilities(atStart).of(atStart[Int(tokenizer.noSpeech)])
    // The prompt's last row belongs to all hypotheses.
    var logits = [[Float]](
      repeating: session.logits(session.logitRowCount - 1), count: hypothesisCount)
    for _ in 0..<(context / 2) {
      if shouldStop() { return nil }
      for index in logits.indices {
        rules.apply(to: &logits[index], after: hypotheses.texts[index][...])
      }
      let isDone = chooser.choose(&hypotheses, logits: logits)
      let length = prompt.count + (hypotheses.texts.first?.count ?? 0)
      if isDone || length > context || hypotheses.texts.isEmpty { break }
      let (tokens, sources) = (hypotheses.lastTokens, hypotheses.sources)
      try mapModelErrors { () throws(ModelError) in try session.step(tokens, sources: sources) }
      logits = tokens.indices.map { session.logits($0) }
    }
    return result(
      of: chooser.finish(hypotheses), temperature: temperature, noSpeech: exponential(noSpeech))
  }

  /// The prompt: text of the windows before, as much as half of the context holds, and the start.
  private func prompt(after previous: ArraySlice<Int32>) -> [Int32] {
    if previous.isEmpty { return startTokens }
    return [tokenizer.startOfPrevious] + previous.suffix(context / 2 - 1) + startTokens
  }

  /// The best of some texts, with its numbers.
  private func result(
    of texts: [FinishedText], temperature: Float, noSpeech: Double
  ) -> DecodedWindow {
    func score(_ text: FinishedText) -> Double {
      let length = Double(max(1, text.tokens.count))
      guard let penalty = options.lengthPenalty else { return Double(text.sum) / length }
      return Double(text.sum) / power((5 + length) / 6, penalty)
    }
    var best = texts.first ?? FinishedText(tokens: [], sum: 0)
    for text in texts.dropFirst() where score(text) > score(best) { best = text }
    return DecodedWindow(
      tokens: best.tokens, temperature: temperature,
      averageLogProbability: Double(best.sum) / Double(best.tokens.count + 1),
      compressionRatio: Self.compressionRatio(tokenizer.decodeStripped(best.tokens)),
      noSpeechProbability: noSpeech)
  }

  /// The size of a text in UTF-8 divided by its compressed size.
  static func compressionRatio(_ text: String) -> Double {
    let bytes = Array(text.utf8)
    guard let compressed = zlibCompressedByteCount(bytes), compressed > 0 else { return 0 }
    return Double(bytes.count) / Double(compressed)
  }
}
