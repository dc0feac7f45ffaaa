internal import Bytes
internal import Foundation

/// The metadata of a file, enough to detect whether it has changed.
struct FileFacts: Sendable, Equatable {
  /// Absolute path without symbolic links, `.` or `..`.
  let path: String
  /// The path as the user named it, or as it was found below a named folder.
  let displayPath: String
  let byteCount: Int
  /// Modification time in nanoseconds since 1970.
  let modifiedNanoseconds: Int64

  /// The metadata of the file at `path`, or `nil` if it does not exist or cannot be accessed.
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

  /// Whether a file exists, or may exist: only the system's word that there is none counts.
  ///
  /// A folder without permission, a disk with errors or a network drive that is away proves nothing
  /// (EACCES, EIO, ESTALE), and the passages from there stay.
  static func exists(_ path: String) -> Bool {
    if access(path, F_OK) == 0 { return true }
    return errno != ENOENT && errno != ENOTDIR
  }
}
