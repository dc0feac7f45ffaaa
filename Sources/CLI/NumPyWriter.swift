internal import Bytes

/// Writes NumPy's file format, version 1.0, Float32 in row-major order.
///
/// Source: the format's specification, numpy/lib/format.py.
enum NumPyWriter {
  /// Writes an array.
  ///
  /// - Parameters:
  ///   - values: `[rows, columns]`, row after row.
  ///   - columns: the elements of a row.
  ///   - path: the file; it is replaced once all data is written.
  /// - Throws: `BytesError` when it cannot be written.
  static func write(_ values: [Float], columns: Int, to path: String) throws {
    let rows = values.count / max(1, columns)
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    // The data must start at a multiple of 64; the preamble has 10 bytes and the header ends with a
    // line break.
    let padding = 64 - (10 + header.utf8.count + 1) % 64
    header += String(repeating: " ", count: padding % 64) + "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes += [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
    bytes += Array(header.utf8)
    bytes.reserveCapacity(bytes.count + values.count * 4)
    for value in values {
      let bits = value.bitPattern
      bytes += [
        UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8),
        UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 24),
      ]
    }
    try AtomicFile.write(bytes, to: path)
  }
}
