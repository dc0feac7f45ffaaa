internal import Bytes
internal import Foundation

/// Assembles a server's streamed answer.
struct StreamedAnswer {
  /// Number of bytes to keep of a response that is not an event stream, which may be an error message.
  static let bodyLimit = 64 << 10
  /// Number of bytes of such a response after which reading is given up.
  static let foreignByteLimit = 1 << 20

  private var reader = EventStreamReader()
  private var matcher: StopMatcher
  private let maxTokenCount: Int?
  /// Whether a JSON schema was requested, so that a truncated text is incomplete.
  private let hasForm: Bool
  private(set) var text = ""
  private var stats = GenerationStats()
  private var chunkCount = 0
  private var reportedTokenCount: Int?
  private var finishWord: String?
  private var stop: String?
  private var isDone = false
  /// The first bytes of the response, for error messages.
  private var body: [UInt8] = []
  /// Why the response is not an event stream, and the number of bytes since that was found.
  private var foreign: (reason: String, byteCount: Int)?
  private let start = ContinuousClock.now
  private var firstText: ContinuousClock.Instant?

  init(stops: [String], maxTokenCount: Int?, hasForm: Bool) {
    matcher = StopMatcher(stops)
    self.maxTokenCount = maxTokenCount
    self.hasForm = hasForm
  }

  /// Appends a piece of the response.
  ///
  /// A body that is not an event stream is collected, because it may explain the status, which is known
  /// only at the end of the connection.
  ///
  /// - Parameters:
  ///   - bytes: the piece.
  ///   - give: called with text that cannot become part of a stop string; false stops.
  /// - Returns: whether to continue reading.
  /// - Throws: `OpenAIError` with the text so far.
  mutating func append(_ bytes: ArraySlice<UInt8>, give: (String) -> Bool) throws -> Bool {
    if body.count < Self.bodyLimit { body += bytes.prefix(Self.bodyLimit - body.count) }
    if let foreign {
      let byteCount = foreign.byteCount + bytes.count
      self.foreign = (foreign.reason, byteCount)
      if byteCount > Self.foreignByteLimit { throw malformed(foreign.reason) }
      return true
    }
    // Moved out for the call, which calls back into self: exclusive access.
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

  /// Checks that the answer is complete at the end of the connection.
  ///
  /// - Throws: `OpenAIError.malformedStream` and `.closedEarly`.
  func checkWhole(url: String, reason: String) throws(OpenAIError) {
    if let foreign { throw malformed(foreign.reason) }
    // Some servers omit `[DONE]`; a `finish_reason` is sufficient.
    if !isDone, finishWord == nil {
      throw .closedEarly(url: url, reason: reason, textSoFar: text)
    }
  }

  /// The server's message in a response that is not a stream.
  var errorMessage: String {
    if let json = try? JSONValue.parse(body), let message = CompletionChunk.errorMessage(json) {
      return message
    }
    return String(decoding: body.prefix(300), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The text that was held back because it might have become a stop string.
  mutating func finish() -> [String] {
    guard matcher.matched == nil else { return [] }
    let rest = matcher.finish()
    text += rest
    return rest.isEmpty ? [] : [rest]
  }

  /// A `finish_reason` other than `stop` and `length`, for example `content_filter`.
  var unusualFinish: String? {
    finishWord.flatMap { ["stop", "length"].contains($0) ? nil : printable($0) }
  }

  /// The result of the answer so far.
  func result(isCancelled: Bool) -> GenerationResult {
    var stats = stats
    let end = ContinuousClock.now
    // Without a reported count: servers send one chunk per token, except when they hold text back.
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

  /// The reason for the end.
  ///
  /// The protocol has `length` for both limits; the token count tells which one was reached.
  private var finishReason: FinishReason {
    guard matcher.matched == nil, finishWord == "length" else { return .stop }
    guard let maxTokenCount else { return .contextFull }
    return (reportedTokenCount ?? maxTokenCount) < maxTokenCount ? .contextFull : .length
  }
}
