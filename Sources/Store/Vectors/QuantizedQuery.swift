/// A query vector quantised for the integer scan, with a bound on the error of its scores.
///
/// The query q is quantised to Int16 elements e and a scale t: q = t * e + rest. For a stored
/// vector v = s * (c - 128) + r the scan's score is a = s * t * Σ(c - 128) * e, and
///
/// `|<q, v> - a| <= ||q|| * ||r|| + ||rest|| * ||s * (c - 128)|| + rounding of a`
///
/// by Cauchy-Schwarz. With 16 bits, the second term is about a thousandth of the first.
struct QuantizedQuery {
  /// `[stride]`; zero beyond the dimension.
  let elements: [Int16]
  /// The scale t.
  let scale: Float
  /// `128 * Σ e`: the contribution of the codes' bias to every dot product.
  let offset: Int32
  /// An upper bound on ||q||.
  let norm: Float
  /// An upper bound on the second and third term, for a stored scale s of 1.
  let slack: Float

  /// Quantises a query `[dimension]` of finite elements, padded with zeros to `stride`.
  init(_ vector: [Float], stride: Int) {
    let largest = Double(vector.reduce(0) { max($0, abs($1)) })
    let sum = vector.reduce(0.0) { $0 + Double(abs($1)) }
    // Keeps e within Int16 and 255 * Σ|e| below 2³¹, with half a step per element for rounding.
    let sumLimit = Double(Int32.max / 255) - Double(vector.count)
    let step = max(largest / 32_767, sum / sumLimit)
    let scale = Float(step)
    let isUsable = scale.isNormal
    var elements = [Int16](repeating: 0, count: stride)
    var rest = 0.0
    var square = 0.0
    for (index, value) in vector.enumerated() {
      let element = isUsable ? (Double(value) / Double(scale)).rounded(.toNearestOrEven) : 0
      elements[index] = Int16(max(-32_767, min(32_767, element)))
      let difference = Double(value) - Double(scale) * Double(elements[index])
      rest += difference * difference
      square += Double(value) * Double(value)
    }
    self.elements = elements
    self.scale = isUsable ? scale : 0
    offset = 128 * elements.reduce(Int32(0)) { $0 + Int32($1) }
    norm = Float(square.squareRoot()).nextUp
    // ||s * (c - 128)|| <= s * 127 * sqrt(dimension). The score is computed in Float32 by one
    // conversion and two products, and compared after two sums: a bound of 8 roundings of 2⁻²⁴ is
    // ample.
    let largestNorm = 127 * Double(vector.count).squareRoot()
    let rounding = 8 * 0x1p-24 * square.squareRoot()
    slack = Float((rest.squareRoot() + rounding) * largestNorm).nextUp
  }
}
