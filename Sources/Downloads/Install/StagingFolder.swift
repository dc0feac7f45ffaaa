internal import Bytes
internal import Glibc

/// The hidden folder in which a model is put together, locked against a second pull.
///
/// The lock is on the folder itself, so no lock file stays behind, and the system releases it when
/// the process dies.
@safe
final class StagingFolder {
  let path: String
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Creates the folder and locks it.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - isCancelled: checked while another process has the lock.
  ///   - waiting: called once if another process has the lock.
  /// - Returns: the locked folder.
  /// - Throws: `DownloadError.cannotWrite` and `.cancelled`.
  static func lock(
    _ path: String, isCancelled: () -> Bool, waiting: () -> Void
  ) throws(DownloadError) -> StagingFolder {
    var hasWaited = false
    while true {
      Paths.makeFolders(path)
      let number = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard number >= 0 else { throw .cannotWrite(path: path, code: errno, kept: false) }
      let folder = StagingFolder(path: path, descriptor: number)
      if flock(number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK {
        // The process that had the lock may have renamed the folder meanwhile.
        if folder.isStillThere { return folder }
        continue
      }
      if !hasWaited { waiting() }
      hasWaited = true
      if isCancelled() { throw .cancelled(byteCount: 0) }
      usleep(200_000)
    }
  }

  private var isStillThere: Bool {
    var (ours, named) = (stat(), stat())
    return unsafe fstat(descriptor, &ours) == 0 && stat(path, &named) == 0
      && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev
  }

  /// Makes the names in the folder durable.
  func synchronize() { fsync(descriptor) }

  /// Removes the folder and everything in it.
  func remove() { FileTree.remove(path) }
}

/// Removing and renaming below one folder.
package enum FileTree {
  /// Removes a file or a folder with everything in it; symbolic links are not followed.
  ///
  /// - Returns: whether it is gone.
  @discardableResult
  package static func remove(_ path: String) -> Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return true }
    guard status.st_mode & S_IFMT == S_IFDIR else { return unsafe unlink(path) == 0 }
    for name in Paths.names(in: path) where name != "." && name != ".." {
      remove("\(path)/\(name)")
    }
    return unsafe rmdir(path) == 0
  }

  /// Renames a file or folder and makes the new name durable.
  ///
  /// - Throws: `DownloadError.cannotWrite`.
  static func move(_ source: String, to target: String) throws(DownloadError) {
    Paths.makeFolders(Paths.folder(of: target))
    guard unsafe rename(source, target) == 0 else {
      throw .cannotWrite(path: target, code: errno, kept: true)
    }
    let folder = unsafe open(Paths.folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}
