internal import Bytes

/// One attempt to get a file, or the rest of it: a request, its redirections and its body.
struct Transfer {
  let file: RemoteFile
  let options: TransferOptions
  /// Receives the size of the part whenever it has changed, and the whole size where it is known.
  let progress: (_ byteCount: Int, _ total: Int?) -> Void

  /// The result of an attempt.
  enum Outcome: Equatable {
    /// All bytes are in the part.
    case complete
    /// The attempt may be repeated.
    case failed(reason: String, pauseSeconds: Int?)
    /// The part does not belong to the file; it must be fetched from its beginning.
    case stale
  }

  /// An answer that is not a redirection, with the first bytes of its body.
  private struct Answer {
    let curl: CurlProcess
    let head: ResponseHead
    let body: [UInt8]
    /// The SHA-256 and size that the hub states before it redirects.
    let linkedDigest: String?
    let linkedByteCount: Int?
  }

  /// Appends what the server sends to the part.
  ///
  /// - Parameter part: the bytes so far.
  /// - Returns: whether the file is complete.
  /// - Throws: `DownloadError` for what another attempt would not change.
  func run(_ part: PartFile) throws(DownloadError) -> Outcome {
    let continues = canContinue(part)
    let answer: Answer
    switch try request(continues ? rangeHeaders(part) : []) {
    case .answer(let received): answer = received
    case .failed(let reason): return .failed(reason: reason, pauseSeconds: nil)
    }
    defer { answer.curl.stop() }
    switch answer.head.status {
    case 200: return try receiveWhole(answer, into: part)
    case 206 where continues: return try receiveRest(answer, into: part)
    case 416 where continues:
      return answer.head.contentRange?.total == part.byteCount ? .complete : .stale
    case 404, 410: throw .notFound(url: file.address.withoutQuery)
    case 401, 403:
      throw .denied(
        url: file.address.withoutQuery, status: answer.head.status,
        hasToken: options.token?.belongs(to: file.address) ?? false)
    case 408, 425, 429, 500..<600:
      return try pause(answer.head)
    default: throw .status(answer.head.status, url: file.address.withoutQuery)
    }
  }

  private func pause(_ head: ResponseHead) throws(DownloadError) -> Outcome {
    let seconds = head.retryAfterSeconds
    if let seconds, seconds > options.longestPause {
      throw .tooManyRequests(url: file.address.withoutQuery, seconds: seconds)
    }
    return .failed(reason: "HTTP status \(head.status)", pauseSeconds: seconds)
  }

  /// A part can be continued where the server can tell that the file is still the same, or where its
  /// digest shows afterwards that it was.
  private func canContinue(_ part: PartFile) -> Bool {
    part.byteCount > 0
      && (part.origin.validator != nil || file.sha256 != nil || part.origin.linkedDigest != nil)
  }

  private func rangeHeaders(_ part: PartFile) -> [String] {
    ["Range: bytes=\(part.byteCount)-"]
      + (part.origin.validator.map { ["If-Range: \($0)"] } ?? [])
  }

  // MARK: The request

  private enum Received {
    case answer(Answer)
    case failed(reason: String)
  }

  private func request(_ range: [String]) throws(DownloadError) -> Received {
    var address = file.address
    var linkedDigest: String?
    var linkedByteCount: Int?
    for _ in 0...Redirection.limit {
      let curl = try start(address, range)
      let head: ResponseHead
      let body: [UInt8]
      switch try readHead(curl) {
      case .head(let read, let first):
        head = read
        body = first
      case .failed(let reason): return .failed(reason: reason)
      }
      if address.isSameServer(as: file.address) {
        linkedDigest = linkedDigest ?? Self.digest(inTag: head["x-linked-etag"])
        linkedByteCount = linkedByteCount ?? head["x-linked-size"].flatMap(ResponseHead.count)
      }
      guard [301, 302, 303, 307, 308].contains(head.status) else {
        return .answer(
          Answer(
            curl: curl, head: head, body: body, linkedDigest: linkedDigest,
            linkedByteCount: linkedByteCount))
      }
      curl.stop()
      guard let target = Redirection.target(of: head["location"], from: address) else {
        throw .malformedAnswer(
          url: address.withoutQuery,
          reason: "redirects to an address that cannot be used or is not encrypted")
      }
      address = target
    }
    throw .malformedAnswer(
      url: file.address.withoutQuery, reason: "redirects more than \(Redirection.limit) times")
  }

  /// The digest of an entity tag that is the SHA-256 of the file, as the hub's for large files.
  private static func digest(inTag tag: String?) -> String? {
    guard let text = tag?.filter({ $0 != "\"" }) else { return nil }
    return SHA256Digest(hex: text)?.hex
  }

  private func start(
    _ address: WebAddress, _ range: [String]
  ) throws(DownloadError) -> CurlProcess {
    do throws(ChildProcess.Failure) {
      return try CurlProcess(
        program: options.curlPath, address: address,
        options: options.curlOptions(for: address, range: range))
    } catch {
      throw Self.error(error)
    }
  }

  private static func error(_ failure: ChildProcess.Failure) -> DownloadError {
    .curl(reason: failure.description)
  }

  private enum Head {
    case head(ResponseHead, [UInt8])
    case failed(reason: String)
  }

  private func readHead(_ curl: CurlProcess) throws(DownloadError) -> Head {
    var reader = ResponseHeadReader()
    var result: Head?
    let ending = try readAll(curl, count: 0) { bytes in
      switch reader.append(bytes) {
      case .incomplete: return true
      case .complete(let head, let body): result = .head(head, body)
      case .malformed: result = .failed(reason: "the answer is not HTTP")
      }
      return false
    }
    if let result { return result }
    return .failed(reason: ending.map(Self.reason) ?? "no answer")
  }

  private static func reason(_ ending: CurlProcess.Ending) -> String {
    ending.message.isEmpty ? "no answer" : ending.message
  }

  // MARK: The body

  private func receiveWhole(_ answer: Answer, into part: PartFile) throws(DownloadError) -> Outcome
  {
    try part.restart(
      origin: .init(validator: answer.head.validator, linkedDigest: answer.linkedDigest))
    return try receive(answer, into: part, total: answer.head.contentLength)
  }

  private func receiveRest(_ answer: Answer, into part: PartFile) throws(DownloadError) -> Outcome {
    // A server that ignores If-Range sends the rest of another version.
    if let validator = answer.head.validator, let known = part.origin.validator,
      validator != known
    {
      return .stale
    }
    if let digest = answer.linkedDigest, let known = part.origin.linkedDigest, digest != known {
      return .stale
    }
    guard let range = answer.head.contentRange, range.first == part.byteCount else {
      return .stale
    }
    let total = range.total ?? answer.head.contentLength.map { part.byteCount + $0 }
    return try receive(answer, into: part, total: total)
  }

  private func receive(
    _ answer: Answer, into part: PartFile, total: Int?
  ) throws(DownloadError) -> Outcome {
    let stated = total ?? answer.linkedByteCount
    if let expected = file.byteCount, let stated, stated != expected {
      throw .wrongSize(url: file.address.withoutQuery, expected: expected, found: stated)
    }
    let expected = file.byteCount ?? stated
    progress(part.byteCount, expected)
    var failure: DownloadError?
    func take(_ bytes: ArraySlice<UInt8>) -> Bool {
      do throws(DownloadError) {
        if let expected, part.byteCount + bytes.count > expected {
          throw .wrongSize(
            url: file.address.withoutQuery, expected: expected,
            found: part.byteCount + bytes.count)
        }
        try part.append(bytes)
        progress(part.byteCount, expected)
        return true
      } catch {
        failure = error
        return false
      }
    }
    let ending =
      try take(answer.body[...])
      ? readAll(answer.curl, count: part.byteCount, take) : nil
    if let failure { throw failure }
    guard let ending else { return .failed(reason: "the connection was closed", pauseSeconds: nil) }
    if part.byteCount == expected || expected == nil && ending.code == 0 { return .complete }
    return .failed(
      reason: ending.message.isEmpty ? "the connection was closed early" : ending.message,
      pauseSeconds: nil)
  }

  /// Reads standard output until `take` returns false or curl ends.
  ///
  /// - Parameters:
  ///   - curl: the request.
  ///   - count: the bytes that are kept, for the error of a cancelled download.
  ///   - take: receives each piece.
  /// - Throws: `DownloadError.cancelled` and `.curl`.
  /// - Returns: curl's end; nil where `take` returned false.
  private func readAll(
    _ curl: CurlProcess, count: Int, _ take: (ArraySlice<UInt8>) -> Bool
  ) throws(DownloadError) -> CurlProcess.Ending? {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    do throws(ChildProcess.Failure) {
      while true {
        if options.isCancelled() {
          curl.stop()
          break
        }
        switch try curl.read(into: &buffer, waitingAtMost: 50) {
        case .nothingYet: continue
        case .bytes(let count): if !take(buffer[..<count]) { return nil }
        case .end: return try curl.wait()
        }
      }
    } catch {
      throw Self.error(error)
    }
    throw .cancelled(byteCount: count)
  }
}
