/// Converts a stream of samples from one rate to another.
///
/// Result n is the value at sample `n · decimation / interpolation`, without delay: the filter is centred,
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
  ///
  /// - Precondition: `start` and the `stride` samples from there are in the buffer.
  private func sum(_ filter: ResamplingFilter, position: Int, start: Int) -> Float {
    precondition(start >= 0 && start + filter.stride <= buffer.count, "the samples are buffered")
    let size = MemoryLayout<Float>.size
    let row = position * filter.stride * size
    return unsafe buffer.withUnsafeBytes { samples in
      unsafe filter.coefficients.withUnsafeBytes { coefficients in
        var total = SIMD8<Float>.zero
        for offset in stride(from: 0, to: filter.stride * size, by: 8 * size) {
          let x = unsafe samples.loadUnaligned(
            fromByteOffset: start * size + offset, as: SIMD8<Float>.self)
          let h = unsafe coefficients.loadUnaligned(
            fromByteOffset: row + offset, as: SIMD8<Float>.self)
          total += x * h
        }
        return total.sum()
      }
    }
  }
}
