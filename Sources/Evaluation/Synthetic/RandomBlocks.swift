// Random weights are generated directly in the file's format. Nothing is quantised, so writing a
// file of several GB is limited by the speed of writing.

internal import Checkpoints

/// Generates the bytes of one tensor of random weights.
///
/// The quants and the scales inside a superblock are random bits, so every pattern that a file can
/// contain occurs. The Float16 scale of a block sets the standard deviation of the weights, and the
/// mins of the K-quants cancel the mean of the quants.
struct RandomBlocks {
  let type: TensorType
  /// The standard deviation of the weights, whose mean is 0.
  let standardDeviation: Float

  /// The types of floating-point numbers.
  enum PlainType {
    case f32
    case f16
    case bf16

    /// Nil for block types.
    init?(_ type: TensorType) {
      switch type {
      case .f32: self = .f32
      case .f16: self = .f16
      case .bf16: self = .bf16
      default: return nil
      }
    }

    /// The numbers as a file stores them, rounded to the nearest.
    func bytes(of numbers: [Float]) -> [UInt8] {
      switch self {
      case .f32: numbers.withUnsafeBytes { Array($0) }
      case .f16: numbers.map { Float16($0) }.withUnsafeBytes { Array($0) }
      case .bf16:
        numbers.map { number -> UInt16 in
          // The upper half, rounded to even; the numbers are finite.
          let bits = number.bitPattern
          return UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)
        }.withUnsafeBytes { Array($0) }
      }
    }
  }

  /// Blocks per batch: a multiple of 64, so that their random bits are whole SIMD vectors.
  private static let batchBlockCount = 2048

  /// Appends the bytes of random weights.
  ///
  /// - Parameters:
  ///   - elementCount: a multiple of the type's block.
  ///   - random: the tensor's random stream.
  ///   - sink: receives the bytes.
  /// - Throws: what `sink` throws.
  func write(
    elementCount: Int, random: inout RandomNumbers, to sink: TensorSink
  ) throws(CheckpointError) {
    let batch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.batchBlockCount * type.blockByteCount, alignment: 64)
    defer { batch.deallocate() }
    var remaining = elementCount / type.blockElementCount
    while remaining > 0 {
      let count = min(remaining, Self.batchBlockCount)
      makeBlocks(batch, count: count, random: &random)
      try sink.append(
        UnsafeRawBufferPointer(rebasing: batch[..<(count * type.blockByteCount)]))
      remaining -= count
    }
  }

  private func makeBlocks(
    _ batch: UnsafeMutableRawBufferPointer, count: Int, random: inout RandomNumbers
  ) {
    if let plain = PlainType(type) {
      let numbers = (0..<count).map { _ in random.nextNormal() * standardDeviation }
      batch.copyBytes(from: plain.bytes(of: numbers))
      return
    }
    random.fill(batch)
    for block in 0..<count {
      setScales(
        UnsafeMutableRawBufferPointer(
          rebasing: batch[block * type.blockByteCount..<(block + 1) * type.blockByteCount]))
    }
  }

  /// Replaces the random bits of a block's Float16 scales.
  ///
  /// With q uniform over n values and the scale s inside a superblock uniform over its range, the
  /// standard deviation of one weight for a block scale of 1 is
  /// - Q4_0, `d (q - 8)`: sqrt((16² - 1) / 12 + 1/4) = 4.64;
  /// - Q5_0, `d (q - 16)`: sqrt((32² - 1) / 12 + 1/4) = 9.25;
  /// - Q5_1, `d q + m` with m = -15.5 d: sqrt((32² - 1) / 12) = 9.23;
  /// - Q8_0, `d q`, q from -127 to 127: sqrt((255² - 1) / 12) = 73.6;
  /// - Q4_K, `d s q - dmin m` with dmin = 7.5 d, s and m from 0 to 63:
  ///   sqrt(var(q) E(s²) + 7.5² · 2 var(s)) = sqrt(21.25 · 1333.5 + 56.25 · 682.5) = 258.3;
  /// - Q5_K, the same with dmin = 15.5 d: sqrt(85.25 · 1333.5 + 240.25 · 682.5) = 526.9;
  /// - Q6_K, `d s (q - 32)`, s from -128 to 127: sqrt(341.5 · 5461.5) = 1365.7.
  private func setScales(_ block: UnsafeMutableRawBufferPointer) {
    func store(_ scale: Float, at offset: Int) {
      block.storeBytes(of: Float16(scale), toByteOffset: offset, as: Float16.self)
    }
    switch type {
    case .q40: store(standardDeviation / 4.64, at: 0)
    case .q50: store(standardDeviation / 9.25, at: 0)
    case .q51:
      store(standardDeviation / 9.23, at: 0)
      store(standardDeviation / 9.23 * -15.5, at: 2)
    case .q80:
      store(standardDeviation / 73.6, at: 0)
      // ggml's quantiser never writes -128, and products may rely on that.
      for offset in 2..<34 where block[offset] == 0x80 { block[offset] = 0x81 }
    case .q4K:
      store(standardDeviation / 258.3, at: 0)
      store(standardDeviation / 258.3 * 7.5, at: 2)
    case .q5K:
      store(standardDeviation / 526.9, at: 0)
      store(standardDeviation / 526.9 * 15.5, at: 2)
    // Q6_K has its scale after the quants: 128 + 64 + 16 bytes.
    case .q6K: store(standardDeviation / 1365.7, at: 208)
    default: preconditionFailure("no recipe has blocks of \(type.name)")
    }
  }
}
