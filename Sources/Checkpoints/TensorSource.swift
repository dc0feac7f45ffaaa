package import Bytes

/// The source of a tensor's bytes, read when the writer reaches them.
package enum TensorSource {
  /// Bytes in memory.
  case bytes([UInt8])
  /// A range of an open file, to copy a tensor from one checkpoint into another.
  case file(MappedFile, Range<Int>)
  /// Bytes produced while they are written, to convert a large tensor row by row.
  case stream((TensorSink) throws(CheckpointError) -> Void)
}

/// Receives the bytes of one tensor and checks their number against its type and shape.
package final class TensorSink {
  private let sink: any ByteSink
  private let tensor: String
  private let expectedByteCount: Int

  /// The number of bytes appended.
  package private(set) var byteCount = 0

  init(_ sink: any ByteSink, tensor: String, expectedByteCount: Int) {
    self.sink = sink
    self.tensor = tensor
    self.expectedByteCount = expectedByteCount
  }

  /// Appends the next bytes of the tensor.
  ///
  /// - Throws: `CheckpointError.cannotWrite` where they exceed its size; `.bytes` on disk errors.
  package func append(_ bytes: [UInt8]) throws(CheckpointError) {
    try count(bytes.count)
    do throws(BytesError) { try sink.append(bytes) } catch { throw .bytes(error) }
  }

  /// Appends the next bytes of the tensor from memory that stays alive during the call.
  ///
  /// - Throws: `CheckpointError.cannotWrite` where they exceed its size; `.bytes` on disk errors.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    try count(bytes.count)
    do throws(BytesError) { unsafe try sink.append(bytes) } catch { throw .bytes(error) }
  }

  /// Appends all bytes of `source`, and checks that they are complete.
  func write(_ source: TensorSource) throws(CheckpointError) {
    switch source {
    case .bytes(let bytes): try append(bytes)
    case .file(let file, let range):
      guard range.lowerBound >= 0, range.upperBound <= file.byteCount else {
        throw .cannotWrite(
          what: "tensor \(tensor)", reason: "its source is outside \(file.path)")
      }
      unsafe try append(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    case .stream(let produce): try produce(self)
    }
    if byteCount != expectedByteCount {
      throw .cannotWrite(
        what: "tensor \(tensor)",
        reason: "its source gave \(byteCount) of \(expectedByteCount) bytes")
    }
  }

  private func count(_ more: Int) throws(CheckpointError) {
    byteCount += more
    if byteCount > expectedByteCount {
      throw .cannotWrite(
        what: "tensor \(tensor)",
        reason: "its source gave more than \(expectedByteCount) bytes")
    }
  }
}
