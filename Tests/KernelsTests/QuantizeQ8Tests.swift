import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// ggml's quantisers of activations: bit for bit, and what the twins do where ggml says nothing.
@Suite struct QuantizeQ8Tests {
  struct Q8K {
    var quants: [Int8]
    var scales: [Float]
    var sums: [Int16]

    init(_ x: [Float]) {
      var quants = [Int8](repeating: 99, count: x.count)
      var scales = [Float](repeating: 99, count: x.count / 256)
      var sums = [Int16](repeating: 99, count: x.count / 16)
      var quantSpan = quants.mutableSpan
      var scaleSpan = scales.mutableSpan
      var sumSpan = sums.mutableSpan
      quantizeQ8K(x.span, quants: &quantSpan, scales: &scaleSpan, sums: &sumSpan)
      (self.quants, self.scales, self.sums) = (quants, scales, sums)
    }
  }

  struct Q80 {
    var quants: [Int8]
    var scales: [Float16]

    init(_ x: [Float]) {
      var quants = [Int8](repeating: 99, count: x.count)
      var scales = [Float16](repeating: 99, count: x.count / 32)
      var quantSpan = quants.mutableSpan
      var scaleSpan = scales.mutableSpan
      quantizeSignedQ80(x.span, quants: &quantSpan, scales: &scaleSpan)
      (self.quants, self.scales) = (quants, scales)
    }
  }

  @Test func q8KEqualsGGML() throws {
    let x = try BlockFixtures.floats("activations.f32")
    let blocks = try BlockFixtures.bytes("activations.q8k")
    let ours = Q8K(x)
    blocks.withUnsafeBytes { bytes in
      for block in 0..<(x.count / 256) {
        let start = block * 292
        let d = bytes.loadUnaligned(fromByteOffset: start, as: Float.self)
        #expect(ours.scales[block].bitPattern == d.bitPattern, "scale of block \(block)")
        let quants = (0..<256).map {
          bytes.load(fromByteOffset: start + 4 + $0, as: Int8.self)
        }
        #expect(Array(ours.quants[(block * 256)..<(block * 256 + 256)]) == quants)
        let sums = (0..<16).map {
          bytes.loadUnaligned(fromByteOffset: start + 260 + $0 * 2, as: Int16.self)
        }
        #expect(Array(ours.sums[(block * 16)..<(block * 16 + 16)]) == sums, "block \(block)")
      }
    }
  }

  @Test func q80EqualsGGML() throws {
    let x = try BlockFixtures.floats("activations.f32")
    let blocks = try BlockFixtures.bytes("activations.q80")
    let ours = Q80(x)
    blocks.withUnsafeBytes { bytes in
      for block in 0..<(x.count / 32) {
        let d = bytes.loadUnaligned(fromByteOffset: block * 34, as: Float16.self)
        #expect(ours.scales[block].bitPattern == d.bitPattern)
        let quants = (0..<32).map {
          bytes.load(fromByteOffset: block * 34 + 2 + $0, as: Int8.self)
        }
        #expect(Array(ours.quants[(block * 32)..<(block * 32 + 32)]) == quants, "block \(block)")
      }
    }
  }

  /// Blocks that cannot be quantised say so, or are zero.
  @Test func extremes() {
    for bad in [Float.infinity, -.infinity, .nan] {
      for place in [0, 31, 255] {
        var x = samples(256, seed: 1)
        x[place] = bad
        let big = Q8K(x)
        #expect(big.scales[0].isNaN && big.quants.allSatisfy { $0 == 0 })
        #expect(big.sums.allSatisfy { $0 == 0 })
        let small = Q80(x)
        #expect(small.scales[place / 32].isNaN)
        #expect(small.scales.count { $0.isNaN } == 1)
      }
    }
    let tiny = [Float](repeating: .leastNonzeroMagnitude, count: 256)
    #expect(Q8K(tiny).scales == [0] && Q8K(tiny).quants.allSatisfy { $0 == 0 })
    #expect(Q80(tiny).scales.allSatisfy { $0 == 0 } && Q80(tiny).quants.allSatisfy { $0 == 0 })
    let huge = (0..<256).map { $0 % 2 == 0 ? Float.greatestFiniteMagnitude : -1e38 }
    #expect(Q8K(huge).scales[0].isFinite && Q8K(huge).quants[0] == -127)
    #expect(Q80(huge).scales.allSatisfy { $0 == .infinity })
  }

  /// The stated bounds.
  @Test func errorIsWithinBound() {
    for seed in 1...20 {
      let x = samples(512, seed: UInt64(seed), scale: Float(seed * seed))
      let big = Q8K(x)
      let small = Q80(x)
      for index in x.indices {
        let scale = Double(big.scales[index / 256])
        let error = abs(scale * Double(big.quants[index]) - Double(x[index]))
        #expect(error <= abs(scale) * (0.5 + 0x1p-15))
        let block = x[(index / 32 * 32)..<(index / 32 * 32 + 32)]
        let step = block.reduce(0.0) { max($0, Double(abs($1))) } / 127
        let value = Double(small.scales[index / 32]) * Double(small.quants[index])
        #expect(abs(value - Double(x[index])) <= step * (0.5 + 127 * 0x1p-11 + 0x1p-15))
      }
    }
  }

  /// The products against ggml's, and against Float64: only the order of Float32 sums differs.
  @Test func productsAreGGMLs() throws {
    let fixture = try BlockFixtures.products()
    let x = fixture.x.map { Float(bitPattern: $0) }
    let inputs = fixture.inputs
    for item in fixture.cases {
      let type = try #require(WeightType(rawValue: item.type))
      let bytes = item.weightBytes
      let outputs = bytes.count / (inputs / type.blockElementCount * type.blockByteCount)
      let (y, activations) = try product(type, x, bytes, inputs: inputs, outputs: outputs)
      let weights = widened(bytes, type: type)
      for index in y.indices {
        var (sum, magnitude) = (0.0, 0.0)
        for input in 0..<inputs {
          let term =
            Double(activations[index / outputs * inputs + input])
            * Double(weights[index % outputs * inputs + input])
          sum += term
          magnitude += abs(term)
        }
        // A rounding for each of 64 Float32 steps at most, on each side.
        let bound = 64 * 0x1p-24 * magnitude
        #expect(abs(Double(y[index]) - sum) <= bound, "\(item.type) \(index)")
        #expect(abs(Double(item.y[index]) - sum) <= bound, "\(item.type) \(index), ggml's")
      }
    }
  }

  /// `y`, and the activations as the quantiser leaves them.
  private func product(
    _ type: WeightType, _ x: [Float], _ bytes: [UInt8], inputs: Int, outputs: Int
  ) throws -> (y: [Float], activations: [Float]) {
    var y = [Float](repeating: .nan, count: x.count / inputs * outputs)
    var span = y.mutableSpan
    if let format = type.format as? any SmallBlockFormat.Type {
      let q = Q80(x)
      linearSignedQ80(
        quants: q.quants.span, scales: q.scales.span, weight: bytes.span.bytes, as: format,
        into: &span, inputs: inputs, outputs: outputs)
      return (y, x.indices.map { Float(q.scales[$0 / 32]) * Float(q.quants[$0]) })
    }
    let format = try #require(superblockFormat(type))
    let q = Q8K(x)
    linearQ8K(
      quants: q.quants.span, scales: q.scales.span, sums: q.sums.span, weight: bytes.span.bytes,
      as: format, into: &span, inputs: inputs, outputs: outputs)
    return (y, x.indices.map { q.scales[$0 / 256] * Float(q.quants[$0]) })
  }

  private func superblockFormat(_ type: WeightType) -> (any SuperblockFormat.Type)? {
    type.format as? any SuperblockFormat.Type
  }
}
