// Numbers without blocks: a block is one element.

/// IEEE 754 binary32, little-endian.
///
///     0     4
///     +-----+
///     | x   |
///     | 1   |  reach
///     +-----+
package enum FormatF32: BlockFormat {
  package static let elementCount = 1
  package static let byteCount = 4
  package static let scaleOffsets: [Int] = []

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    values[block] = bytes.unsafeLoadUnaligned(fromByteOffset: block * 4, as: Float.self)
  }
}

/// IEEE 754 binary16, little-endian.
///
///     0     2
///     +-----+
///     | x   |
///     | 1   |  reach
///     +-----+
package enum FormatF16: BlockFormat {
  package static let elementCount = 1
  package static let byteCount = 2
  package static let scaleOffsets: [Int] = []

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    values[block] = bytes.float16(at: block * 2)
  }
}

/// bfloat16: the upper half of a binary32, little-endian.
///
///     0     2
///     +-----+
///     | x   |
///     | 1   |  reach
///     +-----+
package enum FormatBF16: BlockFormat {
  package static let elementCount = 1
  package static let byteCount = 2
  package static let scaleOffsets: [Int] = []

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let upperHalf = bytes.unsafeLoadUnaligned(fromByteOffset: block * 2, as: UInt16.self)
    values[block] = Float(bitPattern: UInt32(upperHalf) << 16)
  }
}
