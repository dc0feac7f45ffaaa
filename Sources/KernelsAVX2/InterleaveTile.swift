import KernelInterface

/// Transposes the words of a block that fit a larger tile than four by four: none with 256 bits.
///
/// - Returns: how many words of each row were transposed.
@inline(__always)
func transposeTiles(
  _ step: InterleaveStep, byteOffset: Int, into words: UnsafeMutableRawPointer
) -> Int { 0 }
