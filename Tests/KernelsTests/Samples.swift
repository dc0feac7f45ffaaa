/// A small seeded generator (SplitMix64, Steele, Lea & Flood 2014), so that a failure repeats.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}

/// `count` values spread evenly over `-scale...scale`.
func samples(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in Float.random(in: -scale...scale, using: &generator) }
}

/// The bytes of an array, as a file would hold them.
func fileBytes<T>(_ values: [T]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

/// Random `Q8_0` rows as a file holds them: blocks of a Float16 scale and 32 signed bytes.
func blockBytes(rows: Int, columns: Int, seed: UInt64, quants: ClosedRange<Int8> = -128...127)
  -> [UInt8]
{
  var generator = SeededGenerator(seed: seed)
  var bytes: [UInt8] = []
  for _ in 0..<(rows * columns / 32) {
    let scale = Float16(Float.random(in: -0.02...0.02, using: &generator))
    bytes += fileBytes([scale])
    bytes += (0..<32).map { _ in
      UInt8(bitPattern: Int8.random(in: quants, using: &generator))
    }
  }
  return bytes
}
