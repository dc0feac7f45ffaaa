internal import Bytes
internal import Glibc

/// Downloads one file: repeats attempts, continues where the last one stopped, and checks the size and
/// the SHA-256 before the file gets its name.
package struct FileDownload {
  let file: RemoteFile
  let options: TransferOptions
  let progress: @Sendable (_ byteCount: Int, _ total: Int?) -> Void

  /// - Parameters:
  ///   - file: what to download.
  ///   - options: of the command.
  ///   - progress: receives the bytes so far and the size where it is known.
  package init(
    _ file: RemoteFile, options: TransferOptions,
    progress: @escaping @Sendable (_ byteCount: Int, _ total: Int?) -> Void = { _, _ in }
  ) {
    self.file = file
    self.options = options
    self.progress = progress
  }

  /// Downloads to `path`, by way of `PATH.part`, which stays after a failure that can be repeated.
  ///
  /// - Parameter path: the finished file; its folder exists.
  /// - Returns: the size and digest.
  /// - Throws: `DownloadError`; the file `path` does not exist then.
  package func run(to path: String) throws(DownloadError) -> DownloadedFile {
    let part = try PartFile(path: path + ".part")
    // Wrong bytes of a part from an earlier run or attempt are not yet the server's fault.
    var wasContinued = part.byteCount > 0
    var freshStarts = 0
    while true {
      if try fetch(part) { wasContinued = true }
      let digest = try part.digest()
      guard let expected = expectedDigest(part), digest != expected else {
        return try install(part, digest, as: path)
      }
      guard wasContinued, freshStarts < Self.freshStartLimit else {
        part.remove()
        throw .wrongDigest(
          url: file.address.withoutQuery, expected: expected.hex, found: digest.hex)
      }
      freshStarts += 1
      wasContinued = false
      try part.restart(origin: .init())
    }
  }

  /// Downloads from the beginning after a continued one had wrong bytes; a bad connection can spoil
  /// more than one.
  private static let freshStartLimit = 3

  private func install(
    _ part: PartFile, _ digest: SHA256Digest, as path: String
  ) throws(DownloadError) -> DownloadedFile {
    let check: DownloadedFile.Check =
      file.sha256 != nil ? file.check : part.origin.linkedDigest != nil ? .hub : .recorded
    try part.install(as: path)
    return DownloadedFile(
      path: file.path, byteCount: part.byteCount, sha256: digest, check: check,
      url: file.address.withoutQuery)
  }

  private func expectedDigest(_ part: PartFile) -> SHA256Digest? {
    file.sha256 ?? part.origin.linkedDigest.flatMap { SHA256Digest(hex: $0) }
  }

  /// Repeats attempts until the part is complete.
  ///
  /// - Returns: whether it took more than one.
  private func fetch(_ part: PartFile) throws(DownloadError) -> Bool {
    let transfer = Transfer(file: file, options: options, progress: progress)
    var attempts = 0
    var fruitless = 0
    while true {
      attempts += 1
      let before = part.byteCount
      switch try transfer.run(part) {
      case .complete: return attempts > 1
      case .stale:
        // Once more from the beginning; twice would be a server that contradicts itself.
        try part.restart(origin: .init())
        fruitless += 1
      case .failed(let reason, let seconds):
        fruitless = part.byteCount > before ? 0 : fruitless + 1
        if fruitless >= options.attemptLimit {
          throw .connection(
            url: file.address.withoutQuery, reason: reason, attempts: attempts,
            byteCount: part.byteCount)
        }
        try wait(seconds: seconds, fruitless: fruitless, byteCount: part.byteCount)
      }
      if fruitless >= options.attemptLimit {
        throw .malformedAnswer(
          url: file.address.withoutQuery, reason: "the server sends parts of different versions")
      }
    }
  }

  /// Waits as the server asks, or twice as long after each failure.
  private func wait(seconds: Int?, fruitless: Int, byteCount: Int) throws(DownloadError) {
    let doubled = options.firstPauseMilliseconds << min(5, max(0, fruitless - 1))
    var milliseconds = seconds.map { $0 * 1_000 } ?? doubled
    while milliseconds > 0 {
      if options.isCancelled() { throw .cancelled(byteCount: byteCount) }
      usleep(UInt32(min(50, milliseconds)) * 1_000)
      milliseconds -= 50
    }
  }
}
