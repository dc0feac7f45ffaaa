internal import Glibc

/// Device, inode, size and modification time, which together identify one state of a file.
struct FileIdentity: Equatable, Sendable {
  let device: UInt64
  let inode: UInt64
  let byteCount: Int
  let modifiedSeconds: Int
  let modifiedNanoseconds: Int

  init(descriptor: Int32, path: String) throws(BytesError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .system(operation: "read the size of", path: path, code: errno)
    }
    try self.init(status, path: path)
  }

  init(path: String) throws(BytesError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw .system(operation: "read the size of", path: path, code: errno)
    }
    try self.init(status, path: path)
  }

  private init(_ status: stat, path: String) throws(BytesError) {
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notRegularFile(path: path, kind: FileIdentity.kind(ofMode: status.st_mode))
    }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    byteCount = Int(status.st_size)
    modifiedSeconds = status.st_mtim.tv_sec
    modifiedNanoseconds = status.st_mtim.tv_nsec
  }

  private static func kind(ofMode mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "a special file"
    }
  }
}
