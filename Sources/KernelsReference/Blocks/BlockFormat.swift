/// The packing of numbers in a file: consecutive blocks of a fixed count of elements and bytes.
///
/// A row is whole blocks, and so is a tensor: a block never holds elements of two rows.
///
/// Each format has its own file, whose docstring draws the block's bytes: where its fields begin,
/// their names as in ggml, and their reach, the number of elements that one byte of the field
/// changes. A test reads the drawing and tries every byte (BlockMapTests).
package protocol BlockFormat {
  /// Elements in a block; 1 for plain numbers.
  static var elementCount: Int { get }
  /// Bytes of a block.
  static var byteCount: Int { get }
  /// Byte offsets in a block of the Float16 numbers that scale all of its elements.
  ///
  /// One that is infinite or NaN makes the whole block useless, so such a weight is refused.
  static var scaleOffsets: [Int] { get }

  /// Widens one block to Float32.
  ///
  /// - Parameters:
  ///   - bytes: the blocks of a row, or of any whole number of blocks.
  ///   - block: which of them.
  ///   - values: all elements of `bytes`; those of the block are overwritten.
  /// - Accuracy: bit for bit gguf-py 0.19.0's `gguf.quants.dequantize`, whose Float32 steps each
  ///   docstring states. (NaN stays NaN; which NaN is not specified.)
  static func dequantize(_ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>)
}

extension BlockFormat {
  /// Widens whole blocks to Float32, one after another.
  ///
  /// - Precondition: `bytes` and `values` hold the same number of blocks.
  package static func dequantize(_ bytes: RawSpan, into values: inout MutableSpan<Float>) {
    let blocks = values.count / elementCount
    precondition(
      values.count == blocks * elementCount && bytes.byteCount == blocks * byteCount,
      "bytes and values hold different numbers of blocks")
    for block in 0..<blocks { dequantize(bytes, block: block, into: &values) }
  }

  /// The first block that has a scale which is infinite or NaN, or nil.
  ///
  /// - Parameter bytes: whole blocks.
  /// - Returns: the block's number, from 0.
  package static func firstBlockWithoutFiniteScale(_ bytes: RawSpan) -> Int? {
    // Read once: through the protocol it is a call, which the loops below made for every block.
    let byteCount = byteCount
    let blocks = bytes.byteCount / byteCount
    var first: Int?
    for offset in scaleOffsets {
      // All exponent bits are set in an infinity and in a NaN (IEEE 754 binary16). One pass without
      // branches says whether there is any: loading a model must not wait for this.
      func exponent(_ block: Int) -> UInt16 {
        bytes.unsafeLoadUnaligned(
          fromUncheckedByteOffset: block * byteCount + offset, as: UInt16.self) & 0x7c00
      }
      var largest: UInt16 = 0
      for block in 0..<blocks { largest = max(largest, exponent(block)) }
      if largest == 0x7c00, let block = (0..<blocks).first(where: { exponent($0) == 0x7c00 }) {
        first = min(first ?? block, block)
      }
    }
    return first
  }
}

extension RawSpan {
  /// The Float16 at a byte offset, widened.
  func float16(at byteOffset: Int) -> Float {
    Float(unsafeLoadUnaligned(fromByteOffset: byteOffset, as: Float16.self))
  }

  /// The byte at an offset.
  func byte(at byteOffset: Int) -> UInt8 {
    unsafeLoadUnaligned(fromByteOffset: byteOffset, as: UInt8.self)
  }

  /// The signed byte at an offset.
  func signedByte(at byteOffset: Int) -> Int8 {
    unsafeLoadUnaligned(fromByteOffset: byteOffset, as: Int8.self)
  }
}
