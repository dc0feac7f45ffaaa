package import Bytes

/// Where a writer gets a tensor's bytes from, when their turn comes.
package enum TensorSource {
  /// Bytes in memory.
  case bytes([UInt8])
  /// A part of an open file: copying a tensor from one checkpoint into another.
  case file(MappedFile, Range<Int>)
  /// Bytes that are made while they are written: converting a large tensor row by row.
  case stream((TensorSink) throws(CheckpointError) -> Void)
}

/// Takes the bytes of one tensor and holds them to the size that its type and shape need.
package final class TensorSink {
  private let sink: any ByteSink
  private let tensor: String
  private let expectedByteCount: Int

  /// How many of the tensor's bytes were appended.
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

  /// Appends everything that `source` has, and checks that it was all.
  func write(_ source: TensorSource) throws(CheckpointError) {
    switch source {
    case .bytes(let bytes): try append(bytes)
    case .file(let file, let range):
      guard range.lowerBound >= 0, range.upperBound <= file.byteCount else {
        throw .cannotWrite(
          what: "tensor \(tensor)", reason: "its source lies outside \(file.path)")
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
