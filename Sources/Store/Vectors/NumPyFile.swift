internal import Bytes
internal import Foundation

/// A memory-mapped two-dimensional Float32 array in NumPy's file format.
///
/// - Source: "The .npy file format", NEP 1; versions 1.0 to 3.0.
package struct NumPyFile: Sendable {
  package let rows: Int
  package let columns: Int
  private let file: MappedFile
  private let byteOffset: Int

  /// Maximum byte count of the header; NumPy's own headers are below 200 bytes.
  private static let maximumHeaderByteCount = 65_536

  /// Opens a file of little-endian Float32 in C order.
  ///
  /// - Throws: ``StoreError/invalidInput(_:)`` for anything else.
  package init(path: String) throws(StoreError) {
    do { file = try MappedFile(path: path) } catch {
      throw .invalidInput(error.description)
    }
    guard let header = NumPyFile.header(of: file.bytes) else {
      throw .invalidInput("\(path) is not a NumPy file")
    }
    byteOffset = header.byteOffset
    let text = header.text.filter { $0 != " " }
    guard text.contains("'descr':'<f4'"), text.contains("'fortran_order':False"),
      let shape = NumPyFile.shape(in: text)
    else {
      throw .invalidInput("\(path) is not a [rows, columns] array of float32 in C order")
    }
    (rows, columns) = shape
    let (count, countOverflow) = rows.multipliedReportingOverflow(by: columns)
    let (byteCount, byteOverflow) = count.multipliedReportingOverflow(by: 4)
    guard !countOverflow, !byteOverflow, columns > 0, rows >= 0,
      byteCount <= file.byteCount - byteOffset
    else {
      throw .invalidInput("\(path) is shorter than its shape (\(rows), \(columns)) says")
    }
  }

  /// One row as an array.
  package func row(_ index: Int) -> [Float] {
    withRow(index) { bytes in
      [Float](unsafeUninitializedCapacity: columns) { elements, count in
        UnsafeMutableRawBufferPointer(elements).copyMemory(from: bytes)
        count = columns
      }
    }
  }

  /// Passes the little-endian Float32 elements of a row to `body`.
  package func withRow<Value>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    precondition((0..<rows).contains(index), "no such row")
    let start = byteOffset + index * columns * 4
    return body(UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + columns * 4]))
  }

  /// The header's dictionary, and the offset of the data.
  private static func header(
    of bytes: UnsafeRawBufferPointer
  ) -> (text: String, byteOffset: Int)? {
    guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else { return nil }
    // The length field has 2 bytes in version 1.0 and 4 bytes in later versions.
    let lengthByteCount = bytes[6] == 1 ? 2 : 4
    let length = (0..<lengthByteCount).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthByteCount
    guard length <= maximumHeaderByteCount, start + length <= bytes.count else { return nil }
    return (String(decoding: bytes[start..<start + length], as: UTF8.self), start + length)
  }

  private static func shape(in text: String) -> (Int, Int)? {
    guard let start = text.range(of: "'shape':("),
      let end = text[start.upperBound...].firstIndex(of: ")")
    else { return nil }
    let parts = text[start.upperBound..<end].split(separator: ",").map { Int($0) }
    guard parts.count == 2, let rows = parts[0], let columns = parts[1] else { return nil }
    return (rows, columns)
  }
}
