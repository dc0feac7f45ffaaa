/// The block of a row of activations with the widest range, found while the row is quantised.
struct WidestBlock {
  private(set) var range: Float = 0
  private(set) var block = 0

  /// Takes note of a block's range; one that is NaN is passed over.
  @inline(__always)
  mutating func note(_ range: Float, block: Int) {
    if range > self.range { (self.range, self.block) = (range, block) }
  }
}

/// The addresses of the parts of a quantised row of activations.
struct OffsetQ80Row {
  var quants: UnsafeMutableRawPointer
  var scales: UnsafeMutableRawPointer
  var offsets: UnsafeMutableRawPointer
  /// The outlier: the input's number as Int32, then the residual as Float32.
  var outlier: UnsafeMutableRawPointer

  @inline(__always)
  init(_ quants: UnsafeMutableRawPointer, inputs: Int) {
    self.quants = quants
    scales = quants + inputs
    offsets = scales + inputs / 32 * 4
    outlier = quants + outlierOffset(inputs: inputs)
  }
}

/// Quantises the widest block of a row anew, without the element at whose end the range shrinks most;
/// see the scalar twin `separateOutlier`, with which all parts agree bit for bit.
///
/// - Complexity: O(32), no allocation.
func separateOutlier(_ x: UnsafePointer<Float>, _ widest: WidestBlock, _ row: OffsetQ80Row) {
  guard widest.range > 0, widest.range.isFinite else {
    row.outlier.storeBytes(of: 0, as: Int32.self)
    row.outlier.storeBytes(of: 0, toByteOffset: 4, as: Float.self)
    return
  }
  let block = widest.block
  let source = x + block * 32
  var (most, least) = (0, 0)
  for index in 1..<32 {
    if source[index] > source[most] { most = index }
    if source[index] < source[least] { least = index }
  }
  // The largest without `most`, and the least without `least`.
  var largest = -Float.infinity
  var smallest = Float.infinity
  for index in 0..<32 {
    if index != most, source[index] > largest { largest = source[index] }
    if index != least, source[index] < smallest { smallest = source[index] }
  }
  let dropsMost = source[most] - largest >= smallest - source[least]
  if dropsMost { smallest = source[least] } else { largest = source[most] }
  let offset = smallest + 0
  let range = largest - offset
  let isConstant = !(range >= smallestRange)
  let scale = isConstant ? 0 : range / largestOffsetQuant
  quantizeUnsigned32(
    source, broadcast(offset), broadcast(isConstant ? 0 : largestOffsetQuant / range),
    into: row.quants + block * 32)
  row.scales.storeBytes(of: scale, toByteOffset: block * 4, as: Float.self)
  row.offsets.storeBytes(of: offset, toByteOffset: block * 4, as: Float.self)
  let input = block * 32 + (dropsMost ? most : least)
  let quant = Float(row.quants.load(fromByteOffset: input, as: UInt8.self))
  row.outlier.storeBytes(of: Int32(truncatingIfNeeded: input), as: Int32.self)
  row.outlier.storeBytes(
    of: x[input] - offset.addingProduct(scale, quant), toByteOffset: 4, as: Float.self)
}
