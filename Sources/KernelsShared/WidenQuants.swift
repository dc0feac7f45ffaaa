import _Builtin_intrinsics.intel

// Packed weights widened to Float32, bit for bit as their twins in KernelsReference/Blocks, whose
// docstrings draw the bytes: sixteen quants become signed bytes, then numbers, then values.
// Products and sums are rounded one by one as the formats say, so nothing here is a fused
// multiply-add.

/// Sixteen quants, a byte each.
typealias QuantBytes = SIMD2<Int64>

/// Sixteen bytes from memory, any alignment.
@inline(__always) func loadQuants(_ source: UnsafeRawPointer) -> QuantBytes {
  source.loadUnaligned(as: QuantBytes.self)
}

/// A byte in every byte.
@inline(__always) func everyQuant(_ byte: UInt8) -> QuantBytes {
  _mm_set1_epi8(CChar(bitPattern: byte))
}

/// The `width` bits (at most 4) of each byte that begin at bit `first`.
@inline(__always)
func bits(_ bytes: QuantBytes, from first: Int32, width: Int32) -> QuantBytes {
  // The shift is one of 16-bit halves: the mask takes away what came from the other byte.
  _mm_srli_epi16(bytes, first) & everyQuant(UInt8(truncatingIfNeeded: (1 << width) &- 1))
}

/// All ones in the bytes whose bit number i, of the 16 bits at `source`, is set; i is the byte's
/// place.
@inline(__always) func maskOfBits(_ source: UnsafeRawPointer) -> QuantBytes {
  let halves = _mm_set1_epi16(source.loadUnaligned(as: Int16.self))
  let eachByte = _mm_shuffle_epi8(halves, QuantBytes(0, 0x0101_0101_0101_0101))
  let ownBit = QuantBytes(repeating: Int64(bitPattern: 0x8040_2010_0804_0201))
  return _mm_cmpeq_epi8(eachByte & ownBit, ownBit)
}

/// The Float16 at an address, sixteen times.
@inline(__always) func sixteenHalves(_ source: UnsafeRawPointer) -> SIMD16<Float> {
  sixteen(Float(source.loadUnaligned(as: Float16.self)))
}

/// Stores sixteen values.
@inline(__always)
func storeSixteen(_ values: SIMD16<Float>, _ target: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(target).storeBytes(of: values, as: SIMD16<Float>.self)
}
