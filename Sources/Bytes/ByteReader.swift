/// A bounds-checked little-endian cursor over untrusted bytes.
///
/// Every read names its field, which an error then mentions. No data makes it trap. The cursor
/// moves forward only: reading a header costs one pass.
///
/// Complexity: O(1) a number, one copy for strings and arrays; no allocation for numbers.
@safe
package struct ByteReader {
  /// Keeps the memory behind `base` alive.
  private let owner: MappedFile
  private let base: UnsafeRawPointer?

  /// The first byte that may not be read; at most the size of the file.
  package let endOffset: Int

  /// The offset of the next read, counted from the start of the file.
  package private(set) var byteOffset: Int

  /// A cursor at the first byte of `file`.
  package init(file: MappedFile) {
    owner = file
    unsafe base = file.bytes.baseAddress
    endOffset = file.byteCount
    byteOffset = 0
  }

  /// A cursor limited to `range` of `file`, with offsets still counted from the file's start.
  ///
  /// - Throws: `BytesError.truncated` where the range leaves the file.
  package init(file: MappedFile, range: Range<Int>) throws(BytesError) {
    guard range.lowerBound >= 0, range.upperBound <= file.byteCount else {
      throw .truncated(
        what: "range of \(file.path)", byteOffset: range.lowerBound,
        needed: UInt64(range.count), available: max(0, file.byteCount - range.lowerBound))
    }
    owner = file
    unsafe base = file.bytes.baseAddress
    endOffset = range.upperBound
    byteOffset = range.lowerBound
  }

  /// A cursor over a copy of `bytes`.
  package init(bytes: [UInt8], name: String = "bytes") {
    self.init(file: MappedFile(bytes: bytes, name: name))
  }

  /// The number of bytes left.
  package var availableByteCount: Int { endOffset - byteOffset }

  /// Throws `BytesError.truncated` unless `byteCount` more bytes are left.
  package func require(
    _ byteCount: UInt64, _ what: @autoclosure () -> String
  ) throws(BytesError) {
    if byteCount > UInt64(availableByteCount) {
      throw .truncated(
        what: what(), byteOffset: byteOffset, needed: byteCount, available: availableByteCount)
    }
  }

  /// Reads one little-endian integer.
  package mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type = Integer.self, _ what: @autoclosure () -> String
  ) throws(BytesError) -> Integer {
    let byteCount = MemoryLayout<Integer>.size
    if byteCount > availableByteCount {
      throw .truncated(
        what: what(), byteOffset: byteOffset, needed: UInt64(byteCount),
        available: availableByteCount)
    }
    // In bounds by the test above; a reader over no bytes has failed it.
    let value = unsafe base!.loadUnaligned(fromByteOffset: byteOffset, as: Integer.self)
    byteOffset += byteCount
    return Integer(littleEndian: value)
  }

  /// Reads an unsigned byte.
  package mutating func uint8(_ what: @autoclosure () -> String) throws(BytesError) -> UInt8 {
    try integer(UInt8.self, what())
  }

  /// Reads a 16-bit unsigned integer.
  package mutating func uint16(_ what: @autoclosure () -> String) throws(BytesError) -> UInt16 {
    try integer(UInt16.self, what())
  }

  /// Reads a 32-bit unsigned integer.
  package mutating func uint32(_ what: @autoclosure () -> String) throws(BytesError) -> UInt32 {
    try integer(UInt32.self, what())
  }

  /// Reads a 64-bit unsigned integer.
  package mutating func uint64(_ what: @autoclosure () -> String) throws(BytesError) -> UInt64 {
    try integer(UInt64.self, what())
  }

  /// Reads a 32-bit IEEE number, bit for bit (NaNs keep their payload).
  package mutating func float32(_ what: @autoclosure () -> String) throws(BytesError) -> Float {
    Float(bitPattern: try integer(UInt32.self, what()))
  }

  /// Reads a 64-bit IEEE number, bit for bit (NaNs keep their payload).
  package mutating func float64(_ what: @autoclosure () -> String) throws(BytesError) -> Double {
    Double(bitPattern: try integer(UInt64.self, what()))
  }

  /// Reads `byteCount` bytes into an array of their own.
  package mutating func bytes(
    _ byteCount: Int, _ what: @autoclosure () -> String
  ) throws(BytesError) -> [UInt8] {
    let range = try skip(byteCount, what())
    return unsafe Array(UnsafeRawBufferPointer(rebasing: owner.bytes[range]))
  }

  /// Skips `byteCount` bytes and returns their range in the file.
  @discardableResult
  package mutating func skip(
    _ byteCount: Int, _ what: @autoclosure () -> String
  ) throws(BytesError) -> Range<Int> {
    guard byteCount >= 0, byteCount <= availableByteCount else {
      throw .truncated(
        what: what(), byteOffset: byteOffset, needed: UInt64(bitPattern: Int64(byteCount)),
        available: availableByteCount)
    }
    let start = byteOffset
    byteOffset += byteCount
    return start..<byteOffset
  }

  /// Reads `count` little-endian numbers in one copy.
  ///
  /// - Throws: `BytesError.truncated`, before any allocation, where fewer are left.
  package mutating func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, of type: Integer.Type, _ what: @autoclosure () -> String
  ) throws(BytesError) -> [Integer] {
    let byteCount = try checkedProduct(
      count, MemoryLayout<Integer>.stride, what: what(), byteOffset: byteOffset)
    let range = try skip(byteCount, what())
    let source = unsafe UnsafeRawBufferPointer(rebasing: owner.bytes[range])
    return unsafe [Integer](unsafeUninitializedCapacity: count) { target, initializedCount in
      if let sourceBase = source.baseAddress, let targetBase = target.baseAddress {
        unsafe UnsafeMutableRawPointer(targetBase).copyMemory(
          from: sourceBase, byteCount: byteCount)
      }
      if Integer(1).littleEndian != 1 {
        for index in 0..<count { unsafe target[index] = Integer(littleEndian: target[index]) }
      }
      initializedCount = count
    }
  }

  /// Calls `body` with `byteCount` bytes without copying them; they may not escape.
  package mutating func withBytes<Result>(
    _ byteCount: Int, _ what: @autoclosure () -> String,
    _ body: (RawSpan) -> Result
  ) throws(BytesError) -> Result {
    let range = try skip(byteCount, what())
    return unsafe body(UnsafeRawBufferPointer(rebasing: owner.bytes[range]).bytes)
  }
}
