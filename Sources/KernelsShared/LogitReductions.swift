// Reductions over the logits of a vocabulary, which decoding needs for every token.

/// The largest of some numbers, -∞ where there are none; the scalar twin has the same name.
///
/// - Accuracy: exact; NaNs are passed over or returned, depending on their place.
package func largestElement(_ x: UnsafePointer<Float>, count: Int) -> Float {
  let lowest = broadcast(-.infinity)
  var first = lowest
  var second = lowest
  var index = 0
  while index + 2 * laneCount <= count {
    first = maximum(load(x + index), first)
    second = maximum(load(x + index + laneCount), second)
    index += 2 * laneCount
  }
  let lanes = maximum(first, second)
  var largest = lanes[0]
  for lane in 1..<laneCount where lanes[lane] > largest { largest = lanes[lane] }
  while index < count {
    if x[index] > largest { largest = x[index] }
    index += 1
  }
  return largest
}

/// Terms whose sums stay in Float32: 64 in each of 16 chains.
private let sumBlock = 1_024

/// `Σ e^(x - largest)`; the scalar twin has the same name.
///
/// - Accuracy: a term as in ``exponential(_:)``; blocks of 1,024 terms are 16 Float32 chains, one for
///   each position modulo 16, whose sums are added in Float64: relative error below 3e-7, and the
///   same bits with 8 lanes as with 16.
package func sumOfExponentials(
  _ x: UnsafePointer<Float>, count: Int, largest: Float
) -> Double {
  let highest = broadcast(largest)
  var total = 0.0
  var index = 0
  while index + 16 <= count {
    let end = min(count / 16 * 16, index + sumBlock)
    var even = zeroLanes()
    var odd = zeroLanes()
    while index < end {
      even += exponential(load(x + index) - highest)
      if laneCount < 16 { odd += exponential(load(x + index + laneCount) - highest) }
      index += 16
    }
    for lane in 0..<laneCount { total += Double(even[lane]) }
    if laneCount < 16 { for lane in 0..<laneCount { total += Double(odd[lane]) } }
  }
  while index < count {
    let lanes = min(laneCount, count - index)
    let powers = exponential(load(x + index, count: lanes) - highest)
    for lane in 0..<lanes { total += Double(powers[lane]) }
    index += lanes
  }
  return total
}
