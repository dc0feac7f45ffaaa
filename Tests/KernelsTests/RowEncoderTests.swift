import Foundation
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// The converter's quantisers: no worse than ggml's, exact where the numbers allow, and sound on
/// numbers that are hard.
@Suite struct RowEncoderTests {
  static let quantised = RowEncoder.types.filter { $0.blockElementCount > 1 }

  /// The bytes of a row, or nil when it is refused.
  private func encoded(_ row: [Float], _ type: WeightType) -> [UInt8]? {
    guard let encoder = RowEncoder(type), let count = type.rowByteCount(row.count) else {
      return nil
    }
    var bytes = [UInt8](repeating: 0xa5, count: count)
    let fits = row.withUnsafeBufferPointer { row in
      bytes.withUnsafeMutableBytes { encoder.encode(row, into: $0) }
    }
    return fits ? bytes : nil
  }

  private func error(_ row: [Float], _ type: WeightType) throws -> Double {
    let values = widened(try #require(encoded(row, type)), type: type)
    let squares = zip(row, values).reduce(0.0) { sum, pair in
      let deviation = Double(pair.0) - Double(pair.1)
      return sum + deviation * deviation
    }
    return (squares / Double(row.count)).squareRoot()
  }

  /// Root mean square errors on gaussian and on heavy-tailed numbers, against ggml's quantisers.
  @Test(arguments: quantised) func noWorseThanGGML(type: WeightType) throws {
    let weights = try BlockFixtures.floats("weights.f32")
    let data = try Data(contentsOf: BlockFixtures.folder.appending(path: "quantisers.json"))
    let errors = try JSONDecoder().decode([String: [Double]].self, from: data)
    let theirs = try #require(errors[type.rawValue])
    let half = weights.count / 2
    for (index, row) in [Array(weights[..<half]), Array(weights[half...])].enumerated() {
      let ours = try error(row, type)
      // Q8_0 is ggml's own algorithm; the sum's order differs.
      #expect(ours <= theirs[index] * (1 + 1e-6), "\(type): \(ours) against \(theirs[index])")
      #expect(ours > theirs[index] * 0.8, "better than can be: \(type)")
    }
  }

  /// Numbers that a block can hold exactly come back exactly.
  @Test func exactNumbersStayExact() throws {
    // Powers of two as scales, so that nothing rounds.
    let steps = (0..<256).map { Float($0 % 16 - 8) / 64 }
    #expect(try error(steps, .q40) == 0)
    let fine = (0..<256).map { Float($0 * 7 % 32 - 16) / 64 }
    #expect(try error(fine, .q50) == 0)
    let shifted = (0..<256).map { Float($0 % 16) / 64 - 0.125 }
    #expect(try error(shifted, .q41) == 0)
    for type in Self.quantised {
      let zeros = [Float](repeating: 0, count: 256)
      #expect(widened(try #require(encoded(zeros, type)), type: type).allSatisfy { $0 == 0 })
    }
  }

  /// Rows that are constant, of one sign or with one spike: the scales stay finite and the error
  /// small beside the largest number.
  ///
  /// Rows that are too small vanish.
  @Test(arguments: quantised) func hardRows(type: WeightType) throws {
    let gaussian = samples(256, seed: 3)
    var rows = [0.7, -0.7, 30_000].map { [Float](repeating: $0, count: 256) }
    rows += [gaussian.map { abs($0) }, gaussian.map { -abs($0) }, gaussian.map { 5 + $0 }]
    rows.append((0..<256).map { $0 == 77 ? 1 : 0 })
    rows.append((0..<256).map { $0 == 77 ? -60_000 : gaussian[$0] })
    rows.append((0..<256).map { $0 % 2 == 0 ? 65_504 : -65_504 })
    rows.append(gaussian.map { $0 * 1e-3 })
    for (index, row) in rows.enumerated() {
      let bytes = try #require(encoded(row, type))
      #expect(weightError(type: type, outputs: 1, inputs: 256, bytes: bytes) == nil)
      let largest = row.reduce(0) { max($0, abs($1)) }
      // The coarsest step is 1/7.5 of the largest number, half of it the error.
      let bound = Double(largest) * 0.07
      #expect(try error(row, type) <= bound, "\(type), row \(index)")
    }
    // Below Float16's smallest scales numbers become 0.
    for tiny: Float in [1e-6, 1e-12, 1e-30, .leastNonzeroMagnitude] {
      let row = gaussian.map { $0 * tiny }
      #expect(try error(row, type) <= Double(tiny))
    }
  }

  /// Numbers that no scale can hold are refused.
  @Test(arguments: RowEncoder.types) func whatDoesNotFitIsRefused(type: WeightType) {
    for bad in [Float.infinity, -.infinity, .nan] {
      var row = samples(256, seed: 1)
      row[200] = bad
      #expect(encoded(row, type) == nil)
    }
    var row = samples(256, seed: 1)
    row[3] = 1e12
    let holds = type == .f32 || type == .bf16
    #expect((encoded(row, type) != nil) == holds, "\(type)")
  }

  /// bfloat16 rounds to nearest even.
  @Test func brainFloatRounds() throws {
    let patterns: [UInt32] = [0x3f80_8000, 0x3f81_8000, 0x3f80_8001, 0x3f80_7fff, 0xbf81_8000]
    let rounded: [UInt16] = [0x3f80, 0x3f82, 0x3f81, 0x3f80, 0xbf82]
    #expect(encoded(patterns.map { Float(bitPattern: $0) }, .bf16) == fileBytes(rounded))
    #expect(encoded([.greatestFiniteMagnitude], .bf16) == nil)
  }

  /// A scale of exactly 1, and every half number: ties go away from zero.
  @Test func tiesOfQ80() throws {
    let encoder = try #require(RowEncoder(.q80))
    for first in stride(from: -126, to: 126, by: 28) {
      var row = (0..<31).map { Float(first + $0 % 28) + 0.5 }
      row.append(first < 0 ? 127 : -127)
      var bytes = [UInt8](repeating: 0, count: 34)
      let isEncoded = bytes.withUnsafeMutableBytes { bytes in
        row.withUnsafeBufferPointer { encoder.encode($0, into: bytes) }
      }
      #expect(isEncoded)
      let quants = bytes[2...].map { Float(Int8(bitPattern: $0)) }
      #expect(quants == row.map { $0.rounded(.toNearestOrAwayFromZero) })
    }
  }
}
