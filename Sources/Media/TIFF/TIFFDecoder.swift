internal import CTIFF

/// Decodes the first page of a TIFF by libtiff.
///
/// Strips and tiles, one plane or several, every compression that libtiff has; grey of 1 to 32 bits,
/// palettes, RGB and CMYK of 8 and 16 bits, and YCbCr. The list of layouts is that of Pillow's
/// `TiffImagePlugin`; LAB and layouts outside of it are refused.
enum TIFFDecoder {
  /// Decodes the picture as it is stored.
  ///
  /// - Throws: `PictureError.damaged`, `.truncated`, `.unsupported`, `.tooManyPixels` or
  ///   `.outOfMemory`.
  static func decode(_ bytes: [UInt8], limits: PictureLimits) throws(PictureError) -> Raster {
    try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(PictureError) -> Raster in
      // Eight bytes a pixel for libtiff's largest buffer, and 64 MiB for its tables.
      let allocationLimit = limits.maximumPixelCount * 8 + (64 << 20)
      let file = try unsafe TIFFFile(
        UnsafeRawBufferPointer(buffer), allocationLimit: allocationLimit)
      guard let width = file.integer32(TIFFTAG_IMAGEWIDTH),
        let height = file.integer32(TIFFTAG_IMAGELENGTH)
      else { throw .damaged(.tiff, detail: "it states no size") }
      try limits.check(width: width, height: height, format: .tiff)
      let photometric = file.integer16(TIFFTAG_PHOTOMETRIC) ?? Int(PHOTOMETRIC_MINISWHITE)
      let isJPEG = file.integer16(TIFFTAG_COMPRESSION) == Int(COMPRESSION_JPEG)
      if photometric == Int(PHOTOMETRIC_YCBCR) {
        guard isJPEG, file.integer16(TIFFTAG_PLANARCONFIG) == Int(PLANARCONFIG_CONTIG) else {
          return try rgba(file, width: width, height: height)
        }
        file.convertYCbCrToRGB()
      }
      let layout = try layout(file, photometric: photometric)
      let rows = try TIFFRows.read(file, width: width, height: height, layout: layout)
      return layout.raster(width: width, height: height, rows: rows)
    }
  }

  /// YCbCr that no JPEG codec converts, by libtiff's own tables.
  private static func rgba(
    _ file: TIFFFile, width: Int, height: Int
  ) throws(PictureError) -> Raster {
    var packed = [UInt32](repeating: 0, count: width * height)
    let isRead = unsafe packed.withUnsafeMutableBufferPointer {
      unsafe file.readRGBA(width: width, height: height, into: $0)
    }
    guard isRead else { throw file.failure("its pixels cannot be decoded") }
    // Red is the lowest byte, which is to be the first in memory.
    for index in packed.indices { packed[index] = packed[index].littleEndian }
    return unsafe packed.withUnsafeBytes {
      unsafe Raster(width: width, height: height, rgba: $0)
    }
  }

  /// The sample layout that the tags describe.
  private static func layout(
    _ file: TIFFFile, photometric: Int
  ) throws(PictureError) -> SampleLayout {
    let bits = file.integer16(TIFFTAG_BITSPERSAMPLE) ?? 1
    let samplesPerPixel = file.integer16(TIFFTAG_SAMPLESPERPIXEL) ?? 1
    let format = file.integer16(TIFFTAG_SAMPLEFORMAT) ?? Int(SAMPLEFORMAT_UINT)
    let colour = try colour(file, photometric: photometric, bits: bits)
    guard let sample = sample(bits: bits, format: format),
      isSupported(colour, sample: sample, samplesPerPixel: samplesPerPixel)
    else {
      throw .unsupported(
        .tiff,
        feature: "\(samplesPerPixel) samples of \(bits) bits, sample format \(format), "
          + "photometric interpretation \(photometric)")
    }
    // libtiff returns samples of several bytes in the machine's order.
    return SampleLayout(
      colour: colour, sample: sample, samplesPerPixel: samplesPerPixel,
      isLittleEndian: 1.littleEndian == 1)
  }

  private static func sample(bits: Int, format: Int) -> SampleLayout.Sample? {
    switch (bits, format) {
    case (1, Int(SAMPLEFORMAT_UINT)), (2, Int(SAMPLEFORMAT_UINT)), (4, Int(SAMPLEFORMAT_UINT)),
      (8, Int(SAMPLEFORMAT_UINT)), (12, Int(SAMPLEFORMAT_UINT)), (16, Int(SAMPLEFORMAT_UINT)):
      .unsigned(bits: bits)
    // Pillow reads signed bytes as unsigned ones.
    case (8, Int(SAMPLEFORMAT_INT)): .unsigned(bits: 8)
    case (16, Int(SAMPLEFORMAT_INT)): .signed16
    case (32, Int(SAMPLEFORMAT_INT)), (32, Int(SAMPLEFORMAT_UINT)): .signed32
    case (32, Int(SAMPLEFORMAT_IEEEFP)): .float32
    default: nil
    }
  }

  private static func colour(
    _ file: TIFFFile, photometric: Int, bits: Int
  ) throws(PictureError) -> SampleLayout.Colour {
    switch photometric {
    // Pillow inverts samples of up to 8 bits only.
    case Int(PHOTOMETRIC_MINISWHITE): return .grey(isInverted: bits <= 8)
    case Int(PHOTOMETRIC_MINISBLACK): return .grey(isInverted: false)
    case Int(PHOTOMETRIC_RGB):
      let isPremultiplied = file.extraSamples.first == Int(EXTRASAMPLE_ASSOCALPHA)
      return isPremultiplied ? .premultipliedRGB : .rgb
    case Int(PHOTOMETRIC_YCBCR): return .rgb
    case Int(PHOTOMETRIC_SEPARATED): return .cmyk
    case Int(PHOTOMETRIC_PALETTE):
      guard bits <= 8, let map = file.colorMap(count: 1 << bits) else {
        throw .damaged(.tiff, detail: "its colour map is missing")
      }
      var palette = [UInt8](repeating: 0, count: 256 * 3)
      for (channel, plane) in map.enumerated() {
        for (index, value) in plane.enumerated() {
          palette[index * 3 + channel] = UInt8(truncatingIfNeeded: value >> 8)
        }
      }
      return .palette(palette)
    default:
      throw .unsupported(.tiff, feature: "photometric interpretation \(photometric)")
    }
  }

  /// Whether the samples are enough for the colour, in a depth that Pillow reads.
  private static func isSupported(
    _ colour: SampleLayout.Colour, sample: SampleLayout.Sample, samplesPerPixel: Int
  ) -> Bool {
    let isWide = sample == .unsigned(bits: 8) || sample == .unsigned(bits: 16)
    return switch colour {
    case .grey, .palette:
      samplesPerPixel == 1 || (samplesPerPixel == 2 && sample == .unsigned(bits: 8))
    case .rgb: isWide && (3...6).contains(samplesPerPixel)
    case .premultipliedRGB, .cmyk: isWide && (4...6).contains(samplesPerPixel)
    }
  }
}
