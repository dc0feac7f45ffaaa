import KernelsReference
import Testing

@testable import Kernels

/// RMSNorm of single heads against its scalar twin, and against RMSNorm of whole rows.
@Suite struct HeadNormTests {
  private static let headDims = [1, 7, 8, 15, 16, 17, 33, 64, 128]

  private func normalized(
    _ values: [Float], columns: Int, heads: Range<Int>, weight: [Float], _ compute: ComputeContext
  ) -> [Float] {
    var x = matrix(values, columns: columns)
    compute.rmsNorm(&x, heads: heads, weight: WeightVector(weight), epsilon: 1e-6)
    return x.array()
  }

  @Test(arguments: KernelBackend.allCases, headDims)
  func headsAgreeWithTheTwinAndTheRestStays(_ path: KernelBackend, headDim: Int) {
    let (rows, heads, extra) = (19, 5, 3)
    let columns = heads * headDim + extra
    let values = samples(rows * columns, seed: UInt64(headDim), scale: 3)
    let weight = samples(headDim, seed: 2)
    let chosen = 1..<4
    let compute = ComputeContext(path: path, threadCount: 2)
    let result = normalized(
      values, columns: columns, heads: chosen, weight: weight, compute)
    // 8 lanes are the fewest of a SIMD path; the twin rounds once more.
    let bound = Float(headDim / 32 + 10) * 0x1p-24
    for row in 0..<rows {
      var expected = Array(values[row * columns..<(row + 1) * columns])
      for head in chosen {
        let range = head * headDim..<(head + 1) * headDim
        let x = Array(expected[range])
        var y = [Float](repeating: 0, count: headDim)
        var span = y.mutableSpan
        KernelsReference.rmsNorm(x.span, weight: weight.span, epsilon: 1e-6, into: &span)
        expected.replaceSubrange(range, with: y)
      }
      for (column, wanted) in expected.enumerated() {
        let found = result[row * columns + column]
        let isChosen = chosen.contains(column / headDim) && column < heads * headDim
        #expect(
          isChosen ? abs(found - wanted) <= bound * abs(wanted) : found == wanted,
          "row \(row), column \(column)")
      }
    }
  }

  /// A head has the bits of a row of the same width, on one thread or several.
  @Test(arguments: KernelBackend.allCases) func headsHaveTheBitsOfRows(_ path: KernelBackend) {
    let (rows, heads, headDim) = (70, 6, 64)
    let values = samples(rows * heads * headDim, seed: 4)
    let weight = samples(headDim, seed: 5)
    let results = [1, 2].map { threadCount in
      normalized(
        values, columns: heads * headDim, heads: 0..<heads, weight: weight,
        ComputeContext(path: path, threadCount: threadCount))
    }
    #expect(sameBits(results[0], results[1]))
    let compute = ComputeContext(path: path, threadCount: 1)
    var y = Matrix(rows: rows * heads, columns: headDim)
    compute.rmsNorm(
      matrix(values, columns: headDim), weight: WeightVector(weight), epsilon: 1e-6, into: &y)
    #expect(sameBits(y.array(), results[0]))
  }
}
