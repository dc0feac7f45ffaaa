internal import CGIF

/// Decodes the first frame of a GIF by giflib.
///
/// The frame is drawn where its descriptor puts it, on a canvas of the logical screen; a frame that
/// reaches beyond the screen enlarges the canvas, as in Pillow.
enum GIFDecoder {
  /// Decodes the picture.
  ///
  /// - Throws: `PictureError.damaged`, `.truncated`, `.tooManyPixels` or `.outOfMemory`.
  static func decode(_ bytes: [UInt8], limits: PictureLimits) throws(PictureError) -> Raster {
    try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(PictureError) -> Raster in
      var stream = unsafe GIFStream(bytes: UnsafeRawBufferPointer(buffer))
      return try unsafe withUnsafeMutablePointer(to: &stream) {
        (stream) throws(PictureError) -> Raster in
        var code: Int32 = 0
        guard
          let file = unsafe DGifOpen(
            stream, { file, target, count in unsafe readGIF(file, target, count) }, &code)
        else { throw failure(code) }
        defer { unsafe DGifCloseFile(file, nil) }
        let transparentIndex = try unsafe seekFirstFrame(file)
        return try unsafe frame(file, transparentIndex: transparentIndex, limits: limits)
      }
    }
  }

  /// Reads records up to and including the first image descriptor.
  ///
  /// - Returns: the index that a graphic control extension makes transparent.
  private static func seekFirstFrame(
    _ file: UnsafeMutablePointer<GifFileType>
  ) throws(PictureError) -> UInt8? {
    var transparentIndex: UInt8?
    while true {
      var record = UNDEFINED_RECORD_TYPE
      try unsafe check(DGifGetRecordType(file, &record), file)
      switch record {
      case IMAGE_DESC_RECORD_TYPE:
        try unsafe check(DGifGetImageDesc(file), file)
        return transparentIndex
      case EXTENSION_RECORD_TYPE:
        if let index = try unsafe readExtension(file) { transparentIndex = index }
      case TERMINATE_RECORD_TYPE: throw .damaged(.gif, detail: "it has no frame")
      default: break
      }
    }
  }

  /// Reads one extension; a graphic control extension may name a transparent index.
  ///
  /// - Source: GIF89a, section 23.
  private static func readExtension(
    _ file: UnsafeMutablePointer<GifFileType>
  ) throws(PictureError) -> UInt8? {
    var transparentIndex: UInt8?
    var label: Int32 = 0
    var block: UnsafeMutablePointer<GifByteType>?
    try unsafe check(DGifGetExtension(file, &label, &block), file)
    // A block begins with its length.
    if let first = unsafe block, label == GRAPHICS_EXT_FUNC_CODE, unsafe first[0] >= 4,
      unsafe first[1] & 1 == 1
    {
      transparentIndex = unsafe first[4]
    }
    while unsafe block != nil { try unsafe check(DGifGetExtensionNext(file, &block), file) }
    return transparentIndex
  }

  private static func frame(
    _ file: UnsafeMutablePointer<GifFileType>, transparentIndex: UInt8?, limits: PictureLimits
  ) throws(PictureError) -> Raster {
    let image = unsafe file.pointee.Image
    let (left, top) = (Int(unsafe image.Left), Int(unsafe image.Top))
    let (columns, rows) = (Int(unsafe image.Width), Int(unsafe image.Height))
    let width = max(Int(unsafe file.pointee.SWidth), left + columns)
    let height = max(Int(unsafe file.pointee.SHeight), top + rows)
    try limits.check(width: width, height: height, format: .gif)
    guard columns > 0, rows > 0 else { throw .damaged(.gif, detail: "its first frame is empty") }
    var indices = [UInt8](repeating: transparentIndex ?? 0, count: width * height)
    for y in rowOrder(rows, isInterlaced: unsafe image.Interlace) {
      let start = (top + y) * width + left
      let status = unsafe indices.withUnsafeMutableBufferPointer {
        unsafe DGifGetLine(file, $0.baseAddress! + start, Int32(columns))
      }
      try unsafe check(status, file)
    }
    let colours = unsafe palette(image.ColorMap ?? file.pointee.SColorMap)
    let layout = SampleLayout(
      colour: .palette(colours), sample: .unsigned(bits: 8), samplesPerPixel: 1)
    return layout.raster(width: width, height: height, rows: indices)
  }

  /// The order in which rows are stored.
  ///
  /// - Source: GIF89a, appendix E.
  private static func rowOrder(_ rows: Int, isInterlaced: Bool) -> [Int] {
    guard isInterlaced else { return Array(0..<rows) }
    return [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { (first, step) in
      Array(stride(from: first, to: rows, by: step))
    }
  }

  /// 256 colours; those that the file does not define are black.
  ///
  /// A file without a colour table, and one whose table is the start of a grey ramp, is grey: there
  /// every index is its own brightness, as in Pillow.
  private static func palette(_ map: UnsafeMutablePointer<ColorMapObject>?) -> [UInt8] {
    let ramp = (0..<256 * 3).map { UInt8($0 / 3) }
    guard let map = unsafe map?.pointee, let stored = unsafe map.Colors else { return ramp }
    var colours = [UInt8](repeating: 0, count: 256 * 3)
    let count = min(Int(unsafe map.ColorCount), 256)
    for index in 0..<count {
      colours[index * 3] = unsafe stored[index].Red
      colours[index * 3 + 1] = unsafe stored[index].Green
      colours[index * 3 + 2] = unsafe stored[index].Blue
    }
    return colours.prefix(count * 3) == ramp.prefix(count * 3) ? ramp : colours
  }

  private static func check(
    _ status: Int32, _ file: UnsafeMutablePointer<GifFileType>
  ) throws(PictureError) {
    if status != GIF_OK { throw failure(unsafe file.pointee.Error) }
  }

  private static func failure(_ code: Int32) -> PictureError {
    let message = unsafe GifErrorString(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    return switch code {
    case D_GIF_ERR_NOT_ENOUGH_MEM: .outOfMemory(.gif)
    case D_GIF_ERR_READ_FAILED, D_GIF_ERR_EOF_TOO_SOON: .truncated(.gif, detail: message)
    default: .damaged(.gif, detail: message)
    }
  }
}

/// The bytes that giflib has not read yet.
@unsafe
private struct GIFStream {
  let bytes: UnsafeRawBufferPointer
  var offset = 0

  init(bytes: UnsafeRawBufferPointer) { unsafe self.bytes = unsafe bytes }
}

/// Copies up to `count` bytes to `target`, and says how many there were.
private func readGIF(
  _ file: UnsafeMutablePointer<GifFileType>?, _ target: UnsafeMutablePointer<GifByteType>?,
  _ count: Int32
) -> Int32 {
  guard let stream = unsafe file?.pointee.UserData?.assumingMemoryBound(to: GIFStream.self),
    let target = unsafe target, count > 0
  else { return 0 }
  let available = unsafe min(Int(count), stream.pointee.bytes.count - stream.pointee.offset)
  if let base = unsafe stream.pointee.bytes.baseAddress, available > 0 {
    unsafe UnsafeMutableRawPointer(target).copyMemory(
      from: base + stream.pointee.offset, byteCount: available)
  }
  unsafe stream.pointee.offset += available
  return Int32(available)
}
