/// Upper bounds on a picture's size, checked before memory for its pixels is allocated.
package struct PictureLimits: Sendable, Equatable {
  /// Pixels of the canvas, as the file's header states them.
  package var maximumPixelCount: Int

  /// Bytes of the file.
  package var maximumByteCount: Int

  /// By default 89,478,485 pixels and 512 MiB.
  ///
  /// The pixels take 256 MiB as RGB. Pillow warns of a decompression bomb above the same number
  /// (`Image.MAX_IMAGE_PIXELS`) and refuses twice as many.
  package init(maximumPixelCount: Int = 89_478_485, maximumByteCount: Int = 512 << 20) {
    self.maximumPixelCount = maximumPixelCount
    self.maximumByteCount = maximumByteCount
  }

  /// Checks the size of a file.
  ///
  /// - Throws: `PictureError.tooManyBytes` above the limit.
  func check(byteCount: Int) throws(PictureError) {
    guard byteCount <= maximumByteCount else {
      throw .tooManyBytes(byteCount, limit: maximumByteCount)
    }
  }

  /// Checks the size that a header states.
  ///
  /// - Throws: `PictureError.damaged` where a side is 0, `.tooManyPixels` above the limit.
  func check(width: Int, height: Int, format: PictureFormat) throws(PictureError) {
    guard width > 0, height > 0 else {
      throw .damaged(format, detail: "its header states \(width) x \(height) pixels")
    }
    let (pixelCount, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || pixelCount > maximumPixelCount {
      throw .tooManyPixels(width: width, height: height, limit: maximumPixelCount)
    }
  }
}
