internal import CWebP

/// Decodes WebP by libwebp: lossy and lossless, with alpha, and the first frame of an animation.
///
/// As in Pillow, frames are drawn by libwebp's animation decoder on a canvas that is black where the
/// first frame does not reach; alpha is dropped.
enum WebPDecoder {
  /// Decodes the picture as it is stored.
  ///
  /// - Throws: `PictureError.damaged`, `.truncated`, `.tooManyPixels` or `.outOfMemory`.
  static func decode(
    _ bytes: [UInt8], limits: PictureLimits
  ) throws(PictureError) -> (Raster, exif: [UInt8]?) {
    try unsafe bytes.withUnsafeBufferPointer {
      (buffer) throws(PictureError) -> (Raster, exif: [UInt8]?) in
      var data = unsafe WebPData(bytes: buffer.baseAddress, size: buffer.count)
      var state = WEBP_DEMUX_PARSE_ERROR
      guard let demuxer = unsafe WebPDemuxPartial(&data, &state) else {
        throw .damaged(.webp, detail: "its container cannot be read")
      }
      defer { unsafe WebPDemuxDelete(demuxer) }
      guard state == WEBP_DEMUX_DONE else {
        throw state == WEBP_DEMUX_PARSE_ERROR
          ? .damaged(.webp, detail: "its container cannot be read")
          : .truncated(.webp, detail: "the container states more bytes than the file has")
      }
      let width = Int(unsafe WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH))
      let height = Int(unsafe WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT))
      try limits.check(width: width, height: height, format: .webp)
      let raster = try unsafe firstFrame(&data, width: width, height: height)
      return (raster, unsafe exif(demuxer))
    }
  }

  private static func firstFrame(
    _ data: inout WebPData, width: Int, height: Int
  ) throws(PictureError) -> Raster {
    var options = WebPAnimDecoderOptions()
    guard unsafe WebPAnimDecoderOptionsInit(&options) != 0 else {
      throw .damaged(.webp, detail: "the library and its headers have different versions")
    }
    options.color_mode = MODE_RGBA
    options.use_threads = 0
    guard let decoder = unsafe WebPAnimDecoderNew(&data, &options) else {
      throw .damaged(.webp, detail: "it has no frame that can be decoded")
    }
    defer { unsafe WebPAnimDecoderDelete(decoder) }
    var canvas: UnsafeMutablePointer<UInt8>?
    var milliseconds: Int32 = 0
    guard unsafe WebPAnimDecoderGetNext(decoder, &canvas, &milliseconds) != 0,
      let canvas = unsafe canvas
    else {
      throw .damaged(.webp, detail: "its first frame cannot be decoded")
    }
    return unsafe Raster(
      width: width, height: height,
      rgba: UnsafeRawBufferPointer(start: canvas, count: width * height * 4))
  }

  private static func exif(_ demuxer: OpaquePointer) -> [UInt8]? {
    var iterator = unsafe WebPChunkIterator()
    guard unsafe WebPDemuxGetChunk(demuxer, "EXIF", 1, &iterator) != 0 else { return nil }
    defer { unsafe WebPDemuxReleaseChunkIterator(&iterator) }
    let block = unsafe UnsafeBufferPointer(
      start: iterator.chunk.bytes, count: iterator.chunk.size)
    // Some writers put JPEG's signature in front of the block.
    let signature = Array("Exif\0\0".utf8)
    return unsafe block.starts(with: signature) ? Array(block.dropFirst(6)) : Array(block)
  }
}
