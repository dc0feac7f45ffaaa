internal import Bytes
internal import Foundation
internal import Glibc

/// One request by the program curl, whose output is read while it comes.
///
/// Nothing that is secret is on a command line, where other users of the machine could read it: URL
/// and headers go to curl's standard input, and the body is a file without a name (private, removed
/// before the first byte is written). `~/.curlrc` is not read and redirections are not followed.
/// The program is in a process group of its own, so Ctrl-C reaches only us.
final class CurlProcess {
  /// What reading gave.
  enum Reading: Equatable {
    case bytes(Int)
    case nothingYet
    case end
  }

  /// How curl ended.
  struct Ending: Equatable {
    /// curl's exit code; -1 where a signal ended it.
    var code: Int32
    /// The server's answer; 0 where there was none.
    var httpStatus: Int
    /// curl's own message, without its prefix.
    var message: String
  }

  /// Bytes of curl's standard error that are kept; it writes one line.
  private static let messageLimit = 16 << 10

  private var child: pid_t = -1
  private let output: Int32
  private let errors: Int32
  private var errorText: [UInt8] = []
  private var outputIsOpen = true
  private var errorsAreOpen = true

  /// Starts a POST request.
  ///
  /// - Parameters:
  ///   - program: full path of curl.
  ///   - address: the server.
  ///   - path: added to the server's base URL.
  ///   - key: sent as bearer token; visible ASCII.
  ///   - body: JSON.
  /// - Throws: `OpenAIError.cannotRunCurl`.
  init(
    program: String, address: ServerAddress, path: String, key: String?, body: [UInt8]
  ) throws(OpenAIError) {
    let input = try Self.socketPair()
    defer { input.forEach { close($0) } }
    let output = try Self.socketPair()
    let errors = try Self.socketPair()
    (self.output, self.errors) = (output[0], errors[0])
    defer {
      close(output[1])
      close(errors[1])
    }
    let file = try Self.unnamedFile(body)
    defer { close(file) }
    child = try Self.spawn(
      [program, "--disable", "--config", "-"], descriptors: [input[1], output[1], errors[1], file])
    Self.send(Self.configuration(address: address, path: path, key: key), to: input[0])
  }

  deinit {
    stop()
    close(output)
    close(errors)
  }

  /// curl's options, one on a line; strings are quoted as curl(1) says under `--config`.
  static func configuration(address: ServerAddress, path: String, key: String?) -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    var lines = [
      "url = \(quoted(address.url + path))", "proto = \"=http,https\"", "globoff", "silent",
      "show-error", "no-buffer", "fail-with-body", "connect-timeout = 10",
      "header = \"Content-Type: application/json\"", "header = \"Accept: text/event-stream\"",
      // curl would wait a second for the server's leave to send a long body.
      "header = \"Expect:\"",
      "data-binary = \"@/dev/fd/3\"", "write-out = \"%{stderr}\\n%{http_code}\\n\"",
    ]
    if let key { lines.append("header = \(quoted("Authorization: Bearer \(key)"))") }
    // A proxy of the environment must not see what is meant for this machine.
    if address.isLoopback { lines.append("noproxy = \"*\"") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Reads what has come, or waits for it a while.
  ///
  /// - Parameters:
  ///   - buffer: filled from its beginning.
  ///   - milliseconds: the longest wait.
  /// - Returns: how many bytes were read, if any.
  func read(into buffer: inout [UInt8], waitingAtMost milliseconds: Int32) -> Reading {
    guard outputIsOpen else { return .end }
    var events = [output, errorsAreOpen ? errors : -1].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    guard poll(&events, nfds_t(events.count), milliseconds) > 0 else { return .nothingYet }
    if events[1].revents != 0 { readErrors() }
    guard events[0].revents != 0 else { return .nothingYet }
    let count = buffer.withUnsafeMutableBytes { Glibc.read(output, $0.baseAddress, $0.count) }
    if count > 0 { return .bytes(count) }
    if count < 0 && errno == EINTR { return .nothingYet }
    outputIsOpen = false
    return .end
  }

  /// Waits for curl's own end; call it after `.end`.
  func wait() -> Ending {
    while errorsAreOpen { readErrors() }
    let code = reap()
    let lines = String(decoding: errorText, as: UTF8.self).split(separator: "\n")
    let message = lines.first { $0.hasPrefix("curl: ") } ?? ""
    // "curl: (7) Failed to connect …"
    let words = message.drop { $0 != ")" }.dropFirst(2)
    return Ending(
      code: code, httpStatus: lines.last.flatMap { Int($0) } ?? 0, message: String(words))
  }

  /// Ends curl; nothing more is read.
  func stop() {
    guard child > 0 else { return }
    kill(child, SIGKILL)
    _ = reap()
  }

  private func reap() -> Int32 {
    guard child > 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      if errno != EINTR { break }
    }
    child = -1
    // WIFEXITED and WEXITSTATUS of <sys/wait.h>.
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
  }

  private func readErrors() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { Glibc.read(errors, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { return }
    if count <= 0 { errorsAreOpen = false }
    // The status is the last line, so of much text the end is kept.
    errorText = Array((errorText + buffer.prefix(max(count, 0))).suffix(Self.messageLimit))
  }
}

extension CurlProcess {
  /// Two connected descriptors that no other child process inherits.
  private static func socketPair() throws(OpenAIError) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
    guard socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else {
      throw .cannotRunCurl(reason: systemMessage(errno))
    }
    return ends
  }

  /// A descriptor of a private file that has lost its name.
  private static func unnamedFile(_ bytes: [UInt8]) throws(OpenAIError) -> Int32 {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-request-\(UUID().uuidString)").path
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw .cannotRunCurl(reason: "\(path): \(systemMessage(errno))") }
    unlink(path)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let reason = "\(path): \(systemMessage(errno))"
        close(file)
        throw .cannotRunCurl(reason: reason)
      }
      rest = rest.dropFirst(count)
    }
    return file
  }

  /// Starts a program with the given descriptors as its 0, 1, 2 and 3.
  private static func spawn(
    _ arguments: [String], descriptors: [Int32]
  ) throws(OpenAIError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    // Above the numbers that the child gets, or one could overwrite another.
    let movedDescriptors = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 16) }
    defer { movedDescriptors.forEach { close($0) } }
    for (number, descriptor) in movedDescriptors.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    words.append(nil)
    defer { words.forEach { free($0) } }
    var child = pid_t()
    let status = posix_spawn(&child, arguments[0], &actions, &attributes, words, environ)
    guard status == 0 else { throw .cannotRunCurl(reason: systemMessage(status)) }
    return child
  }

  /// Writes a short text; a program that is gone is noticed when its output ends.
  private static func send(_ text: String, to socket: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
