internal import Glibc

/// `x[i] = e^(x[i] - largest) / Σ e^(x[j] - largest)` over a range of an array.
func softmax(_ values: inout [Float], _ range: Range<Int>, largest: Float) {
  var sum: Float = 0
  for index in range {
    values[index] = expf(values[index] - largest)
    sum += values[index]
  }
  for index in range { values[index] /= sum }
}
