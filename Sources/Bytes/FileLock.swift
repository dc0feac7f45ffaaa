internal import Glibc

/// An exclusive advisory lock (`flock`) on an existing file, held as long as the object lives.
///
/// It needs no lock file, and the system releases it when a process dies. It excludes only those
/// who take the same lock.
package final class FileLock {
  private let descriptor: Descriptor

  /// Takes the lock without waiting.
  ///
  /// - Returns: nil where another process has the lock, or the file cannot be opened. On a file
  ///   system without locks every caller gets one.
  package init?(path: String) {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { return nil }
    descriptor = Descriptor(number)
    if flock(number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return nil }
  }
}
