import Foundation
import KernelInterface
import Testing

@testable import Kernels

/// Reductions over logits against Foundation's functions in Float64.
@Suite struct LogitReductionsTests {
  private func values(_ count: Int) -> [Float] {
    (0..<count).map { Float(($0 * 7_919 + 13) % 10_007) / 100 - 60 }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 1_023, 1_040, 51_865]) func sums(_ count: Int) {
    let all = values(count) + (count > 20 ? [-.infinity, -1e30] : [])
    let largest = all.max() ?? -.infinity
    #expect(largestElement(all.span) == largest)
    let expected = all.reduce(0.0) { $0 + exp(Double($1 - largest)) }
    let found = sumOfExponentials(all.span, largest: largest)
    #expect(abs(found - expected) <= 3e-7 * expected)
  }

  @Test func places() {
    let values: [Float] = [3, 9, -1, 9, 4, -.infinity, 9, 4]
    #expect(indexOfLargestElement(values.span) == 1)
    #expect(indicesOfLargestElements(values.span, count: 5) == [1, 3, 6, 4, 7])
    #expect(indicesOfLargestElements(values.span, count: 20) == [1, 3, 6, 4, 7, 0, 2, 5])
    #expect(indicesOfLargestElements(values.span, count: 0) == [])
    #expect(indexOfLargestElement([Float]().span) == 0)
    var filled = values
    var span = filled.mutableSpan
    fill(&span, 2..<4, with: 7)
    #expect(filled == [3, 9, 7, 7, 4, -.infinity, 9, 4])
  }

  /// Every set of kernels has the same largest element, and a sum within the bound of the scalar
  /// twin's; with 8 lanes the bits of 16.
  @Test(arguments: [0, 1, 7, 15, 16, 17, 40, 1_023, 1_040, 2_100, 51_865])
  func kernelsEqualTheTwin(_ count: Int) {
    let all = values(count)
    let twin = InstructionSet.scalar.kernels
    var sums: [Double] = []
    all.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      let largest = twin.largestElement(start, count: count)
      let expected = count == 0 ? 0 : twin.sumOfExponentials(start, count: count, largest: largest)
      for instructionSet in vectorInstructionSets {
        let kernels = instructionSet.kernels
        #expect(kernels.largestElement(start, count: count) == largest)
        guard count > 0 else { continue }
        let sum = kernels.sumOfExponentials(start, count: count, largest: largest)
        #expect(abs(sum - expected) <= 3e-7 * expected)
        sums.append(sum)
      }
    }
    #expect(sums.allSatisfy { $0 == sums[0] })
  }

  /// Places in longer rows, where the largest come in rising, falling and equal order.
  @Test(arguments: [255, 256, 257, 51_865]) func placesOfLongRows(_ count: Int) {
    for values in [
      (0..<count).map(Float.init), (0..<count).map { -Float($0) },
      (0..<count).map { Float($0 % 7) }, values(count),
    ] {
      let ranked = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
      #expect(indexOfLargestElement(values.span) == ranked[0])
      #expect(indicesOfLargestElements(values.span, count: 6) == Array(ranked.prefix(6)))
    }
  }

  /// One term at a time, over the whole range.
  @Test func terms() {
    for step in 0..<8_700 {
      let x = -Float(step) / 100
      let expected = exp(Double(x))
      #expect(abs(sumOfExponentials([x].span, largest: 0) - expected) <= 2.4e-7 * expected)
    }
  }
}
