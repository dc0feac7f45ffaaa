/// A counter-based random number generator: a stateless function of seed and index.
///
/// Number `i` of seed `s` is output `i` of SplitMix64 seeded with `s`: the finaliser of
/// `s + (i + 1) * 0x9E3779B97F4A7C15`. The draw for a token does not depend on the number of earlier
/// draws, so a reused prefix or a rejected draft changes nothing.
///
/// - Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014; the
///   constants are those of Vigna's splitmix64.c, mix variant 13 of Stafford.
package struct CounterRandom: Sendable, Equatable {
  package let seed: UInt64

  package init(seed: UInt64) {
    self.seed = seed
  }

  /// The 64 random bits of `index`.
  package func bits(_ index: UInt64) -> UInt64 {
    var z = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The number of `index` in [0, 1), from the upper 53 bits: all values are exact and equally likely.
  package func uniform(_ index: UInt64) -> Double {
    Double(bits(index) >> 11) * 0x1p-53
  }
}
