/// Converts a stream of samples from one rate to another.
///
/// Result n lies at sample `n · decimation / interpolation`, without delay: the filter is centred,
/// and silence is assumed before the first sample and after the last. Each result is one sum in a
/// fixed order, so that the bits do not depend on how the stream is cut into pieces.
///
/// - Accuracy: see `ResamplingFilter`; rounding in Float32 adds noise of about -130 dB.
/// - Complexity: some 470 multiplications for each result from 44.1 kHz.
struct Resampler {
  private let filter: ResamplingFilter?
  /// Samples from `bufferStart` on.
  private var buffer: [Float]
  private var bufferStart: Int
  private var inputCount = 0
  /// The position of the next result: sample `base`, and `phase` of `interpolation` beyond it.
  private var base = 0
  private var phase = 0

  /// - Precondition: both rates are positive.
  init(from inputRate: Int, to outputRate: Int) {
    guard inputRate != outputRate else {
      (filter, buffer, bufferStart) = (nil, [], 0)
      return
    }
    let filter = ResamplingFilter(from: inputRate, to: outputRate)
    self.filter = filter
    buffer = [Float](repeating: 0, count: filter.halfLength - 1)
    bufferStart = -(filter.halfLength - 1)
  }

  /// The results that the next samples make possible.
  mutating func process(_ samples: [Float]) -> [Float] {
    guard let filter else { return samples }
    inputCount += samples.count
    buffer += samples
    let last = bufferStart + buffer.count - filter.stride + filter.halfLength - 1
    return results(filter, upTo: last)
  }

  /// The results up to the last sample.
  mutating func finish() -> [Float] {
    guard let filter else { return [] }
    buffer += [Float](repeating: 0, count: filter.stride)
    return results(filter, upTo: inputCount - 1)
  }

  /// The next results, up to those that lie between sample `last` and the one after it.
  private mutating func results(_ filter: ResamplingFilter, upTo last: Int) -> [Float] {
    var results: [Float] = []
    while base <= last {
      results.append(result(filter))
      phase += filter.decimation
      base += phase / filter.interpolation
      phase %= filter.interpolation
    }
    // Samples before the next result's first are never needed again.
    let unused = min(buffer.count, base - filter.halfLength + 1 - bufferStart)
    if unused > 0 {
      buffer.removeFirst(unused)
      bufferStart += unused
    }
    return results
  }

  private func result(_ filter: ResamplingFilter) -> Float {
    let start = base - filter.halfLength + 1 - bufferStart
    guard filter.interpolation > filter.positionCount else {
      return sum(filter, position: phase, start: start)
    }
    // More positions than are tabulated: linear interpolation between two.
    let scaled = Double(phase) * Double(filter.positionCount) / Double(filter.interpolation)
    let position = Int(scaled)
    let share = Float(scaled - Double(position))
    let first = sum(filter, position: position, start: start)
    return first + share * (sum(filter, position: position + 1, start: start) - first)
  }

  /// `Σ coefficient · sample`, eight at a time.
  private func sum(_ filter: ResamplingFilter, position: Int, start: Int) -> Float {
    let row = position * filter.stride
    var total = SIMD8<Float>.zero
    for index in stride(from: 0, to: filter.stride, by: 8) {
      var (x, h) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
      for lane in 0..<8 {
        x[lane] = buffer[start + index + lane]
        h[lane] = filter.coefficients[row + index + lane]
      }
      total += x * h
    }
    return total.sum()
  }
}
