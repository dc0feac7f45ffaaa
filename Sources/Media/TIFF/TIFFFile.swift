internal import CTIFF

/// A TIFF file in memory, opened by libtiff: its tags and its stored rows.
///
/// libtiff reports errors by a callback; the first message is kept for the error that is thrown.
@safe
final class TIFFFile {
  private let handle: OpaquePointer
  private let memory: UnsafeMutablePointer<TIFFMemory>
  private let options: OpaquePointer

  /// Opens `bytes`, which must stay valid as long as this object lives.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - allocationLimit: bytes that libtiff may allocate at once.
  /// - Throws: `PictureError.damaged`, `.truncated` or `.outOfMemory`.
  init(_ bytes: UnsafeRawBufferPointer, allocationLimit: Int) throws(PictureError) {
    guard let options = unsafe TIFFOpenOptionsAlloc() else { throw .outOfMemory(.tiff) }
    let memory = UnsafeMutablePointer<TIFFMemory>.allocate(capacity: 1)
    unsafe memory.initialize(to: TIFFMemory(bytes: bytes))
    unsafe TIFFOpenOptionsSetMaxSingleMemAlloc(options, tmsize_t(allocationLimit))
    unsafe TIFFOpenOptionsSetErrorHandlerExtR(options, keepTIFFError, memory)
    unsafe TIFFOpenOptionsSetWarningHandlerExtR(options, keepTIFFWarning, memory)
    guard
      let handle = unsafe TIFFClientOpenExt(
        "picture", "r", memory, readTIFF, refuseTIFFWrite, seekTIFF, closeTIFF, sizeOfTIFF, mapTIFF,
        unmapTIFF, options)
    else {
      let message = unsafe memory.pointee.firstError ?? "its first directory cannot be read"
      unsafe memory.deinitialize(count: 1)
      unsafe memory.deallocate()
      unsafe TIFFOpenOptionsFree(options)
      throw .damaged(.tiff, detail: message)
    }
    unsafe (self.handle, self.memory, self.options) = unsafe (handle, memory, options)
    if let warning = unsafe memory.pointee.seriousWarning {
      throw warning.contains("IO error")
        ? .truncated(.tiff, detail: warning) : .damaged(.tiff, detail: warning)
    }
  }

  deinit {
    unsafe TIFFClose(handle)
    unsafe memory.deinitialize(count: 1)
    unsafe memory.deallocate()
    unsafe TIFFOpenOptionsFree(options)
  }

  /// The error for libtiff's first message, or for `fallback` if there was no message.
  func failure(_ fallback: String) -> PictureError {
    let message = unsafe memory.pointee.firstError ?? fallback
    if message.contains("Read error") || message.contains("not enough data")
      || message.contains("got 0 bytes")
    {
      return .truncated(.tiff, detail: message)
    }
    if message.contains("not configured") || message.contains("not implemented") {
      return .unsupported(.tiff, feature: message)
    }
    return .damaged(.tiff, detail: message)
  }

  /// A tag with one 16-bit value; where it is absent, TIFF's default or nil.
  func integer16(_ tag: Int32) -> Int? { integer(tag, of: UInt16.self) }

  /// A tag with one 32-bit value; where it is absent, TIFF's default or nil.
  func integer32(_ tag: Int32) -> Int? { integer(tag, of: UInt32.self) }

  private func integer<Value: FixedWidthInteger>(_ tag: Int32, of type: Value.Type) -> Int? {
    var value: Value = 0
    let status = unsafe withUnsafeMutablePointer(to: &value) { value in
      unsafe withVaList([value]) { unsafe TIFFVGetFieldDefaulted(handle, UInt32(tag), $0) }
    }
    return status == 1 ? Int(value) : nil
  }

  /// The kinds of the samples beyond those that the colour needs.
  var extraSamples: [Int] {
    var count: UInt16 = 0
    var values: UnsafeMutablePointer<UInt16>?
    let status = unsafe withUnsafeMutablePointer(to: &count) { count in
      unsafe withUnsafeMutablePointer(to: &values) { values in
        unsafe withVaList([count, values]) {
          unsafe TIFFVGetField(handle, UInt32(TIFFTAG_EXTRASAMPLES), $0)
        }
      }
    }
    guard status == 1, let values = unsafe values else { return [] }
    return (0..<Int(count)).map { Int(unsafe values[$0]) }
  }

  /// Red, green and blue of the first `count` colours, 16 bits each, or nil without a colour map.
  func colorMap(count: Int) -> [[UInt16]]? {
    var red: UnsafeMutablePointer<UInt16>?
    var green: UnsafeMutablePointer<UInt16>?
    var blue: UnsafeMutablePointer<UInt16>?
    let status = unsafe withUnsafeMutablePointer(to: &red) { red in
      unsafe withUnsafeMutablePointer(to: &green) { green in
        unsafe withUnsafeMutablePointer(to: &blue) { blue in
          unsafe withVaList([red, green, blue]) {
            unsafe TIFFVGetField(handle, UInt32(TIFFTAG_COLORMAP), $0)
          }
        }
      }
    }
    guard status == 1, let red = unsafe red, let green = unsafe green, let blue = unsafe blue else {
      return nil
    }
    return [
      unsafe Array(UnsafeBufferPointer(start: red, count: count)),
      unsafe Array(UnsafeBufferPointer(start: green, count: count)),
      unsafe Array(UnsafeBufferPointer(start: blue, count: count)),
    ]
  }

  /// Lets libtiff's JPEG codec convert YCbCr to RGB.
  func convertYCbCrToRGB() {
    _ = unsafe withVaList([JPEGCOLORMODE_RGB]) {
      unsafe TIFFVSetField(handle, UInt32(TIFFTAG_JPEGCOLORMODE), $0)
    }
  }

  var isTiled: Bool { unsafe TIFFIsTiled(handle) != 0 }
  var rowByteCount: Int { Int(unsafe TIFFScanlineSize(handle)) }
  var tileByteCount: Int { Int(unsafe TIFFTileSize(handle)) }
  var tileRowByteCount: Int { Int(unsafe TIFFTileRowSize(handle)) }
  var stripCount: Int { Int(unsafe TIFFNumberOfStrips(handle)) }
  var tileCount: Int { Int(unsafe TIFFNumberOfTiles(handle)) }

  /// Decodes strip `index` into `target`.
  ///
  /// - Returns: whether all of its bytes were there.
  func readStrip(_ index: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
    unsafe TIFFReadEncodedStrip(
      handle, UInt32(index), target.baseAddress, tmsize_t(target.count)) == target.count
  }

  /// Decodes tile `index` into `target`.
  ///
  /// - Returns: whether all of its bytes were there.
  func readTile(_ index: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
    unsafe TIFFReadEncodedTile(
      handle, UInt32(index), target.baseAddress, tmsize_t(target.count)) == target.count
  }

  /// Decodes the whole picture by libtiff's own conversion to RGBA, in the order of the stored rows.
  ///
  /// libtiff mirrors the picture where another orientation is requested than the stored one.
  func readRGBA(width: Int, height: Int, into target: UnsafeMutableBufferPointer<UInt32>) -> Bool {
    let stored = integer16(TIFFTAG_ORIENTATION) ?? Int(ORIENTATION_TOPLEFT)
    return unsafe TIFFReadRGBAImageOriented(
      handle, UInt32(width), UInt32(height), target.baseAddress, Int32(stored), 1) == 1
  }
}
