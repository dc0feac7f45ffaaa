internal import Bytes
internal import Foundation

/// What the file system says of a file, enough to see whether it changed.
struct FileFacts: Sendable, Equatable {
  /// Absolute path without symbolic links, `.` or `..`.
  let path: String
  /// The path as the person named it or as it was found below a named folder.
  let displayPath: String
  let byteCount: Int
  /// Time of the last modification, nanoseconds since 1970.
  let modifiedNanoseconds: Int64

  /// The facts of the file at `path`, or `nil` when there is none or it cannot be asked.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    displayPath = path
    self.path = Self.canonical(path)
    byteCount = Int(status.st_size)
    modifiedNanoseconds =
      Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
  }

  /// The absolute path without symbolic links; for a path that does not exist, made absolute only.
  static func canonical(_ path: String) -> String {
    Paths.canonical(path) ?? URL(fileURLWithPath: path).standardizedFileURL.path
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
