// Reductions over the logits of a vocabulary, which decoding needs for every token.

/// The largest element.
///
/// - Returns: -∞ where there is none; NaNs are passed over or returned, depending on their place.
/// - Complexity: O(count), 16 elements at a time.
package func largestElement(_ values: Span<Float>) -> Float {
  var largest = -Float.infinity
  var lanes = SIMD16<Float>(repeating: -.infinity)
  let whole = values.count / 16 * 16
  values.withUnsafeBytes { bytes in
    for index in stride(from: 0, to: whole, by: 16) {
      let next = bytes.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self)
      lanes.replace(with: next, where: next .> lanes)
    }
  }
  for lane in 0..<16 where lanes[lane] > largest { largest = lanes[lane] }
  for index in whole..<values.count where values[index] > largest { largest = values[index] }
  return largest
}

/// The index of the largest element, of equal ones the first; 0 where there is none.
package func indexOfLargestElement(_ values: Span<Float>) -> Int {
  let largest = largestElement(values)
  for index in 0..<values.count where values[index] == largest { return index }
  return 0
}

/// The indices of the `count` largest elements, largest first, of equal ones the first first.
///
/// - Complexity: O(elements × count) at worst; few elements are larger than the largest so far.
package func indicesOfLargestElements(_ values: Span<Float>, count: Int) -> [Int] {
  guard count > 0 else { return [] }
  var best: [Int] = []
  best.reserveCapacity(count + 1)
  var least = -Float.infinity
  for index in 0..<values.count {
    if best.count == count, values[index] <= least { continue }
    var place = best.count
    while place > 0, values[index] > values[best[place - 1]] { place -= 1 }
    best.insert(index, at: place)
    if best.count > count { best.removeLast() }
    least = values[best[best.count - 1]]
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
///   added in Float64: relative error below 3e-7.
/// - Complexity: O(count), 16 elements at a time.
package func sumOfExponentials(_ values: Span<Float>, largest: Float) -> Double {
  guard largest.isFinite else { return 0 }
  var sum = 0.0
  let whole = values.count / 16 * 16
  let maximum = SIMD16<Float>(repeating: largest)
  values.withUnsafeBytes { bytes in
    for block in stride(from: 0, to: whole, by: 1_024) {
      var lanes = SIMD16<Float>.zero
      for index in stride(from: block, to: min(whole, block + 1_024), by: 16) {
        lanes += exponential(
          bytes.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self) - maximum)
      }
      sum += (0..<16).reduce(0.0) { $0 + Double(lanes[$1]) }
    }
  }
  for index in whole..<values.count {
    sum += Double(exponential(SIMD16(repeating: values[index] - largest))[0])
  }
  return sum
}

/// `e^x` of numbers of at most 0; below -87 the result is e⁻⁸⁷, 1.6e-38.
///
/// `e^x = 2ⁿ e^r` with `n = round(x / ln 2)` and `|r| ≤ ln 2 / 2`; `e^r` is a polynomial.
///
/// - Source: the coefficients of Moshier's Cephes library, `expf.c`.
@inline(__always)
private func exponential(_ x: SIMD16<Float>) -> SIMD16<Float> {
  typealias Lanes = SIMD16<Float>
  let x = x.replacing(with: -87, where: x .< -87)
  // Adding 1.5 · 2²³ rounds to an integer, which is then in the last bits.
  let shift = Lanes(repeating: 12_582_912)
  let shifted = x * 1.442_695_04 + shift
  let n = shifted - shift
  let r = x - n * 0.693_359_375 + n * 2.121_944_4e-4
  var polynomial = r * 1.987_569_15e-4 + 1.398_199_95e-3
  polynomial = polynomial * r + 8.333_451_9e-3
  polynomial = polynomial * r + 4.166_579_6e-2
  polynomial = polynomial * r + 0.166_666_65
  polynomial = polynomial * r + 0.5
  let result = polynomial * r * r + r + 1
  let exponent = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &<< 23
  return unsafeBitCast(
    unsafeBitCast(result, to: SIMD16<Int32>.self) &+ exponent, to: Lanes.self)
}
