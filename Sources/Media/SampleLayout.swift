/// The layout of stored samples and its conversion to 8-bit RGB, as in Pillow's `convert("RGB")`.
///
/// Rows are packed, most significant bit first, and each begins at a byte. Samples of 16 and 32 bits
/// are in the byte order that `isLittleEndian` states.
struct SampleLayout {
  /// The meaning of a pixel's samples.
  ///
  /// Samples beyond the ones that a colour needs are ignored.
  enum Colour: Equatable {
    /// Brightness; where it is inverted, 0 is white.
    case grey(isInverted: Bool)
    /// An index into 256 colours of three bytes each.
    case palette([UInt8])
    /// Red, green, blue.
    case rgb
    /// Red, green and blue multiplied by the alpha that follows them.
    case premultipliedRGB
    /// Inks: 255 is full ink.
    case cmyk
  }

  /// The type of one sample.
  enum Sample: Equatable {
    /// 1, 2, 4, 8, 12 or 16 bits.
    case unsigned(bits: Int)
    case signed16
    case signed32
    case float32
  }

  var colour: Colour
  var sample: Sample
  var samplesPerPixel: Int
  var isLittleEndian = false

  /// Bytes of a row of `width` pixels; the caller has bounded `width`.
  func rowByteCount(width: Int) -> Int {
    let bits =
      switch sample {
      case .unsigned(let bits): bits
      case .signed16: 16
      case .signed32, .float32: 32
      }
    return (width * samplesPerPixel * bits + 7) / 8
  }

  /// The picture of `rows`, which holds `height` rows of `rowByteCount(width:)` bytes.
  ///
  /// - Precondition: `rows` is long enough.
  /// - Complexity: O(pixels), one new array; rows of 8-bit RGB are the picture as they are.
  func raster(width: Int, height: Int, rows: [UInt8]) -> Raster {
    let rowByteCount = rowByteCount(width: width)
    precondition(rows.count >= rowByteCount * height, "every row is there")
    if colour == .rgb, sample == .unsigned(bits: 8), samplesPerPixel == 3,
      rows.count == rowByteCount * height
    {
      return Raster(width: width, height: height, pixels: rows)
    }
    var raster = Raster(width: width, height: height)
    var samples = [UInt8](repeating: 0, count: width * samplesPerPixel)
    for y in 0..<height {
      read(rows[(y * rowByteCount)..<((y + 1) * rowByteCount)], into: &samples)
      convert(samples, into: &raster.pixels, at: y * width * 3, width: width)
    }
    return raster
  }

  /// Reduces one row's samples to 8 bits each.
  private func read(_ row: ArraySlice<UInt8>, into samples: inout [UInt8]) {
    switch sample {
    case .unsigned(8):
      for index in samples.indices { samples[index] = row[row.startIndex + index] }
    case .unsigned(let bits) where bits < 8: readPacked(row, bits: bits, into: &samples)
    case .unsigned(12): read12(row, into: &samples)
    case .unsigned:
      for index in samples.indices {
        let value = UInt16(truncatingIfNeeded: word(row, index, byteCount: 2))
        // Pillow has a mode of 16-bit grey, whose conversion clips; for colours it takes the high
        // byte as it reads.
        samples[index] =
          samplesPerPixel == 1 ? UInt8(clamping: value) : UInt8(truncatingIfNeeded: value >> 8)
      }
    case .signed16:
      for index in samples.indices {
        samples[index] = UInt8(
          clamping: Int16(truncatingIfNeeded: word(row, index, byteCount: 2)))
      }
    case .signed32:
      for index in samples.indices {
        samples[index] = UInt8(
          clamping: Int32(truncatingIfNeeded: word(row, index, byteCount: 4)))
      }
    case .float32:
      for index in samples.indices {
        samples[index] = Self.clipped(Float(bitPattern: word(row, index, byteCount: 4)))
      }
    }
  }

  /// Samples of 1, 2 or 4 bits: brightnesses are spread over 0 to 255, indices are kept.
  private func readPacked(_ row: ArraySlice<UInt8>, bits: Int, into samples: inout [UInt8]) {
    let mask = UInt8((1 << bits) - 1)
    let scale: UInt8 = if case .palette = colour { 1 } else { 255 / mask }
    let perByte = 8 / bits
    for index in samples.indices {
      let byte = row[row.startIndex + index / perByte]
      samples[index] = (byte >> UInt8(8 - bits - index % perByte * bits)) & mask * scale
    }
  }

  /// Samples of 12 bits, which Pillow reads into its mode of 16-bit grey.
  private func read12(_ row: ArraySlice<UInt8>, into samples: inout [UInt8]) {
    for index in samples.indices {
      let first = row.startIndex + index * 3 / 2
      let pair = Int(row[first]) << 8 | Int(row[first + 1])
      samples[index] = UInt8(clamping: index % 2 == 0 ? pair >> 4 : pair & 0xFFF)
    }
  }

  private func word(_ row: ArraySlice<UInt8>, _ index: Int, byteCount: Int) -> UInt32 {
    let first = row.startIndex + index * byteCount
    var value: UInt32 = 0
    for byte in 0..<byteCount {
      value = value << 8 | UInt32(row[first + (isLittleEndian ? byteCount - 1 - byte : byte)])
    }
    return value
  }

  /// A float as Pillow's `f2l` clips it; what is not a number becomes 0.
  private static func clipped(_ value: Float) -> UInt8 {
    if value >= 255 { return 255 }
    return value > 0 ? UInt8(value) : 0
  }

  /// Writes one row of RGB from `start` on.
  private func convert(_ samples: [UInt8], into pixels: inout [UInt8], at start: Int, width: Int) {
    switch colour {
    case .grey(let isInverted):
      let flip: UInt8 = isInverted ? 255 : 0
      for x in 0..<width {
        let value = samples[x * samplesPerPixel] ^ flip
        for channel in 0..<3 { pixels[start + x * 3 + channel] = value }
      }
    case .palette(let colours):
      for x in 0..<width {
        let index = Int(samples[x * samplesPerPixel])
        for channel in 0..<3 { pixels[start + x * 3 + channel] = colours[index * 3 + channel] }
      }
    case .rgb:
      for x in 0..<width {
        for channel in 0..<3 {
          pixels[start + x * 3 + channel] = samples[x * samplesPerPixel + channel]
        }
      }
    case .premultipliedRGB:
      for x in 0..<width {
        let alpha = Int(samples[x * samplesPerPixel + 3])
        for channel in 0..<3 {
          let value = Int(samples[x * samplesPerPixel + channel])
          pixels[start + x * 3 + channel] =
            alpha == 0 ? 0 : UInt8(clamping: value * 255 / alpha)
        }
      }
    case .cmyk:
      for x in 0..<width {
        let uninked = 255 - Int(samples[x * samplesPerPixel + 3])
        for channel in 0..<3 {
          pixels[start + x * 3 + channel] = lightThroughInk(
            Int(samples[x * samplesPerPixel + channel]), uninked: uninked)
        }
      }
    }
  }
}

/// One channel of RGB under a coloured ink and black: `uninked - ink * uninked / 255`, rounded.
///
/// - Parameters:
///   - ink: coverage of the complementary ink, 0 to 255.
///   - uninked: 255 less the coverage of black.
/// - Returns: the light that is left, 0 to 255.
/// - Source: Pillow, `cmyk2rgb` of `Convert.c` and `MULDIV255` of `ImagingUtils.h`.
private func lightThroughInk(_ ink: Int, uninked: Int) -> UInt8 {
  let product = ink * uninked + 128
  return UInt8(clamping: uninked - ((product >> 8) + product) >> 8)
}
