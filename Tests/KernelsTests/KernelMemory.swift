import KernelInterface
import KernelsReference

@testable import Kernels

/// The vector instruction sets that this CPU has.
let vectorInstructionSets: [InstructionSet] = InstructionSet.available.filter { $0 != .scalar }

/// Memory for `count` elements, `misalignment` elements after a 64-byte boundary, with NaN all
/// around and inside: a kernel that reads or writes beyond its part shows it.
final class GuardedFloats {
  /// Elements on each side that must stay NaN: more than two registers.
  private static let margin = 48
  private let memory: UnsafeMutablePointer<Float>
  private let count: Int
  private let misalignment: Int

  /// The first of the `count` elements.
  var start: UnsafeMutablePointer<Float> { memory + Self.margin + misalignment }

  init(count: Int, misalignment: Int = 0) {
    self.count = count
    self.misalignment = misalignment
    let total = count + 2 * Self.margin + misalignment
    memory = UnsafeMutableRawPointer.allocate(byteCount: total * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: total)
    memory.initialize(repeating: .nan, count: total)
  }

  convenience init(_ values: [Float], misalignment: Int = 0) {
    self.init(count: values.count, misalignment: misalignment)
    start.update(from: values, count: values.count)
  }

  deinit { memory.deallocate() }

  /// The elements.
  var values: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }

  /// Whether every element is a number, neither infinite nor NaN.
  var isFinite: Bool { values.allSatisfy { $0.isFinite } }

  /// Whether everything around the elements is still NaN.
  var isIntact: Bool {
    let before = UnsafeBufferPointer(start: memory, count: Self.margin + misalignment)
    let after = UnsafeBufferPointer(start: start + count, count: Self.margin)
    return before.allSatisfy(\.isNaN) && after.allSatisfy(\.isNaN)
  }
}

/// Whether two arrays hold the same bits.
func sameBits(_ left: [Float], _ right: [Float]) -> Bool {
  left.map(\.bitPattern) == right.map(\.bitPattern)
}

/// The weight in a file's bytes, for `compute`.
func weight(
  _ type: WeightType, outputs: Int, inputs: Int, bytes: [UInt8], compute: ComputeContext
) throws -> WeightMatrix {
  try bytes.withUnsafeBytes { bytes throws(KernelError) in
    try WeightMatrix(
      type: type, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute)
  }
}

/// Random bytes of a weight in a file, with scales that make values of a trained weight's size.
func weightBytes(_ type: WeightType, count: Int, seed: UInt64) -> [UInt8] {
  switch type {
  case .f32: return fileBytes(samples(count, seed: seed))
  case .f16: return fileBytes(samples(count, seed: seed).map { Float16($0) })
  case .bf16:
    return fileBytes(samples(count, seed: seed).map { UInt16($0.bitPattern >> 16) })
  default: break
  }
  var generator = SeededGenerator(seed: seed)
  let blocks = count / type.blockElementCount
  var bytes = (0..<(blocks * type.blockByteCount)).map { _ in
    UInt8.random(in: 0...255, using: &generator)
  }
  // The quants and inner scales of a superblock reach over 2^11, those of a block 2^7.
  let largest: Float = type.blockElementCount == 256 ? 0x1p-11 : 0x1p-6
  for block in 0..<blocks {
    for offset in type.format.scaleOffsets {
      let scale = Float16(Float.random(in: -largest...largest, using: &generator))
      let index = block * type.blockByteCount + offset
      bytes[index] = UInt8(truncatingIfNeeded: scale.bitPattern)
      bytes[index + 1] = UInt8(truncatingIfNeeded: scale.bitPattern >> 8)
    }
  }
  return bytes
}
