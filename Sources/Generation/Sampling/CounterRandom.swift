/// A random number for every index, without a state that moves on.
///
/// Number `i` of seed `s` is output `i` of SplitMix64 started at `s`: the finaliser of
/// `s + (i + 1) * 0x9E3779B97F4A7C15`. As nothing is consumed, the draw for a token does not depend on
/// how many draws came before it: a reused prefix or a rejected draft changes nothing.
///
/// - Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014; the
///   constants are those of Vigna's splitmix64.c, mix variant 13 of Stafford.
package struct CounterRandom: Sendable, Equatable {
  package let seed: UInt64

  package init(seed: UInt64) {
    self.seed = seed
  }

  /// 64 random bits for `index`.
  package func bits(_ index: UInt64) -> UInt64 {
    var z = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number of [0, 1) for `index`: the upper 53 bits, so all are exact and equally likely.
  package func uniform(_ index: UInt64) -> Double {
    Double(bits(index) >> 11) * 0x1p-53
  }
}
