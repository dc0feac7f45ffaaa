internal import CTurboJPEG

/// Decodes JPEG by libjpeg-turbo: baseline, progressive and arithmetic; grey, YCbCr, RGB, CMYK and
/// YCCK.
///
/// The flags choose what Pillow uses: the accurate integer inverse DCT and smooth upsampling of the
/// colour components. libjpeg-turbo's scaled decoding is not used, because it changes the pixels.
enum JPEGDecoder {
  /// The accurate inverse DCT, and at most 500 scans.
  ///
  /// A progressive file of a few kilobytes can hold thousands of scans over a large canvas, each of
  /// which costs a pass over all coefficients.
  private static let flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS

  /// Decodes the picture as it is stored.
  ///
  /// - Throws: `PictureError.damaged`, `.unsupported`, `.tooManyPixels`, `.outOfMemory`, and
  ///   `.truncated` where no end-of-image marker follows the first scan. Damage inside a scan is
  ///   not an error: libjpeg-turbo resynchronises and returns a picture, as in Pillow.
  static func decode(
    _ bytes: [UInt8], limits: PictureLimits
  ) throws(PictureError) -> (Raster, exif: [UInt8]?) {
    let markers = JPEGMarkers(bytes)
    guard let handle = unsafe tjInitDecompress() else { throw .outOfMemory(.jpeg) }
    defer { unsafe tjDestroy(handle) }
    let header = try unsafe readHeader(bytes, handle: handle)
    try limits.check(width: header.width, height: header.height, format: .jpeg)
    guard markers.hasEnd else {
      throw .truncated(.jpeg, detail: "no end-of-image marker follows its first scan")
    }
    let layout = SampleLayout(
      colour: header.isCMYK ? .cmyk : .rgb, sample: .unsigned(bits: 8),
      samplesPerPixel: header.isCMYK ? 4 : 3)
    var samples = try unsafe decompress(bytes, header: header, layout: layout, handle: handle)
    if header.isCMYK {
      // Adobe's convention stores inks inverted: 255 means no ink. Pillow reads every CMYK JPEG by
      // that convention (`CMYK;I`).
      for index in samples.indices { samples[index] = 255 - samples[index] }
    }
    let raster = layout.raster(width: header.width, height: header.height, rows: samples)
    return (raster, markers.exif)
  }

  private struct Header {
    let width: Int
    let height: Int
    let isCMYK: Bool
  }

  private static func readHeader(
    _ bytes: [UInt8], handle: tjhandle
  ) throws(PictureError) -> Header {
    var (width, height, subsampling, colorspace): (Int32, Int32, Int32, Int32) = (0, 0, -1, -1)
    let status = unsafe tjDecompressHeader3(
      handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &colorspace)
    // The call also fails for sampling factors that have no name in TurboJPEG's list, which
    // matters only to callers who want planes of YUV; everything else is set then.
    let lacksOnlySubsampling = width > 0 && height > 0 && colorspace >= 0 && subsampling < 0
    if status != 0, !lacksOnlySubsampling, unsafe tjGetErrorCode(handle) != TJERR_WARNING.rawValue {
      throw unsafe failure(handle)
    }
    let isCMYK = colorspace == TJCS_CMYK.rawValue || colorspace == TJCS_YCCK.rawValue
    return Header(width: Int(width), height: Int(height), isCMYK: isCMYK)
  }

  /// All rows at full size, `[height, width, samplesPerPixel]`.
  private static func decompress(
    _ bytes: [UInt8], header: Header, layout: SampleLayout, handle: tjhandle
  ) throws(PictureError) -> [UInt8] {
    let rowByteCount = layout.rowByteCount(width: header.width)
    let pixelFormat = header.isCMYK ? TJPF_CMYK : TJPF_RGB
    var status: Int32 = 0
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: rowByteCount * header.height) {
      pixels, initializedCount in
      // Rows that a damaged file leaves out are grey in Pillow; they must not be leftover memory.
      unsafe pixels.initialize(repeating: 0)
      initializedCount = rowByteCount * header.height
      status = unsafe tjDecompress2(
        handle, bytes, UInt(bytes.count), pixels.baseAddress, Int32(header.width),
        Int32(rowByteCount), Int32(header.height), Int32(pixelFormat.rawValue), flags)
    }
    if status != 0, unsafe tjGetErrorCode(handle) != TJERR_WARNING.rawValue {
      throw unsafe failure(handle)
    }
    return pixels
  }

  private static func failure(_ handle: tjhandle) -> PictureError {
    let message = unsafe String(cString: tjGetErrorStr2(handle))
    if message.contains("memory") { return .outOfMemory(.jpeg) }
    if message.hasPrefix("Unsupported") || message.contains("not supported")
      || message.contains("colorspace")
    {
      return .unsupported(.jpeg, feature: message)
    }
    return .damaged(.jpeg, detail: message)
  }
}
