/// Changes the size of pictures as Pillow does, bit for bit.
package enum Resize {
  /// A part of a resized picture, in its pixels.
  package struct Region: Sendable, Equatable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
      (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }
  }

  /// Resizes by bicubic convolution with antialiasing: `Image.resize((width, height), BICUBIC)`.
  ///
  /// Two passes, rows first; each rounds its sums to 8 bits. Weights are fixed point of 22 bits. A
  /// pass that would not change the size is left out.
  ///
  /// - Parameters:
  ///   - picture: any size; its metadata is kept.
  ///   - width: columns of the whole result.
  ///   - height: rows of the whole result.
  ///   - region: the part of the result to compute, by default all. Cropping here costs less than
  ///     afterwards, and a picture of 1 x 100,000 pixels needs no result of 224 x 22,400,000.
  /// - Returns: the pixels of `region`.
  /// - Precondition: `width` and `height` are positive; `region` is inside them and has pixels.
  /// - Accuracy: bit-identical to Pillow 12.0, held by a test.
  /// - Source: Pillow, `ImagingResample` of `Resample.c`.
  /// - Complexity: O(taps * (input rows in reach * region width + region pixels)), where taps are 4
  ///   times the reduction, at least 4. One intermediate picture of the input rows in reach.
  package static func bicubic(
    _ picture: Picture, width: Int, height: Int, region: Region? = nil
  ) -> Picture {
    let region = region ?? Region(x: 0, y: 0, width: width, height: height)
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    precondition(region.x >= 0 && region.width > 0 && region.x <= width - region.width)
    precondition(region.y >= 0 && region.height > 0 && region.y <= height - region.height)
    let columns = region.x..<(region.x + region.width)
    let rows = region.y..<(region.y + region.height)

    let vertical =
      height == picture.height
      ? nil
      : ResampleCoefficients(inputCount: picture.height, outputCount: height, range: rows)
    // The input rows that the second pass reads.
    let inputRows =
      vertical.map { $0.first[0]..<($0.first[rows.count - 1] + $0.count[rows.count - 1]) }
      ?? rows
    let narrowed =
      width == picture.width
      ? cropped(picture, columns: columns, rows: inputRows)
      : horizontal(
        picture, rows: inputRows,
        ResampleCoefficients(inputCount: picture.width, outputCount: width, range: columns))
    let pixels =
      vertical.map {
        self.vertical(
          narrowed, rowLength: region.width * 3, firstRow: inputRows.lowerBound, $0)
      } ?? narrowed
    return Picture(
      width: region.width, height: region.height, pixels: pixels, metadata: picture.metadata)
  }

  private static func cropped(
    _ picture: Picture, columns: Range<Int>, rows: Range<Int>
  ) -> [UInt8] {
    if columns == 0..<picture.width && rows == 0..<picture.height { return picture.pixels }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(rows.count * columns.count * 3)
    for y in rows {
      let start = y * picture.width
      pixels +=
        picture.pixels[
          ((start + columns.lowerBound) * 3)..<((start + columns.upperBound) * 3)]
    }
    return pixels
  }

  /// Resamples each row of `rows`.
  private static func horizontal(
    _ picture: Picture, rows: Range<Int>, _ coefficients: ResampleCoefficients
  ) -> [UInt8] {
    let outputWidth = coefficients.first.count
    let inputRowLength = picture.width * 3
    let byteCount = rows.count * outputWidth * 3
    return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { output, initializedCount in
      unsafe picture.pixels.withUnsafeBufferPointer { input in
        for (row, y) in rows.enumerated() {
          let source = unsafe UnsafeBufferPointer(
            rebasing: input[(y * inputRowLength)..<((y + 1) * inputRowLength)])
          let target = unsafe UnsafeMutableBufferPointer(
            rebasing: output[(row * outputWidth * 3)..<((row + 1) * outputWidth * 3)])
          unsafe resampleRow(source, into: target, coefficients)
        }
      }
      initializedCount = byteCount
    }
  }

  /// Half of a sample in fixed point, with which sums begin, so that rounding down rounds to nearest.
  private static let half = Int32(1) << Int32(ResampleCoefficients.precisionBits - 1)

  /// Resamples one row.
  ///
  /// All indices are inside: the weights' bounds are those of the input.
  private static func resampleRow(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>,
    _ coefficients: ResampleCoefficients
  ) {
    guard let input = source.baseAddress, let output = target.baseAddress else {
      return
    }
    unsafe coefficients.weights.withUnsafeBufferPointer { weights in
      for x in coefficients.first.indices {
        let count = coefficients.count[x]
        let row = unsafe weights.baseAddress! + x * coefficients.rowLength
        let samples = unsafe input + coefficients.first[x] * 3
        var (red, green, blue) = (half, half, half)
        for index in 0..<count {
          let weight = unsafe row[index]
          unsafe red &+= Int32(samples[index &* 3]) &* weight
          unsafe green &+= Int32(samples[index &* 3 &+ 1]) &* weight
          unsafe blue &+= Int32(samples[index &* 3 &+ 2]) &* weight
        }
        unsafe output[x * 3] = clipped(red)
        unsafe output[x * 3 + 1] = clipped(green)
        unsafe output[x * 3 + 2] = clipped(blue)
      }
    }
  }

  /// Resamples the columns of `pixels`, whose first row is row `firstRow` of the input.
  private static func vertical(
    _ pixels: [UInt8], rowLength: Int, firstRow: Int, _ coefficients: ResampleCoefficients
  ) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: coefficients.first.count * rowLength)
    var sums = [Int32](repeating: half, count: rowLength)
    unsafe pixels.withUnsafeBufferPointer { input in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        for y in coefficients.first.indices {
          unsafe sums.update(repeating: half)
          for index in 0..<coefficients.count[y] {
            let weight = coefficients.weights[y * coefficients.rowLength + index]
            let start = (coefficients.first[y] - firstRow + index) * rowLength
            let row = unsafe UnsafeBufferPointer(rebasing: input[start..<(start + rowLength)])
            for x in 0..<rowLength { unsafe sums[x] &+= Int32(row[x]) &* weight }
          }
          for x in 0..<rowLength { output[y * rowLength + x] = unsafe clipped(sums[x]) }
        }
      }
    }
    return output
  }

  /// A sum in fixed point, rounded down to an integer and kept in 0 to 255.
  @inline(__always)
  private static func clipped(_ sum: Int32) -> UInt8 {
    UInt8(clamping: sum >> Int32(ResampleCoefficients.precisionBits))
  }
}
