import KernelInterface

// Reductions over the logits of a vocabulary, which decoding needs for every token, with the kernels
// of this processor.

/// The kernels of this processor.
private let kernels: any KernelSet = InstructionSet.detected.kernels

/// Elements that one call of a kernel looks at where a place is searched: 1 KB, so that the place is
/// then found quickly.
private let searchBlock = 256

/// The largest element.
///
/// - Returns: -∞ where there is none; NaNs are passed over or returned, depending on their place.
/// - Complexity: O(count), a register at a time.
package func largestElement(_ values: Span<Float>) -> Float {
  withKernelOperand(values, 0..<values.count) { kernels.largestElement($0, count: $1) }
}

/// The index of the largest element, of equal ones the first; 0 where there is none.
package func indexOfLargestElement(_ values: Span<Float>) -> Int {
  var (largest, start) = (-Float.infinity, 0)
  for first in stride(from: 0, to: values.count, by: searchBlock) {
    let block = first..<min(values.count, first + searchBlock)
    let own = withKernelOperand(values, block) { kernels.largestElement($0, count: $1) }
    if own > largest { (largest, start) = (own, first) }
  }
  for index in start..<values.count where values[index] == largest { return index }
  return 0
}

/// The indices of the `count` largest elements, largest first, of equal ones the first first.
///
/// - Complexity: O(elements × count) at worst; few elements are larger than the largest so far.
package func indicesOfLargestElements(_ values: Span<Float>, count: Int) -> [Int] {
  guard count > 0 else { return [] }
  var best: [Int] = []
  best.reserveCapacity(count + 1)
  for first in stride(from: 0, to: values.count, by: searchBlock) {
    let block = first..<min(values.count, first + searchBlock)
    if best.count == count {
      let own = withKernelOperand(values, block) { kernels.largestElement($0, count: $1) }
      if own <= values[best[count - 1]] { continue }
    }
    for index in block {
      if best.count == count, values[index] <= values[best[count - 1]] { continue }
      var place = best.count
      while place > 0, values[index] > values[best[place - 1]] { place -= 1 }
      best.insert(index, at: place)
      if best.count > count { best.removeLast() }
    }
  }
  return best
}

/// Sets the elements of a range.
package func fill(_ values: inout MutableSpan<Float>, _ range: Range<Int>, with value: Float) {
  for index in range { values[index] = value }
}

/// `Σ e^(x - largest)`.
///
/// - Parameters:
///   - values: at most `largest`; -∞ is allowed.
///   - largest: finite, or the sum is 0.
/// - Returns: the sum.
/// - Accuracy: each term is within 2 units in the last place of Float32, and sums of 1,024 terms are
///   added in Float64: relative error below 3e-7. A term below e⁻⁸⁷ counts as e⁻⁸⁷, 1.6e-38.
/// - Complexity: O(count), a register at a time.
package func sumOfExponentials(_ values: Span<Float>, largest: Float) -> Double {
  guard largest.isFinite else { return 0 }
  return withKernelOperand(values, 0..<values.count) {
    kernels.sumOfExponentials($0, count: $1, largest: largest)
  }
}

/// Gives `body` the memory of a range, and its count.
private func withKernelOperand<R>(
  _ values: Span<Float>, _ range: Range<Int>, _ body: (UnsafePointer<Float>, Int) -> R
) -> R {
  let part = values.extracting(range)
  return part.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else {
      return withUnsafePointer(to: Float.zero) { body($0, 0) }
    }
    return body(start, buffer.count)
  }
}
