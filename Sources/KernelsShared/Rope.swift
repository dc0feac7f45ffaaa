package import KernelInterface

/// Rotates the heads of some rows; the scalar twin has the same name.
///
/// - Accuracy: one rounding less than the twin, as the second product is fused with the sum.
/// - Complexity: O(rows × heads × rotaryDim), no allocation.
package func rope(_ task: RopeRows) {
  for row in 0..<task.rows {
    let cosines = task.table + row * 2 * task.rotaryDim
    let sines = cosines + task.rotaryDim
    for head in 0..<task.heads {
      let x = task.x + row * task.stride + head * task.headDim
      switch task.style {
      case .interleaved: rotatePairs(x, cosines, sines, count: task.rotaryDim)
      case .halves: rotateHalves(x, cosines, sines, half: task.rotaryDim / 2)
      }
    }
  }
}

@inline(__always)
private func rotatePairs(
  _ x: UnsafeMutablePointer<Float>, _ cosines: UnsafePointer<Float>,
  _ sines: UnsafePointer<Float>, count: Int
) {
  var dim = 0
  while dim + laneCount <= count {
    let lanes = load(x + dim)
    let turned = multiplyAdd(swapPairs(lanes), load(sines + dim), lanes * load(cosines + dim))
    store(turned, x + dim)
    dim += laneCount
  }
  if dim < count {
    let left = count - dim
    let lanes = load(x + dim, count: left)
    let turned = multiplyAdd(
      swapPairs(lanes), load(sines + dim, count: left), lanes * load(cosines + dim, count: left))
    store(turned, x + dim, count: left)
  }
}

@inline(__always)
private func rotateHalves(
  _ x: UnsafeMutablePointer<Float>, _ cosines: UnsafePointer<Float>,
  _ sines: UnsafePointer<Float>, half: Int
) {
  var dim = 0
  while dim < half {
    let count = min(laneCount, half - dim)
    let first = load(x + dim, count: count)
    let second = load(x + half + dim, count: count)
    let turnedFirst = multiplyAdd(
      second, load(sines + dim, count: count), first * load(cosines + dim, count: count))
    let turnedSecond = multiplyAdd(
      first, load(sines + half + dim, count: count),
      second * load(cosines + half + dim, count: count))
    store(turnedFirst, x + dim, count: count)
    store(turnedSecond, x + half + dim, count: count)
    dim += laneCount
  }
}
