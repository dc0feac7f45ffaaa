import Foundation
import Testing

/// Runs a suite's tests in a process of their own, where no other test allocates.
///
/// The suite is enabled in that process only; a test outside of it starts the process and reports.
enum OwnProcess {
  private static let mark = "SWIFTRAG_TESTS_OWN_PROCESS"

  /// Whether this process was started for one suite.
  static var isThis: Bool { ProcessInfo.processInfo.environment[mark] != nil }

  /// Runs the suite, and expects that its tests ran and passed.
  ///
  /// - Parameters:
  ///   - suite: the name of its type, as `swift test --filter` takes it.
  ///   - testCount: tests that the suite has; a filter that meets none would pass as well.
  /// - Throws: when the process cannot be started or its output not be read.
  static func expectPassing(suite: String, testCount: Int) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    // How `swift test` calls the bundle of the tests on Linux.
    process.arguments = ["--testing-library", "swift-testing", "--filter", "\\.\(suite)/"]
    process.environment = ProcessInfo.processInfo.environment.merging([mark: "1"]) { $1 }
    let log = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).log")
    defer { try? FileManager.default.removeItem(at: log) }
    try Data().write(to: log)
    process.standardOutput = try FileHandle(forWritingTo: log)
    process.standardError = process.standardOutput
    try process.run()
    process.waitUntilExit()
    let output = String(decoding: try Data(contentsOf: log), as: UTF8.self)
    #expect(process.terminationStatus == 0, "\(output)")
    let noun = testCount == 1 ? "test" : "tests"
    #expect(output.contains("Test run with \(testCount) \(noun) in 1 suite passed"), "\(output)")
  }
}
