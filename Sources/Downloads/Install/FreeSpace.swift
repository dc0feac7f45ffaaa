internal import Bytes
internal import Glibc

/// The room that is left on the disk of a folder.
package enum FreeSpace {
  /// The bytes that an ordinary user may still write.
  ///
  /// - Parameter folder: a folder that need not exist; then that of the nearest one above counts.
  /// - Returns: nil where the system does not say it.
  package static func byteCount(at folder: String) -> Int? {
    var path = folder
    var status = statvfs()
    while unsafe statvfs(path, &status) != 0 {
      guard errno == ENOENT, path != ".", path != "/" else { return nil }
      path = Paths.folder(of: path)
    }
    let (bytes, overflow) = Int(clamping: status.f_bavail)
      .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    return overflow ? .max : bytes
  }

  /// Checks that a folder has room.
  ///
  /// - Throws: `DownloadError.noSpace` with both sizes.
  package static func check(_ needed: Int, at folder: String) throws(DownloadError) {
    if let available = byteCount(at: folder), available < needed {
      throw .noSpace(folder: folder, needed: needed, available: available)
    }
  }
}
