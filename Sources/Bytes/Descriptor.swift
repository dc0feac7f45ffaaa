internal import Glibc

/// An open file descriptor that is closed when the object is released.
final class Descriptor {
  /// The descriptor; negative where opening failed.
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { if number >= 0 { close(number) } }

  /// Reads what is available, up to the size of `buffer`.
  ///
  /// - Returns: the number of bytes, 0 where a signal interrupted the call; nil at the end of the
  ///   stream, or where it cannot be read.
  func read(into buffer: inout [UInt8]) -> Int? {
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe Glibc.read(number, $0.baseAddress, $0.count)
    }
    if count < 0 && errno == EINTR { return 0 }
    return count > 0 ? count : nil
  }
}
