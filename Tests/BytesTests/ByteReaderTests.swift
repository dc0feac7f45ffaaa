import Bytes
import Testing

@Suite struct ByteReaderTests {
  @Test func numbersAreLittleEndian() throws {
    var builder = ByteBuilder()
    builder.append(UInt8(0xAB))
    builder.append(UInt16(0x1234))
    builder.append(Int32(-2))
    builder.append(UInt64(0x0102_0304_0506_0708))
    builder.append(Float(1.5))
    builder.append(-Double.pi)
    #expect(Array(builder.bytes.prefix(3)) == [0xAB, 0x34, 0x12])
    var reader = ByteReader(bytes: builder.bytes)
    #expect(try reader.uint8("a") == 0xAB)
    #expect(try reader.uint16("b") == 0x1234)
    #expect(try reader.integer(Int32.self, "c") == -2)
    #expect(try reader.uint64("d") == 0x0102_0304_0506_0708)
    #expect(try reader.float32("e") == 1.5)
    #expect(try reader.float64("f") == -Double.pi)
    #expect(reader.availableByteCount == 0)
  }

  @Test func theEndIsAnErrorThatNamesTheField() {
    var reader = ByteReader(bytes: [1, 2, 3])
    #expect(throws: Never.self) { try reader.uint16("first") }
    #expect(
      throws: BytesError.truncated(what: "second", byteOffset: 2, needed: 4, available: 1)
    ) { try reader.uint32("second") }
    // A failed read does not move the cursor.
    #expect(reader.byteOffset == 2)
    #expect(
      throws: BytesError.truncated(what: "bytes", byteOffset: 2, needed: 2, available: 1)
    ) { try reader.bytes(2, "bytes") }
    #expect(throws: BytesError.self) { try reader.bytes(-1, "negative") }
    #expect(throws: BytesError.self) { try reader.skip(.max, "far") }
    #expect(throws: BytesError.self) { try reader.integers(.max, of: UInt64.self, "wrap") }
    #expect(throws: BytesError.self) { try reader.integers(-1, of: UInt64.self, "negative") }
    #expect(throws: Never.self) { try reader.uint8("last") }
  }

  @Test func anEmptyReaderHasNothing() throws {
    var reader = ByteReader(bytes: [])
    #expect(try reader.bytes(0, "none") == [])
    #expect(try reader.integers(0, of: UInt32.self, "none") == [])
    #expect(throws: BytesError.self) { try reader.uint8("one") }
  }

  @Test func unalignedArrays() throws {
    var builder = ByteBuilder()
    builder.append(UInt8(0))
    for value: UInt32 in [1, .max, 3] { builder.append(value) }
    var reader = ByteReader(bytes: builder.bytes)
    try reader.skip(1, "pad")
    #expect(try reader.integers(3, of: UInt32.self, "array") == [1, .max, 3])
  }

  @Test func aRangeHidesTheRest() throws {
    let file = MappedFile(bytes: [0, 1, 2, 3, 4], name: "five")
    var reader = try ByteReader(file: file, range: 1..<3)
    #expect(try reader.uint16("two") == 0x0201)
    #expect(throws: BytesError.truncated(what: "x", byteOffset: 3, needed: 1, available: 0)) {
      try reader.uint8("x")
    }
    #expect(throws: BytesError.self) { try ByteReader(file: file, range: 3..<6) }
  }

  @Test func arithmeticReportsOverflow() throws {
    #expect(try checkedSum(2, 3, what: "s", byteOffset: 0) == 5)
    #expect(throws: BytesError.overflow(what: "s", byteOffset: 7)) {
      try checkedSum(Int.max, 1, what: "s", byteOffset: 7)
    }
    #expect(throws: BytesError.overflow(what: "p", byteOffset: 8)) {
      try checkedProduct(UInt64.max, 2, what: "p", byteOffset: 8)
    }
    #expect(try checkedAlignUp(33, to: 32, what: "a", byteOffset: 0) == 64)
    #expect(try checkedAlignUp(64, to: 32, what: "a", byteOffset: 0) == 64)
    #expect(throws: BytesError.self) {
      try checkedAlignUp(Int.max - 3, to: 32, what: "a", byteOffset: 0)
    }
    #expect(throws: BytesError.self) { try checkedInt(1 << 63, what: "i", byteOffset: 0) }
  }
}
