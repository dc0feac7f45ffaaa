internal import Bytes

/// Turns the bytes of a picture file into upright RGB pixels.
///
/// The result equals that of Pillow 12 for `ImageOps.exif_transpose(Image.open(f)).convert("RGB")`,
/// byte for byte, because CLIP and similar models are trained on such pixels. The article
/// `Pictures` lists the rules for each format and the few files that are treated differently.
///
/// Decoding runs C libraries over untrusted bytes. `PictureChildProcess` does it in a process of
/// its own, so that a crash costs one picture.
package enum PictureDecoder {
  /// Decodes the file at `path`.
  ///
  /// - Throws: `PictureError.unreadable` where the file cannot be read, and everything that
  ///   `decode(_:limits:)` throws.
  package static func decode(
    path: String, limits: PictureLimits = PictureLimits()
  ) throws(PictureError) -> Picture {
    try decode(fileBytes(path: path, limits: limits), limits: limits)
  }

  /// Decodes a whole picture file, recognised by its content.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - limits: checked before memory for pixels is allocated.
  /// - Returns: the picture; of an animation or of several pages the first.
  /// - Throws: every case of `PictureError` but `.unreadable` and `.decoderEnded`.
  /// - Complexity: one pass over the pixels; memory for the RGB pixels, the library's own buffers
  ///   and, for a turned picture or for samples other than 8-bit RGB, a second copy.
  package static func decode(
    _ bytes: [UInt8], limits: PictureLimits = PictureLimits()
  ) throws(PictureError) -> Picture {
    let format = try format(of: bytes, limits: limits)
    let (raster, exif) = try decodeRaster(bytes, format: format, limits: limits)
    let metadata = exif.map { EXIFReader.metadata(of: $0) } ?? PictureMetadata()
    let upright = raster.oriented(metadata.storedOrientation)
    return Picture(
      width: upright.width, height: upright.height, pixels: upright.pixels, metadata: metadata)
  }

  /// The format of a file that is worth decoding, by its content.
  ///
  /// - Throws: `PictureError.empty`, `.tooManyBytes` or `.unknownFormat`.
  static func format(
    of bytes: [UInt8], limits: PictureLimits
  ) throws(PictureError) -> PictureFormat {
    guard !bytes.isEmpty else { throw .empty }
    try limits.check(byteCount: bytes.count)
    guard let format = PictureFormat(sniffing: bytes) else { throw .unknownFormat }
    return format
  }

  /// The pixels as they are stored, and the file's EXIF block where there is one.
  private static func decodeRaster(
    _ bytes: [UInt8], format: PictureFormat, limits: PictureLimits
  ) throws(PictureError) -> (Raster, exif: [UInt8]?) {
    switch format {
    case .jpeg: try JPEGDecoder.decode(bytes, limits: limits)
    case .png: try PNGDecoder.decode(bytes, limits: limits)
    case .webp: try WebPDecoder.decode(bytes, limits: limits)
    case .gif: (try GIFDecoder.decode(bytes, limits: limits), nil)
    case .bmp: (try BMPDecoder.decode(bytes, limits: limits), nil)
    // A TIFF file is its own EXIF block.
    case .tiff: (try TIFFDecoder.decode(bytes, limits: limits), bytes)
    }
  }

  /// All bytes of a file that is not larger than the limit.
  private static func fileBytes(
    path: String, limits: PictureLimits
  ) throws(PictureError) -> [UInt8] {
    if let byteCount = Paths.fileByteCount(path) { try limits.check(byteCount: byteCount) }
    do throws(BytesError) {
      // Loaded, because a mapped file that another process shortens raises SIGBUS.
      return try MappedFile(path: path, backing: .loaded).copyBytes()
    } catch {
      throw .unreadable(error.description)
    }
  }
}
