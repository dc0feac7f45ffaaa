internal import CZlib

/// The content of raw deflate data, which must have exactly the stated size and no bytes to spare.
///
/// - Source: RFC 1951, through zlib's `inflate` with a negative window size.
/// - Parameters:
///   - file: the file with the data.
///   - range: the compressed bytes, checked to be inside the file.
///   - byteCount: the stated size of the content, checked against the archive's limits.
///   - name: the member, for errors.
/// - Returns: the content.
/// - Throws: `ZipError.damaged`.
func inflate(
  _ file: MappedFile, _ range: Range<Int>, byteCount: Int, name: String
) throws(ZipError) -> [UInt8] {
  // zlib counts in 32 bits; the limit of 1 GiB and the ratio keep both sides below that, but a
  // long run of compressed bytes for a short content is still possible.
  guard let inputByteCount = UInt32(exactly: range.count),
    let outputByteCount = UInt32(exactly: byteCount)
  else { throw .damaged(name: name, reason: "its compressed data are too long") }

  var stream = unsafe z_stream()
  guard
    unsafe inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      == Z_OK
  else { throw .damaged(name: name, reason: "zlib has no memory for it") }
  defer { unsafe inflateEnd(&stream) }

  var status = Z_OK
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: max(1, byteCount)) { output, count in
    unsafe file.withBytes { input in
      let source = unsafe UnsafeRawBufferPointer(rebasing: input[range])
      // zlib's interface is not const-correct; it does not write to its input.
      unsafe stream.next_in = UnsafeMutablePointer(
        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.avail_in = inputByteCount
      unsafe stream.next_out = output.baseAddress
      unsafe stream.avail_out = outputByteCount
      unsafe status = CZlib.inflate(&stream, Z_FINISH)
    }
    unsafe count = byteCount - Int(stream.avail_out)
  }
  guard status == Z_STREAM_END, bytes.count == byteCount, unsafe stream.avail_in == 0 else {
    throw .damaged(name: name, reason: "its compressed data do not give the stated size")
  }
  return bytes
}

/// CRC-32 as ZIP, gzip and PNG use it.
///
/// - Source: ISO 3309, through zlib's `crc32_z`.
package func crc32(of bytes: [UInt8]) -> UInt32 {
  unsafe bytes.withUnsafeBufferPointer {
    UInt32(truncatingIfNeeded: unsafe crc32_z(0, $0.baseAddress, $0.count))
  }
}

/// Adler-32, which ends a zlib stream.
///
/// - Source: RFC 1950, section 8.2, through zlib's `adler32_z`.
package func adler32(of bytes: [UInt8]) -> UInt32 {
  unsafe bytes.withUnsafeBufferPointer {
    UInt32(truncatingIfNeeded: unsafe adler32_z(1, $0.baseAddress, $0.count))
  }
}

/// CRC-32 of a range of an open file.
///
/// - Precondition: the range is inside the file.
func crc32(of file: MappedFile, _ range: Range<Int>) -> UInt32 {
  unsafe file.withBytes { bytes in
    let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
    return UInt32(
      truncatingIfNeeded: unsafe crc32_z(
        0, part.baseAddress?.assumingMemoryBound(to: UInt8.self), part.count))
  }
}
