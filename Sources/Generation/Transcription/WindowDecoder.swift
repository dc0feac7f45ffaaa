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

/// Decodes windows whose sound the session has encoded.
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
  /// Tokens of words to expect.
  private let hotwords: [Int32]

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
    let words = WhisperTokenizer.strip(options.hotwords ?? "")
    let limit = session.model.config.decoder.context / 2 - 1
    hotwords = words.isEmpty ? [] : Array(tokenizer.encode(" " + words).prefix(limit))
  }

  private var context: Int { session.model.config.decoder.context }

  /// Decodes a window at one temperature after the other, until the text is neither repetitive nor
  /// improbable, or nobody speaks.
  ///
  /// - Parameters:
  ///   - previous: tokens of the windows before, or of the initial prompt.
  ///   - number: of the window in the recording, for the draws.
  ///   - window: of the session.
  ///   - first: the text of the first temperature, where it is known.
  ///   - shouldStop: called before each token.
  /// - Returns: the last text tried; nil where it was stopped.
  /// - Throws: `TranscriptionError.model`.
  func decodeWithFallback(
    previous: [Int32], number: Int, window: Int = 0, first: DecodedWindow? = nil,
    shouldStop: () -> Bool
  ) throws(TranscriptionError) -> DecodedWindow? {
    var result = first
    for (attempt, temperature) in options.temperatures.enumerated() {
      if let result, !needsFallback(result) { break }
      if attempt == 0, first != nil { continue }
      // Far more draws than a window can need.
      let firstDraw = UInt64(number * options.temperatures.count + attempt) << 20
      guard
        let decoded = try decode(
          previous: previous, windows: window..<(window + 1), temperature: temperature,
          firstDraw: firstDraw, shouldStop: shouldStop)
      else { return nil }
      result = decoded.first
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

  /// Decodes windows of the session at one temperature, with their products computed together.
  ///
  /// A window's text does not depend on the other windows.
  ///
  /// - Parameters:
  ///   - previous: tokens of the windows before, or of the initial prompt.
  ///   - windows: of the session.
  ///   - temperature: 0 takes the most probable tokens.
  ///   - firstDraw: the number of the first window's first draw.
  ///   - shouldStop: called before each token.
  /// - Returns: a text for each window; nil where it was stopped.
  /// - Throws: `TranscriptionError.model`.
  func decode(
    previous: [Int32], windows: Range<Int>, temperature: Float, firstDraw: UInt64,
    shouldStop: () -> Bool
  ) throws(TranscriptionError) -> [DecodedWindow]? {
    let prompt = prompt(after: previous)
    var texts = try begin(prompt, windows: windows, temperature: temperature, firstDraw: firstDraw)
    var active = Array(texts.indices)
    for _ in 0..<(context / 2) {
      if shouldStop() { return nil }
      var step = DecodingStep()
      for index in active {
        let isDone = texts[index].choose(rules)
        let length = prompt.count + (texts[index].hypotheses.texts.first?.count ?? 0)
        let hypotheses = texts[index].hypotheses
        if isDone || length > context || hypotheses.texts.isEmpty {
          step.drop(texts[index])
        } else {
          step.add(texts[index], index)
        }
      }
      active = step.texts
      if active.isEmpty { break }
      try mapModelErrors { () throws(ModelError) in
        try session.step(step.tokens, sources: step.isUnchanged ? nil : step.sources)
      }
      var row = 0
      for index in active { texts[index].readLogits(of: session, firstRow: &row) }
    }
    return texts.map { result(of: $0, temperature: temperature) }
  }

  /// Gives the prompt to the decoder, and the first logits to each window's text.
  private func begin(
    _ prompt: [Int32], windows: Range<Int>, temperature: Float, firstDraw: UInt64
  ) throws(TranscriptionError) -> [WindowText] {
    let isBeam = temperature == 0 && options.beamSize != nil
    let count = isBeam ? options.beamSize ?? 1 : temperature == 0 ? 1 : options.bestOf
    var texts: [WindowText] = []
    try mapModelErrors { () throws(ModelError) in
      try session.start(
        prompt, hypotheses: count, windows: windows, logitRows: startTokens.count
      ) { _ in
        let atStart = session.logits(0)
        let noSpeech = LogProbabilities(atStart).of(atStart[Int(tokenizer.noSpeech)])
        let chooser: any TokenChooser =
          isBeam
          ? BeamSearch(size: count, patience: options.patience, endOfText: tokenizer.endOfText)
          : GreedyChooser(
            temperature: temperature, endOfText: tokenizer.endOfText, seed: options.seed,
            firstDraw: firstDraw)
        // The prompt's last row belongs to all hypotheses.
        texts.append(
          WindowText(
            hypotheses: Hypotheses(count: count), chooser: chooser,
            logits: [[Float]](
              repeating: session.logits(session.logitRowCount - 1), count: count),
            noSpeech: exponential(noSpeech)))
      }
    }
    return texts
  }

  /// The prompt: words to expect and text of the windows before, together as much as half of the
  /// context holds, and the start.
  func prompt(after previous: [Int32]) -> [Int32] {
    if previous.isEmpty && hotwords.isEmpty { return startTokens }
    return [tokenizer.startOfPrevious] + hotwords + previous.suffix(previousTokenLimit)
      + startTokens
  }

  /// The most tokens of the windows before that a window sees.
  var previousTokenLimit: Int { context / 2 - 1 - hotwords.count }

  /// The best hypothesis of a window, with its numbers.
  private func result(of text: WindowText, temperature: Float) -> DecodedWindow {
    let texts = text.chooser.finish(text.hypotheses)
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
      noSpeechProbability: text.noSpeech)
  }

  /// The size of a text in UTF-8 divided by its compressed size.
  static func compressionRatio(_ text: String) -> Double {
    let bytes = Array(text.utf8)
    guard let compressed = zlibCompressedByteCount(bytes), compressed > 0 else { return 0 }
    return Double(bytes.count) / Double(compressed)
  }
}
