import Bytes
import Glibc

/// Reads whole regular files with a size limit.
package enum FileContents {
  /// The content of the regular file at `path`; symbolic links are followed.
  ///
  /// The file is read, not mapped: a mapped file that another program truncates kills the process
  /// (SIGBUS), and a document, unlike a model, is often edited while it is read.
  /// - Throws: `.cannotOpen`, `.notARegularFile` or `.fileTooLarge`. Opening a pipe or a device
  ///   does not block.
  package static func read(path: String, limit: Int) throws(DocumentError) -> [UInt8] {
    let descriptor = try open(path)
    defer { close(descriptor) }
    let byteCount = try regularByteCount(descriptor, path: path)
    guard byteCount <= limit else {
      throw .fileTooLarge(path: path, byteCount: byteCount, limit: limit)
    }
    return try readAll(descriptor, expecting: byteCount, path: path, limit: limit)
  }

  /// Opens a file without waiting for the other end of a pipe.
  static func open(_ path: String) throws(DocumentError) -> Int32 {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      throw .cannotOpen(path: path, reason: systemMessage(errno))
    }
    return descriptor
  }

  /// The size of an open file.
  ///
  /// - Throws: `.notARegularFile` for a folder, a pipe or a device.
  @discardableResult
  static func regularByteCount(
    _ descriptor: Int32, path: String
  ) throws(DocumentError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .cannotOpen(path: path, reason: systemMessage(errno))
    }
    if let kind = irregularKind(mode: status.st_mode) {
      throw .notARegularFile(path: path, kind: kind)
    }
    return Int(status.st_size)
  }

  /// Why the first bytes of a file cannot be read; nil if they can.
  package static func problem(path: String) -> DocumentError? {
    let descriptor: Int32
    do throws(DocumentError) { descriptor = try open(path) } catch { return error }
    defer { close(descriptor) }
    var byte: UInt8 = 0
    guard unsafe Glibc.read(descriptor, &byte, 1) >= 0 else {
      return .cannotOpen(path: path, reason: systemMessage(errno))
    }
    return nil
  }

  /// Reads to the end of the file, which may have grown or shrunk since `fstat` returned its size.
  private static func readAll(
    _ descriptor: Int32, expecting byteCount: Int, path: String, limit: Int
  ) throws(DocumentError) -> [UInt8] {
    // With one byte more than expected, reading a file that did not change ends after one empty
    // read.
    var contents = [UInt8](repeating: 0, count: byteCount + 1)
    var filled = 0
    while true {
      if filled == contents.count {
        guard filled <= limit else {
          throw .fileTooLarge(path: path, byteCount: filled, limit: limit)
        }
        contents.append(contentsOf: repeatElement(0, count: 65_536))
      }
      let received = unsafe contents.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(
          descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
      }
      if received < 0 {
        if errno == EINTR { continue }
        throw .cannotOpen(path: path, reason: systemMessage(errno))
      }
      if received == 0 { break }
      filled += received
    }
    contents.removeLast(contents.count - filled)
    return contents
  }

  /// The kind of a file that is not regular, in words; nil for a regular file.
  static func irregularKind(mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "a special file"
    }
  }
}
