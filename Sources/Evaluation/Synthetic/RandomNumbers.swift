// Random numbers that are the same on every machine: integer operations only, no library logarithm.

/// A seeded stream of random bits.
///
/// Eight xorshift64 generators run in the lanes of one vector, which yields the several GB/s that
/// random weights of full size need. The quality is that of xorshift64: enough for weights, and for
/// nothing else.
///
/// - Source: G. Marsaglia, "Xorshift RNGs", 2003 (shifts 13, 7, 17); the lanes' states come from
///   SplitMix64 (Steele, Lea and Flood, 2014), which turns any seed into states that are not zero.
struct RandomNumbers {
  private var state: SIMD8<UInt64>

  /// The next unused lane of `state`; 8 when none is left.
  private var nextLane = 8

  /// The stream of one tensor.
  ///
  /// - Parameters:
  ///   - seed: the model's seed.
  ///   - name: of the tensor; streams of different names are independent, so that a tensor's
  ///     content does not depend on which tensors come before it.
  init(seed: UInt64, name: String) {
    // FNV-1a of 64 bits: offset basis and prime.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var splitMix = hash ^ (seed &* 0x9E37_79B9_7F4A_7C15)
    state = .zero
    for lane in 0..<8 {
      splitMix &+= 0x9E37_79B9_7F4A_7C15
      var word = splitMix
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      // xorshift's only fixed point is zero.
      state[lane] = max(1, word ^ (word >> 31))
    }
  }

  /// 512 bits.
  @inline(__always)
  mutating func nextVector() -> SIMD8<UInt64> {
    state ^= state &<< 13
    state ^= state &>> 7
    state ^= state &<< 17
    return state
  }

  /// 64 bits.
  mutating func nextWord() -> UInt64 {
    if nextLane == 8 {
      _ = nextVector()
      nextLane = 0
    }
    defer { nextLane += 1 }
    return state[nextLane]
  }

  /// An approximately normal number of mean 0 and variance 1, between -6 and 6.
  ///
  /// It is the sum of twelve uniform numbers minus 6 (Irwin-Hall). The numbers have 16 bits, so
  /// that the result is exact in Float32 and the same everywhere.
  mutating func nextNormal() -> Float {
    var sum: UInt64 = 0
    for _ in 0..<3 {
      let word = nextWord()
      sum += (word & 0xFFFF) + (word >> 16 & 0xFFFF) + (word >> 32 & 0xFFFF) + (word >> 48)
    }
    // Twelve times the mean of 65,535 / 2 is 393,210. The unit is 1 / 65,536.
    return Float(Int64(sum) - 393_210) / 65_536
  }

  /// Fills memory with random bits.
  ///
  /// - Parameter bytes: a multiple of 64 bytes.
  mutating func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count.isMultiple(of: 64), "whole vectors")
    for offset in stride(from: 0, to: bytes.count, by: 64) {
      bytes.storeBytes(of: nextVector(), toByteOffset: offset, as: SIMD8<UInt64>.self)
    }
  }
}
