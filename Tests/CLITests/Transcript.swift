import Foundation

/// Commands with the output that they must have, from a file of `Tests/Fixtures/transcripts`.
///
/// A line `$ COMMAND` is followed by `= STATUS`, the lines of standard output after `> ` and those of
/// standard error after `! `. In an expected line `…` stands for any text, and a line `…` alone for
/// one or more lines, where they depend on the machine. The commands of a file run one after another
/// in a home folder of their own with the folders `documents` and `models`; `ROOT` is the checkout,
/// `HOME` the home folder.
struct Transcript {
  /// A command and its output.
  struct Entry: Equatable {
    var command: String
    var status: Int32 = 0
    var output: [String] = []
    var error: [String] = []

    /// The entry as lines of the file.
    var text: String {
      let lines = ["$ \(command)", "= \(status)"] + output.map { "> \($0)" }
      return (lines + error.map { "! \($0)" }).joined(separator: "\n") + "\n"
    }

    /// Whether an actual run is what this entry expects.
    func accepts(_ actual: Entry) -> Bool {
      status == actual.status && Self.matches(output[...], actual.output[...])
        && Self.matches(error[...], actual.error[...])
    }

    /// The actual run with the gaps of this entry in the lines that still fit.
    func recording(_ actual: Entry) -> Entry {
      func lines(_ expected: [String], _ actual: [String]) -> [String] {
        guard expected.count == actual.count else { return actual }
        return zip(expected, actual).map { Self.isLike($0, $1) ? $0 : $1 }
      }
      var entry = actual
      entry.output = lines(output, actual.output)
      entry.error = lines(error, actual.error)
      return accepts(actual) ? self : entry
    }

    private static func matches(_ expected: ArraySlice<String>, _ actual: ArraySlice<String>)
      -> Bool
    {
      guard let first = expected.first else { return actual.isEmpty }
      guard let line = actual.first else { return false }
      let (expectedRest, actualRest) = (expected.dropFirst(), actual.dropFirst())
      if first == "…" {
        return matches(expectedRest, actualRest) || matches(expected, actualRest)
      }
      return isLike(first, line) && matches(expectedRest, actualRest)
    }

    private static func isLike(_ pattern: String, _ line: String) -> Bool {
      var parts = pattern.components(separatedBy: "…")[...]
      guard let start = parts.popFirst(), line.hasPrefix(start) else { return false }
      guard let end = parts.popLast() else { return line == start }
      var rest = line.dropFirst(start.count)
      for part in parts {
        guard let range = rest.firstRange(of: part) else { return false }
        rest = rest[range.upperBound...]
      }
      return rest.hasSuffix(end)
    }
  }

  /// The name of the file.
  let name: String
  /// The comment at its beginning.
  let head: [String]
  /// The commands, in order.
  let entries: [Entry]

  static let folder = CommandRunner.fixture("transcripts")

  /// The names of all files.
  static let names = ["answers", "commands", "configuration", "media", "models"]

  init(name: String) throws {
    let file = Self.folder.appending(path: name + ".txt")
    self.init(name: name, text: try String(contentsOf: file, encoding: .utf8))
  }

  init(name: String, text: String) {
    self.name = name
    let lines = text.split(separator: "\n")
    head = lines.prefix { $0.hasPrefix("#") }.map(String.init)
    var entries: [Entry] = []
    for line in lines {
      let rest = String(line.dropFirst(2))
      switch line.prefix(1) {
      case "$": entries.append(Entry(command: rest))
      case "=" where !entries.isEmpty: entries[entries.count - 1].status = Int32(rest) ?? -1
      case ">" where !entries.isEmpty: entries[entries.count - 1].output.append(rest)
      case "!" where !entries.isEmpty: entries[entries.count - 1].error.append(rest)
      default: continue
      }
    }
    self.entries = entries
  }

  /// Writes the file with other entries.
  func record(_ entries: [Entry]) throws {
    let text = head.joined(separator: "\n") + "\n\n" + entries.map(\.text).joined(separator: "\n")
    try Data(text.utf8).write(to: Self.folder.appending(path: name + ".txt"))
  }
}

extension CommandRunner {
  /// A home folder with `documents`, a `models` folder that has the bundled models only, and `programs`
  /// with a tesseract and an ffmpeg to be found, which `make deps` does not install.
  static func forTranscripts() throws -> CommandRunner {
    let runner = try CommandRunner()
    let files = FileManager.default
    try files.copyItem(
      at: Transcript.folder.appending(path: "documents"),
      to: runner.home.appending(path: "documents"))
    let programs = runner.home.appending(path: "programs")
    try files.createDirectory(at: programs, withIntermediateDirectories: true)
    for name in ["tesseract", "ffmpeg"] {
      try files.createSymbolicLink(
        at: programs.appending(path: name), withDestinationURL: URL(filePath: "/bin/true"))
    }
    for model in ["embeddings/all-MiniLM-L6-v2", "whisper/whisper-base"] {
      let link = runner.home.appending(path: "models/" + model)
      try files.createDirectory(
        at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
      try files.createSymbolicLink(
        at: link, withDestinationURL: packageRoot.appending(path: "models/" + model))
    }
    return runner
  }

  /// Runs a shell command off a terminal, without a network.
  func transcribe(_ command: String) throws -> Transcript.Entry {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c", command.replacingOccurrences(of: "ROOT", with: Self.packageRoot.path),
    ]
    shell.currentDirectoryURL = home
    let folder = Self.executable.deletingLastPathComponent().path
    shell.environment = [
      "HOME": home.path, "PATH": "\(folder):/usr/bin:/bin", "LC_ALL": "C.UTF-8", "COLUMNS": "80",
      "SWIFTRAG_OFFLINE": "1", "SWIFTRAG_MODELS": home.path + "/models",
    ]
    let (output, error) = (home.appending(path: ".out"), home.appending(path: ".err"))
    for file in [output, error] { try Data().write(to: file) }
    shell.standardInput = FileHandle.nullDevice
    shell.standardOutput = try FileHandle(forWritingTo: output)
    shell.standardError = try FileHandle(forWritingTo: error)
    try shell.run()
    shell.waitUntilExit()
    return Transcript.Entry(
      command: command, status: shell.terminationStatus,
      output: lines(of: try Data(contentsOf: output)),
      // The progress that long work reports depends on its speed.
      error: lines(of: try Data(contentsOf: error)).filter {
        !$0.contains(/\d\/s(, \d+:\d+ left)?$/)
      })
  }

  /// The lines of an output, without what depends on the folder and the speed of the machine.
  private func lines(of data: Data) -> [String] {
    let text = String(decoding: data, as: UTF8.self)
      .replacingOccurrences(of: home.resolvingSymlinksInPath().path, with: "HOME")
      .replacingOccurrences(of: home.path, with: "HOME")
      .replacingOccurrences(of: Self.packageRoot.path, with: "ROOT")
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines.map {
      $0.replacing(/\d+(\.\d+)? (ms|s)\b/, with: "TIME")
        // The model that is proposed fits in the memory that is available.
        .replacing(/models pull \S+ \([^)]*\)\. model_backend/) { _ in
          "models pull NAME (COST). model_backend"
        }
    }
  }
}
