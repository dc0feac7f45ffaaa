internal import Bytes
internal import Foundation

/// A server's answer while it comes: bytes in, certain text out.
struct StreamedAnswer {
  /// How much of an answer that is no event stream is kept: it is an error's body.
  static let bodyLimit = 64 << 10
  /// How much of one is read until the server is given up.
  static let foreignByteLimit = 1 << 20

  private var reader = EventStreamReader()
  private var matcher: StopMatcher
  private let maxTokenCount: Int?
  /// Whether the whole text satisfies a schema, so that a part of it does not.
  private let hasForm: Bool
  private(set) var text = ""
  private var stats = GenerationStats()
  private var chunkCount = 0
  private var reportedTokenCount: Int?
  private var finishWord: String?
  private var stop: String?
  private var isDone = false
  /// The beginning of everything that came, for an answer that is no stream.
  private var body: [UInt8] = []
  /// Why it is no stream, and how many bytes came since this is known.
  private var foreign: (reason: String, byteCount: Int)?
  private let start = ContinuousClock.now
  private var firstText: ContinuousClock.Instant?

  init(stops: [String], maxTokenCount: Int?, hasForm: Bool) {
    matcher = StopMatcher(stops)
    self.maxTokenCount = maxTokenCount
    self.hasForm = hasForm
  }

  /// Takes the next piece of the connection.
  ///
  /// A body that is no event stream is collected, because only the connection's end tells whether it
  /// explains a status.
  ///
  /// - Parameters:
  ///   - bytes: any number of them.
  ///   - give: given text as soon as it is certain; false ends the reading.
  /// - Returns: whether more is wanted.
  /// - Throws: `OpenAIError` with the text so far.
  mutating func append(_ bytes: ArraySlice<UInt8>, give: (String) -> Bool) throws -> Bool {
    if body.count < Self.bodyLimit { body += bytes.prefix(Self.bodyLimit - body.count) }
    if let foreign {
      let byteCount = foreign.byteCount + bytes.count
      self.foreign = (foreign.reason, byteCount)
      if byteCount > Self.foreignByteLimit { throw malformed(foreign.reason) }
      return true
    }
    // Moved out while it calls back into self.
    var reader = EventStreamReader()
    swap(&reader, &self.reader)
    defer { swap(&reader, &self.reader) }
    do { return try reader.append(bytes) { event in try take(event, give: give) } } catch let
      failure
      as EventStreamReader.Failure
    {
      switch failure {
      case .lineTooLong:
        throw OpenAIError.lineTooLong(limit: EventStreamReader.lineLimit, textSoFar: text)
      case .notAnEvent(let beginning):
        foreign = ("a line begins with '\(beginning)'", 0)
        return true
      }
    }
  }

  private mutating func take(_ event: StreamEvent, give: (String) -> Bool) throws -> Bool {
    guard case .data(let bytes) = event else {
      isDone = true
      return false
    }
    let chunk: CompletionChunk
    do { chunk = try CompletionChunk(bytes) } catch {
      switch error {
      case .server(let message): throw OpenAIError.failed(message: message, textSoFar: text)
      case .malformed(let reason): throw malformed(reason)
      }
    }
    finishWord = chunk.finish ?? finishWord
    stop = chunk.stop ?? stop
    stats.promptTokenCount = chunk.promptTokenCount ?? stats.promptTokenCount
    stats.cachedTokenCount = chunk.cachedTokenCount ?? stats.cachedTokenCount
    reportedTokenCount = chunk.generatedTokenCount ?? reportedTokenCount
    guard !chunk.text.isEmpty else { return true }
    firstText = firstText ?? .now
    chunkCount += 1
    let certain = matcher.append(chunk.text)
    text += certain
    if !certain.isEmpty, !give(certain) { return false }
    stop = matcher.matched ?? stop
    return matcher.matched == nil
  }

  private func malformed(_ reason: String) -> OpenAIError {
    .malformedStream(reason: reason, textSoFar: text)
  }

  /// Whether the connection may end here.
  ///
  /// - Throws: `OpenAIError.malformedStream` and `.closedEarly`.
  func checkWhole(url: String, reason: String) throws(OpenAIError) {
    if let foreign { throw malformed(foreign.reason) }
    // Some servers leave out `[DONE]`; a reason to finish is as good.
    if !isDone, finishWord == nil {
      throw .closedEarly(url: url, reason: reason, textSoFar: text)
    }
  }

  /// What the server wrote instead of a stream, as far as it explains an error.
  var errorMessage: String {
    if let json = try? JSONValue.parse(body), let message = CompletionChunk.errorMessage(json) {
      return message
    }
    return String(decoding: body.prefix(300), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The text that was held back because a stop string might have come.
  mutating func finish() -> [String] {
    guard matcher.matched == nil else { return [] }
    let rest = matcher.finish()
    text += rest
    return rest.isEmpty ? [] : [rest]
  }

  /// A reason to finish that is neither an end nor a limit, for example `content_filter`.
  var unusualFinish: String? {
    finishWord.flatMap { ["stop", "length"].contains($0) ? nil : printable($0) }
  }

  func result(isCancelled: Bool) -> GenerationResult {
    var stats = stats
    let end = ContinuousClock.now
    // Servers send a token a chunk unless characters or stop strings make them wait.
    stats.generatedTokenCount = reportedTokenCount ?? chunkCount
    if let firstText {
      stats.promptSeconds = (firstText - start) / .seconds(1)
      stats.secondsToFirstToken = stats.promptSeconds
      stats.generateSeconds = (end - firstText) / .seconds(1)
    }
    stats.peakResidentByteCount = ProcFile.peakResidentByteCount
    let finish = isCancelled ? .cancelled : finishReason
    let stop = isCancelled ? nil : stop
    return GenerationResult(
      text: text, tokens: [], finish: finish, stop: stop,
      isIncomplete: hasForm && (finish != .stop || stop != nil), stats: stats)
  }

  /// `length` stands for both limits; which one it was shows in the count of tokens.
  private var finishReason: FinishReason {
    guard matcher.matched == nil, finishWord == "length" else { return .stop }
    guard let maxTokenCount else { return .contextFull }
    return (reportedTokenCount ?? maxTokenCount) < maxTokenCount ? .contextFull : .length
  }
}
