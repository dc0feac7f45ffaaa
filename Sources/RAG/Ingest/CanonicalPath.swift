internal import Foundation

/// The absolute path of an existing file or folder, without symbolic links, `.` or `..`.
///
/// - Returns: nil for a path that does not exist or cannot be looked up.
package func canonicalPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}
