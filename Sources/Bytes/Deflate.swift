internal import CZlib

/// The size of `bytes` compressed by zlib at its default level, header and checksum included.
///
/// Whisper's decoding measures with it how repetitive a text is, so the number must be that of
/// Python's `zlib.compress`.
///
/// - Returns: nil where zlib has no memory.
package func zlibCompressedByteCount(_ bytes: [UInt8]) -> Int? {
  var byteCount = compressBound(uLong(bytes.count))
  let output = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(byteCount))
  defer { unsafe output.deallocate() }
  let status = unsafe bytes.withUnsafeBufferPointer {
    unsafe compress2(output, &byteCount, $0.baseAddress, uLong($0.count), Z_DEFAULT_COMPRESSION)
  }
  return status == Z_OK ? Int(byteCount) : nil
}
