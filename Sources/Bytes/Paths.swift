internal import Glibc

/// Paths of files as text: their parts, their canonical form, and folders.
///
/// Paths are `String` everywhere; the ADR on the platform layer says why there is no type for them.
package enum Paths {
  /// The last component: `model.gguf` of `/models/model.gguf`, also where slashes follow.
  ///
  /// Of a path without any component (`""`, `/`) it is the path itself.
  package static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The folder of the last component: `/models` of `/models/model.gguf`, `.` where there is none.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The absolute path of an existing file or folder, without symbolic links, `.` or `..`.
  ///
  /// - Returns: nil for a path that does not exist or cannot be looked up.
  package static func canonical(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// The canonical path of a file that need not exist: that of its folder, with its name.
  package static func canonicalOfNew(_ path: String) -> String {
    if let whole = canonical(path) { return whole }
    let folder = folder(of: path)
    let resolved = canonical(folder) ?? folder
    return resolved == "/" ? "/" + name(of: path) : resolved + "/" + name(of: path)
  }

  /// Whether a file or folder of that name exists.
  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether the path names a folder.
  package static func isFolder(_ path: String) -> Bool {
    status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// The size of a regular file in bytes; nil for anything else.
  package static func fileByteCount(_ path: String) -> Int? {
    guard let status = status(of: path), status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  private static func status(of path: String) -> stat? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }

  /// The names in a folder, sorted; none where it cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      names.append(
        unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.sorted()
  }

  /// Creates a folder and those above it; a failure shows when a file is created there.
  package static func makeFolders(_ path: String) {
    if exists(path) { return }
    var folder = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      folder += "/" + part
      unsafe mkdir(folder, 0o755)
    }
  }
}
