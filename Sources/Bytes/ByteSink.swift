/// The destination of a writer: a file that appears when it is complete, or memory.
package protocol ByteSink: AnyObject {
  /// The number of bytes appended.
  var byteCount: Int { get }
  /// Appends bytes.
  func append(_ bytes: [UInt8]) throws(BytesError)
  /// Appends bytes from memory that the caller keeps alive during the call.
  func append(_ bytes: UnsafeRawBufferPointer) throws(BytesError)
}

extension AtomicFileWriter: ByteSink {}

/// Collects the output of a writer in memory.
package final class MemorySink: ByteSink {
  /// The bytes appended so far.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package var byteCount: Int { bytes.count }

  package func append(_ bytes: [UInt8]) throws(BytesError) {
    self.bytes.append(contentsOf: bytes)
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(BytesError) {
    unsafe self.bytes.append(contentsOf: bytes)
  }
}
