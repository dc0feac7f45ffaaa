import Foundation

/// Changes valid inputs at random, and always in the same way for the same seed.
///
/// A failure is reproduced by the number of its round. Coverage-guided fuzzing, which finds deeper
/// faults and takes minutes to build, is `make fuzz`.
struct ByteMutator: RandomNumberGenerator {
  /// Words of the format, inserted and overwritten as wholes.
  let dictionary: [[UInt8]]
  private var state: UInt64

  init(seed: UInt64, dictionary: [String] = []) {
    state = seed
    self.dictionary = dictionary.map { Array($0.utf8) }
  }

  /// SplitMix64 (Steele, Lea & Flood 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// One to eight changes of an input, or of one joined with another.
  mutating func mutated(_ input: [UInt8], among inputs: [[UInt8]]) -> [UInt8] {
    var bytes = input
    for _ in 0..<Int.random(in: 1...8, using: &self) {
      if bytes.isEmpty { bytes = [0] }
      let position = Int.random(in: 0..<bytes.count, using: &self)
      let length = min(bytes.count - position, 1 << Int.random(in: 0...6, using: &self))
      let range = position..<position + length
      switch Int.random(in: 0..<9, using: &self) {
      case 0: bytes[position] ^= 1 << UInt8.random(in: 0...7, using: &self)
      case 1: bytes[position] = [0, 0xFF, 0x7F, 0x80, 0x20].randomElement(using: &self) ?? 0
      case 2: bytes[position] = UInt8.random(in: 0...255, using: &self)
      case 3: overwrite(&bytes, at: position, with: number())
      case 4: bytes.removeSubrange(range)
      case 5: bytes.insert(contentsOf: bytes[range], at: position)
      case 6: bytes.insert(contentsOf: word(), at: position)
      case 7: overwrite(&bytes, at: position, with: word())
      default: splice(&bytes, at: position, among: inputs)
      }
    }
    return bytes
  }

  /// A little-endian number at which sizes overflow or loops run long.
  private mutating func number() -> [UInt8] {
    let values: [UInt64] = [
      0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 32, 1 << 62, 1 << 63,
      .max, .max - 31,
    ]
    let value = values.randomElement(using: &self) ?? 0
    let byteCount = 1 << Int.random(in: 0...3, using: &self)
    return (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  private mutating func word() -> [UInt8] {
    dictionary.randomElement(using: &self) ?? number()
  }

  private func overwrite(_ bytes: inout [UInt8], at position: Int, with more: [UInt8]) {
    let end = min(bytes.count, position + more.count)
    bytes.replaceSubrange(position..<end, with: more.prefix(end - position))
  }

  /// Continues with the tail of another input.
  private mutating func splice(_ bytes: inout [UInt8], at position: Int, among inputs: [[UInt8]]) {
    guard let other = inputs.randomElement(using: &self), !other.isEmpty else { return }
    let start = Int.random(in: 0..<other.count, using: &self)
    bytes.replaceSubrange(position..., with: other[start...])
  }
}

/// Runs a parser on changed inputs.
///
/// A trap ends the whole run; then `SWIFTRAG_FUZZ_TRACE=1` prints each round before it starts.
///
/// - Parameters:
///   - name: the parser, for the report.
///   - seeds: valid inputs.
///   - dictionary: words of the format.
///   - rounds: inputs to try; `SWIFTRAG_FUZZ_ROUNDS` multiplies it.
///   - parse: must not trap; returns whether the input was accepted.
/// - Returns: how many inputs were accepted and refused.
func fuzz(
  _ name: String, seeds: [[UInt8]], dictionary: [String] = [], rounds: Int,
  _ parse: ([UInt8]) throws -> Bool
) rethrows -> (accepted: Int, refused: Int) {
  let environment = ProcessInfo.processInfo.environment
  let rounds = rounds * (environment["SWIFTRAG_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 1)
  let isTraced = environment["SWIFTRAG_FUZZ_TRACE"] == "1"
  let start = ContinuousClock.now
  var mutator = ByteMutator(seed: 20_261_129, dictionary: dictionary)
  var counts = (accepted: 0, refused: 0)
  for round in 0..<rounds {
    let input = mutator.mutated(seeds[round % seeds.count], among: seeds)
    if isTraced { print("\(name) round \(round): \(input.count) bytes") }
    if try parse(input) { counts.accepted += 1 } else { counts.refused += 1 }
  }
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  print(
    "\(name): \(rounds) inputs in \(String(format: "%.1f", seconds)) s, "
      + "\(counts.accepted) accepted, \(counts.refused) refused")
  return counts
}
