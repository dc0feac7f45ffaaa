internal import Bytes
internal import Foundation

/// A recording as a file: the one that was named, or a temporary one with standard input.
///
/// The temporary file loses its name at once and is read through the open descriptor, so that nothing
/// is left of it when Ctrl-C ends the process in the middle of a transcription.
struct RecordingFile {
  private let path: String
  private let handle: FileHandle?

  init(_ argument: String) throws {
    guard argument == "-" else {
      (path, handle) = (argument, nil)
      return
    }
    let data = try standardInput()
    guard !data.isEmpty else { throw CommandFailure("standard input: no sound", .missingInput) }
    let url = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-\(UUID().uuidString)")
    guard
      FileManager.default.createFile(
        atPath: url.path(), contents: data, attributes: [.posixPermissions: 0o600]),
      let handle = try? FileHandle(forReadingFrom: url)
    else { throw CommandFailure("\(url.path()): cannot be written", .cannotCreate) }
    try FileManager.default.removeItem(at: url)
    self.handle = handle
    // The decoding process has descriptors of its own.
    path = "/proc/\(ProcessInfo.processInfo.processIdentifier)/fd/\(handle.fileDescriptor)"
  }

  /// Keeps the file open until the end of `body`.
  func whileOpen<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(handle) { try body(path) }
  }
}
