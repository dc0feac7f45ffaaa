internal import Glibc

/// A program just started, with this process's ends of its streams.
struct SpawnedChild {
  let processID: pid_t
  let input: Descriptor
  let output: Descriptor
  let errors: Descriptor

  /// Starts the program of a configuration.
  ///
  /// - Throws: `ChildProcess.Failure.cannotRun`.
  init(_ configuration: ChildProcess.Configuration) throws(ChildProcess.Failure) {
    guard let program = configuration.arguments.first else { throw .cannotRun("no program") }
    // Behind prlimit, a missing program would only show as its exit code.
    guard unsafe access(program, X_OK) == 0 else { throw .cannotRun(systemMessage(errno)) }
    let streams = (try Self.connection(), try Self.connection(), try Self.connection())
    var childEnds = [
      configuration.input.isEmpty ? try Self.nullDevice() : streams.0.theirs,
      streams.1.theirs, streams.2.theirs,
    ]
    for contents in configuration.files { childEnds.append(try Self.unnamedFile(contents)) }
    (input, output, errors) = (streams.0.ours, streams.1.ours, streams.2.ours)
    processID = try Self.spawn(
      configuration.limitedArguments, environment: configuration.environment,
      descriptors: childEnds)
  }

  /// Two connected descriptors that no other child process inherits.
  ///
  /// A socket pair, because Swift does not see `pipe2`, and `pipe` with a later `fcntl` would leave
  /// a moment in which another thread's child inherits them. Sockets also take input without
  /// SIGPIPE.
  private static func connection()
    throws(ChildProcess.Failure) -> (ours: Descriptor, theirs: Descriptor)
  {
    var ends: [Int32] = [-1, -1]
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
    guard unsafe socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else {
      throw .cannotRun(systemMessage(errno))
    }
    return (Descriptor(ends[0]), Descriptor(ends[1]))
  }

  private static func nullDevice() throws(ChildProcess.Failure) -> Descriptor {
    let number = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw .cannotRun("/dev/null: \(systemMessage(errno))") }
    return Descriptor(number)
  }

  /// A private file that loses its name before the first byte is written.
  private static func unnamedFile(_ bytes: [UInt8]) throws(ChildProcess.Failure) -> Descriptor {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let name = String(UInt64.random(in: .min ... .max), radix: 36)
    let path = "\(folder)/swiftrag-\(name)"
    let number = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw .cannotRun("\(path): \(systemMessage(errno))") }
    let file = Descriptor(number)
    unsafe unlink(path)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .cannotRun("\(path): \(systemMessage(errno))") }
      rest = rest.dropFirst(count)
    }
    return file
  }

  /// Starts a program with the given descriptors as 0, 1, 2 and so on, and no others.
  private static func spawn(
    _ arguments: [String], environment: [String: String]?, descriptors: [Descriptor]
  ) throws(ChildProcess.Failure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    guard unsafe posix_spawn_file_actions_init(&actions) == 0,
      unsafe posix_spawnattr_init(&attributes) == 0
    else { throw .cannotRun("out of memory") }
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    // Above the numbers that the child gets, or one could overwrite another.
    let moved = descriptors.map {
      Descriptor(fcntl($0.number, F_DUPFD_CLOEXEC, Int32(descriptors.count)))
    }
    for (number, descriptor) in moved.enumerated() {
      guard descriptor.number >= 0 else { throw .cannotRun("too many open files") }
      unsafe posix_spawn_file_actions_adddup2(&actions, descriptor.number, Int32(number))
    }
    for number in inheritableDescriptors where number >= descriptors.count {
      unsafe posix_spawn_file_actions_addclose(&actions, number)
    }
    setAttributes(&attributes)
    // Or the descriptors could be closed after their last use, before the program starts.
    defer { withExtendedLifetime(moved) {} }
    return unsafe try withCStrings(arguments) {
      (words: [UnsafeMutablePointer<CChar>?]) throws(ChildProcess.Failure) in
      let variables = environment.map { $0.map { "\($0.key)=\($0.value)" } }
      var child = pid_t()
      let status =
        if let variables {
          unsafe withCStrings(variables) {
            unsafe posix_spawn(&child, arguments[0], &actions, &attributes, words, $0)
          }
        } else {
          unsafe posix_spawn(&child, arguments[0], &actions, &attributes, words, environ)
        }
      guard status == 0 else { throw .cannotRun(systemMessage(status)) }
      return child
    }
  }

  /// Descriptors of this process without FD_CLOEXEC: ours all have it, those of a library may not.
  ///
  /// Swift does not see `posix_spawn_file_actions_addclosefrom_np`.
  private static var inheritableDescriptors: [Int32] {
    Paths.names(in: "/proc/self/fd").compactMap { Int32($0) }.filter {
      let flags = fcntl($0, F_GETFD)
      return flags >= 0 && flags & FD_CLOEXEC == 0
    }
  }

  /// A process group of its own, no blocked signals, and default handlers for those that a parent
  /// may ignore.
  private static func setAttributes(_ attributes: inout posix_spawnattr_t) {
    unsafe posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGHUP] { unsafe sigaddset(&signals, signal) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
  }
}

/// Calls `body` with a null-terminated array of C strings, which are freed afterwards.
private func withCStrings<Result, Failure: Error>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws(Failure) -> Result
) throws(Failure) -> Result {
  var words: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
  unsafe words.append(nil)
  defer { unsafe words.forEach { unsafe free($0) } }
  return unsafe try body(words)
}
