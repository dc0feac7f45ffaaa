package import Bytes

/// Why a download or an installation failed; nothing was installed.
package enum DownloadError: Error, Sendable, Equatable {
  /// An environment variable forbids the network.
  case offline(variable: String)
  /// The program `curl` is not on PATH, or cannot be run.
  case curl(reason: String)
  /// A text is neither a model nor a set of the registry, nor a repository or an address.
  case unknownName(String, suggestion: String?)
  /// An address that cannot be used.
  case invalidAddress(String, reason: String)
  /// The mirror that the environment names cannot be used.
  case invalidEndpoint(String, reason: String)
  /// The token contains characters that are not allowed in a header. Errors never include it.
  case invalidToken(variable: String)
  /// The server does not have the file.
  case notFound(url: String)
  /// The server wants a token, or the owner's permission.
  case denied(url: String, status: Int, hasToken: Bool)
  /// A pause of the server is too long.
  case tooManyRequests(url: String, seconds: Int)
  /// The server gave another unusable answer.
  case status(Int, url: String)
  /// The answer is not HTTP, or its redirections do not end or leave https.
  case malformedAnswer(url: String, reason: String)
  /// The connection failed again and again.
  case connection(url: String, reason: String, attempts: Int, byteCount: Int)
  /// The file has another size than expected.
  case wrongSize(url: String, expected: Int, found: Int)
  /// The file has another SHA-256 than expected; it was removed.
  case wrongDigest(url: String, expected: String, found: String)
  /// A file cannot be written or renamed.
  case cannotWrite(path: String, code: Int32, kept: Bool)
  /// The disk has not enough room for the bytes that are left to download; `kept` were downloaded.
  case noSpace(folder: String, needed: Int, available: Int, kept: Int = 0)
  /// The downloaded files are not a model.
  case notAModel(name: String, reason: String)
  /// The list of a repository's files, or the registry, cannot be used.
  case invalidList(source: String, reason: String)
  /// The repository has no file that this program can open, or several to choose from.
  case ambiguousRepository(name: String, files: [String])
  /// Ctrl-C.
  case cancelled(byteCount: Int)
}

extension DownloadError: CustomStringConvertible {
  /// A sentence, and the next thing to try on a second line.
  package var description: String {
    switch self {
    case .offline(let variable):
      "\(variable) forbids the network\n  try: env -u \(variable) swiftrag models pull NAME, or copy "
        + "the file into the models folder yourself"
    case .curl(let reason):
      "the program curl, which downloads, cannot be run: \(reason)\n  try: sudo apt install curl"
    case .unknownName(let text, let suggestion):
      "'\(printable(text))' is not the name of a model that can be pulled"
        + (suggestion.map { "; did you mean \($0)?" } ?? "")
        + "\n  try: swiftrag models ls --registry, which lists the names, or swiftrag models pull "
        + "hf:OWNER/NAME"
    case .invalidAddress(let text, let reason):
      "'\(printable(text))': \(reason)\n  try: swiftrag models pull hf:OWNER/NAME/FILE, or an "
        + "https:// address"
    case .invalidEndpoint(let text, let reason):
      "HF_ENDPOINT is '\(printable(text))': \(reason)\n  try: unset HF_ENDPOINT, or name a mirror such "
        + "as https://huggingface.co"
    case .invalidToken(let variable):
      "\(variable) contains a space, a control character or a character outside ASCII\n"
        + "  try: export \(variable)=…, without quotes inside it"
    case .notFound(let url):
      "\(printable(url)) does not exist at the server\n  try: swiftrag models ls --registry, which "
        + "lists the models that can be downloaded"
    case .denied(let url, let status, let hasToken):
      Self.describeDenied(url: url, status: status, hasToken: hasToken)
    case .tooManyRequests(let url, let seconds):
      "\(printable(url)): the server allows the next request in \(seconds) s\n  try: the same command "
        + "later; it continues where it stopped"
    case .status(let status, let url):
      "\(printable(url)): HTTP status \(status)\n  try: the same command later; it continues where it "
        + "stopped"
    case .malformedAnswer(let url, let reason):
      "\(printable(url)): \(printable(reason))\n  try: the same command later, or another HF_ENDPOINT"
    case .connection(let url, let reason, let attempts, let byteCount):
      "\(printable(url)): \(printable(reason, limit: 300)) (\(attempts) attempts, \(byteCount) bytes "
        + "are kept)\n  try: the same command again; it continues where it stopped"
    case .wrongSize(let url, let expected, let found):
      "\(printable(url)) has \(found) bytes, not \(expected); nothing was installed\n  try: the same "
        + "command again, or another HF_ENDPOINT"
    case .wrongDigest(let url, let expected, let found):
      "\(printable(url)) has SHA-256 \(found), not \(expected); it was removed and nothing was "
        + "installed\n  try: the same command again, or another HF_ENDPOINT"
    case .cannotWrite(let path, let code, let kept):
      "cannot write \(printable(path)): \(systemMessage(code))"
        + (kept
          ? "; what was downloaded is kept\n  try: free some space, then the same command again"
          : "\n  try: --models DIR, a folder that you may write to")
    case .noSpace(let folder, let needed, let available, let kept):
      Self.describeNoSpace(folder: folder, needed: needed, available: available, kept: kept)
    case .notAModel(let name, let reason):
      "\(printable(name)) is not a model that swiftrag can use: \(reason)\n"
        + "  try: swiftrag models ls --registry, which lists the models that can be downloaded"
    case .invalidList(let source, let reason):
      "\(printable(source)): \(printable(reason, limit: 300))"
    case .ambiguousRepository(let name, let files):
      Self.describeAmbiguous(name: name, files: files)
    case .cancelled(let byteCount):
      "stopped; \(byteCount.inMegabytes) MB are kept\n  try: the same command again; it continues "
        + "where it stopped"
    }
  }

  /// Exact numbers of bytes: rounded ones may look as if there was room.
  private static func describeNoSpace(
    folder: String, needed: Int, available: Int, kept: Int
  ) -> String {
    let more = kept > 0 ? " more" : ""
    let rest = kept > 0 ? "; the \(kept) bytes that were downloaded are kept" : ""
    let tenths = needed / 100_000
    return
      "\(printable(folder)) needs \(needed) bytes\(more) (\(tenths / 10).\(tenths % 10) MB), but the disk "
      + "has \(available) bytes left\(rest)\n  try: swiftrag models rm NAME, which frees some, then the "
      + "same command again; or --models DIR on another disk"
  }

  private static func describeDenied(url: String, status: Int, hasToken: Bool) -> String {
    let reason =
      hasToken
      ? "HF_TOKEN is not accepted, or its owner has not accepted the licence"
      : "the file needs an account that has accepted its licence"
    return "\(printable(url)): HTTP status \(status): \(reason)\n  try: accept the licence on the "
      + "model's page, then HF_TOKEN=… with the same command"
  }

  private static func describeAmbiguous(name: String, files: [String]) -> String {
    let example = files.first ?? "FILE"
    let list = files.prefix(12).map { "\n    " + printable($0) }.joined()
    let rest = files.count > 12 ? "\n    … \(files.count - 12) more" : ""
    return
      (files.isEmpty
      ? "\(printable(name)) has no file that swiftrag can open"
      : "\(printable(name)) has several models:\(list)\(rest)")
      + "\n  try: swiftrag models pull hf:\(printable(name))/\(printable(example))"
  }
}

extension Int {
  /// A number of bytes in whole megabytes, rounded up: 0 only where there are none.
  var inMegabytes: Int { self / 1_000_000 + (self % 1_000_000 > 0 ? 1 : 0) }
}

extension DownloadError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .offline: .forbidden
    case .curl, .notFound, .denied, .status, .malformedAnswer, .connection: .unavailable
    case .tooManyRequests: .busy
    case .unknownName, .invalidAddress, .ambiguousRepository: .usage
    case .invalidEndpoint, .invalidToken, .invalidList: .configuration
    case .wrongSize, .wrongDigest, .notAModel: .invalidData
    case .cannotWrite(_, _, let kept): kept ? .inputOutput : .cannotCreate
    case .noSpace: .inputOutput
    case .cancelled: .interrupted
    }
  }
}
