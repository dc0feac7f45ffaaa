/// A query vector as the integer scan wants it, with what its rounding may cost.
///
/// The query q becomes Int16 elements e and a scale t with q = t * e + (rest). For a stored vector
/// v = s * (c - 128) + r the scan's score is a = s * t * Σ(c - 128) * e, and
///
/// `|<q, v> - a| <= ||q|| * ||r|| + ||rest|| * ||s * (c - 128)|| + rounding of a`
///
/// by Cauchy-Schwarz. With 16 bits the second term is a thousandth of the first.
struct QuantizedQuery {
  /// `[stride]`, zeros behind the dimension.
  let elements: [Int16]
  /// t.
  let scale: Float
  /// `128 * Σ e`: what the codes' bias adds to every dot product.
  let offset: Int32
  /// An upper bound of ||q||.
  let norm: Float
  /// What the second and third term are at most, for a stored scale s of 1.
  let slack: Float

  /// Quantises a query `[dimension]` of finite elements, padded with zeros to `stride`.
  init(_ vector: [Float], stride: Int) {
    let largest = Double(vector.reduce(0) { max($0, abs($1)) })
    let sum = vector.reduce(0.0) { $0 + Double(abs($1)) }
    // Int16's range, and 255 * Σ|e| < 2³¹; half a step an element is left for the rounding.
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
    // conversion and two products, and compared after two sums: 8 roundings of 2⁻²⁴ are ample.
    let largestNorm = 127 * Double(vector.count).squareRoot()
    let rounding = 8 * 0x1p-24 * square.squareRoot()
    slack = Float((rest.squareRoot() + rounding) * largestNorm).nextUp
  }
}
