import Foundation

/// Runs the built program as a user does.
struct CommandRunner {
  /// The output and the exit status of a run.
  struct Outcome {
    let output: String
    let error: String
    let status: Int32
  }

  /// A home folder of its own, so that no test sees a person's index or settings.
  let home: URL

  init() throws {
    home = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
  }

  func cleanUp() {
    try? FileManager.default.removeItem(at: home)
  }

  static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The program in the build folder of the test bundle.
  static var executable: URL {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let bundleFolder = URL(filePath: CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "")
      .deletingLastPathComponent()
    let besideBundle = bundleFolder.appending(path: "swiftrag")
    if FileManager.default.isExecutableFile(atPath: besideBundle.path) { return besideBundle }
    return URL(filePath: link ?? "").deletingLastPathComponent().appending(path: "swiftrag")
  }

  /// Runs `swiftrag` with the arguments and waits for it.
  func run(
    _ arguments: String..., input: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(arguments: arguments, input: input, environment: environment)
  }

  /// As above, with the arguments as a list.
  func run(
    arguments: [String], input: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.currentDirectoryURL = home
    process.environment = [
      "HOME": home.path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "LC_ALL": "C.UTF-8",
    ].merging(environment) { $1 }
    // Files instead of pipes, because a pipe that nobody reads fills up and blocks the program.
    let outputFile = home.appending(path: "stdout-\(UUID().uuidString)")
    let errorFile = home.appending(path: "stderr-\(UUID().uuidString)")
    let inputFile = home.appending(path: "stdin-\(UUID().uuidString)")
    try Data((input ?? "").utf8).write(to: inputFile)
    try Data().write(to: outputFile)
    try Data().write(to: errorFile)
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    process.waitUntilExit()
    defer {
      for file in [outputFile, errorFile, inputFile] {
        try? FileManager.default.removeItem(at: file)
      }
    }
    return Outcome(
      output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
      error: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self),
      status: process.terminationStatus)
  }
}
