internal import CPNG

/// Decodes PNG by libspng: every colour type, bit depth and interlacing; of an animation the default
/// image.
///
/// Gamma, colour profiles, significant bits, backgrounds and transparency are ignored, as Pillow's
/// `convert("RGB")` ignores them.
enum PNGDecoder {
  /// Bytes that one ancillary chunk may have, decompressed; a colour profile has up to a few MB.
  private static let chunkLimit = 64 << 20

  /// Bytes that all ancillary chunks may have.
  private static let chunkCacheLimit = 128 << 20

  /// The largest expansion of a deflate stream: a match of 258 bytes coded in two bits.
  ///
  /// - Source: zlib's manual, "Maximum Compression Factor".
  private static let largestDeflateRatio = 1_032

  /// Decodes the picture as it is stored.
  ///
  /// - Throws: `PictureError.damaged`, `.truncated`, `.tooManyPixels` or `.outOfMemory`.
  static func decode(
    _ bytes: [UInt8], limits: PictureLimits
  ) throws(PictureError) -> (Raster, exif: [UInt8]?) {
    try unsafe bytes.withUnsafeBufferPointer {
      (buffer) throws(PictureError) -> (Raster, exif: [UInt8]?) in
      guard let context = unsafe spng_ctx_new(0) else { throw .outOfMemory(.png) }
      defer { unsafe spng_ctx_free(context) }
      try check(unsafe spng_set_png_buffer(context, buffer.baseAddress, buffer.count))
      try check(unsafe spng_set_chunk_limits(context, chunkLimit, chunkCacheLimit))
      var header = spng_ihdr()
      try check(unsafe spng_get_ihdr(context, &header))
      let (width, height) = (Int(header.width), Int(header.height))
      try limits.check(width: width, height: height, format: .png)
      let rows = try unsafe decodeRows(context, fileByteCount: bytes.count)
      let layout = try unsafe layout(header, context: context)
      let exif = unsafe exif(context)
      return (layout.raster(width: width, height: height, rows: rows), exif)
    }
  }

  /// The stored samples, deinterlaced, row by row.
  private static func decodeRows(
    _ context: OpaquePointer, fileByteCount: Int
  ) throws(PictureError) -> [UInt8] {
    var byteCount = 0
    let format = Int32(SPNG_FMT_RAW.rawValue)
    try check(unsafe spng_decoded_image_size(context, format, &byteCount))
    if byteCount / largestDeflateRatio > fileByteCount {
      throw .truncated(
        .png, detail: "\(fileByteCount) bytes cannot hold \(byteCount) bytes of samples")
    }
    var status: Int32 = 0
    let rows = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { rows, initializedCount in
      unsafe rows.initialize(repeating: 0)
      initializedCount = byteCount
      status = unsafe spng_decode_image(context, rows.baseAddress, byteCount, format, 0)
    }
    try check(status)
    return rows
  }

  /// The sample layout of the header's colour type.
  private static func layout(
    _ header: spng_ihdr, context: OpaquePointer
  ) throws(PictureError) -> SampleLayout {
    let sample = SampleLayout.Sample.unsigned(bits: Int(header.bit_depth))
    switch UInt32(header.color_type) {
    case SPNG_COLOR_TYPE_GRAYSCALE.rawValue:
      return SampleLayout(colour: .grey(isInverted: false), sample: sample, samplesPerPixel: 1)
    case SPNG_COLOR_TYPE_GRAYSCALE_ALPHA.rawValue:
      return SampleLayout(colour: .grey(isInverted: false), sample: sample, samplesPerPixel: 2)
    case SPNG_COLOR_TYPE_INDEXED.rawValue:
      let palette = try unsafe palette(context)
      return SampleLayout(colour: .palette(palette), sample: sample, samplesPerPixel: 1)
    case SPNG_COLOR_TYPE_TRUECOLOR.rawValue:
      return SampleLayout(colour: .rgb, sample: sample, samplesPerPixel: 3)
    default:
      return SampleLayout(colour: .rgb, sample: sample, samplesPerPixel: 4)
    }
  }

  /// 256 colours; those that the file does not define are black.
  private static func palette(_ context: OpaquePointer) throws(PictureError) -> [UInt8] {
    var stored = spng_plte()
    try check(unsafe spng_get_plte(context, &stored))
    var colours = [UInt8](repeating: 0, count: 256 * 3)
    unsafe withUnsafeBytes(of: &stored.entries) { entries in
      for index in 0..<min(Int(stored.n_entries), 256) {
        for channel in 0..<3 {
          // An entry has a fourth byte for libspng's own use.
          colours[index * 3 + channel] = unsafe entries[index * 4 + channel]
        }
      }
    }
    return colours
  }

  /// The block of the eXIf chunk, which may follow the pixels.
  private static func exif(_ context: OpaquePointer) -> [UInt8]? {
    // Reads the chunks after the pixels. Damage there loses only metadata.
    _ = unsafe spng_decode_chunks(context)
    var stored = unsafe spng_exif()
    guard unsafe spng_get_exif(context, &stored) == 0, let data = unsafe stored.data else {
      return nil
    }
    return unsafe UnsafeRawBufferPointer(start: data, count: stored.length).map { $0 }
  }

  private static func check(_ status: Int32) throws(PictureError) {
    if status == 0 { return }
    let message = unsafe String(cString: spng_strerror(status))
    switch status {
    case SPNG_IO_EOF.rawValue, Int32(SPNG_EOF.rawValue), Int32(SPNG_EIDAT_TOO_SHORT.rawValue):
      throw .truncated(.png, detail: message)
    case Int32(SPNG_EMEM.rawValue): throw .outOfMemory(.png)
    default: throw .damaged(.png, detail: message)
    }
  }
}
