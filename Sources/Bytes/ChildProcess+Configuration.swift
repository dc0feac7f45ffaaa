internal import Glibc

extension ChildProcess {
  /// A program with its arguments, input and limits.
  package struct Configuration: Sendable {
    /// The full path of the program, then its arguments.
    package var arguments: [String]
    /// The child's environment; nil for that of this process.
    package var environment: [String: String]?
    /// The bytes of standard input; without any, it is /dev/null.
    package var input: [UInt8]
    /// Contents of private files without a name, which the child reads as `/dev/fd/3` and so on.
    ///
    /// Secrets belong there or into `input`: other users of the machine can read arguments.
    package var files: [[UInt8]]
    package var limits: Limits

    package init(
      _ arguments: [String], environment: [String: String]? = nil, input: [UInt8] = [],
      files: [[UInt8]] = [], limits: Limits = Limits()
    ) {
      self.arguments = arguments
      self.environment = environment
      self.input = input
      self.files = files
      self.limits = limits
    }
  }

  /// Limits of one run; a program that exceeds one of them is killed.
  package struct Limits: Sendable {
    /// Bytes of standard output.
    package var outputByteCount: Int
    /// Time from the start, in seconds; nil for any.
    package var seconds: Int?
    /// Address space in bytes (RLIMIT_AS); nil for any.
    package var addressSpaceByteCount: Int?
    /// Processor time in seconds (RLIMIT_CPU); nil for any.
    package var cpuSeconds: Int?

    /// The default limits nothing.
    package init(
      outputByteCount: Int = .max, seconds: Int? = nil, addressSpaceByteCount: Int? = nil,
      cpuSeconds: Int? = nil
    ) {
      self.outputByteCount = outputByteCount
      self.seconds = seconds
      self.addressSpaceByteCount = addressSpaceByteCount
      self.cpuSeconds = cpuSeconds
    }
  }

  /// The full path of a program on `PATH`, or in the usual folders where `PATH` is not set.
  package static func find(_ program: String) -> String? {
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
    for folder in path.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = folder + "/" + program
      if unsafe access(candidate, X_OK) == 0 { return candidate }
    }
    return nil
  }
}

extension ChildProcess.Configuration {
  /// The arguments behind those of `prlimit`, which sets the limits that `posix_spawn` cannot.
  ///
  /// `prlimit` is part of util-linux, which is essential on Debian. Where it is missing, memory and
  /// processor time are not limited.
  var limitedArguments: [String] {
    guard limits.addressSpaceByteCount != nil || limits.cpuSeconds != nil,
      let prlimit = ChildProcess.find("prlimit")
    else { return arguments }
    var prefix = [prlimit, "--core=0"]
    if let byteCount = limits.addressSpaceByteCount { prefix.append("--as=\(byteCount)") }
    if let seconds = limits.cpuSeconds { prefix.append("--cpu=\(seconds)") }
    return prefix + ["--"] + arguments
  }
}
