/// Where a writer's bytes go: a file that appears when it is whole, or memory.
package protocol ByteSink: AnyObject {
  /// How many bytes were appended.
  var byteCount: Int { get }
  /// Appends bytes.
  func append(_ bytes: [UInt8]) throws(BytesError)
  /// Appends bytes from memory that the caller keeps alive during the call.
  func append(_ bytes: UnsafeRawBufferPointer) throws(BytesError)
}

extension AtomicFileWriter: ByteSink {}

/// Collects what a writer writes.
package final class MemorySink: ByteSink {
  /// What was appended so far.
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
