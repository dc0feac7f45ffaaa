/// An upright picture: 8-bit red, green and blue, row by row from the top left corner.
package struct Picture: Sendable, Equatable {
  /// Columns; at least 1.
  package let width: Int

  /// Rows; at least 1.
  package let height: Int

  /// Samples from 0 to 255, row-major `[height, width, 3]`.
  package let pixels: [UInt8]

  /// The time and the place of the exposure, if the file records them.
  package let metadata: PictureMetadata

  /// A picture of `pixels`.
  ///
  /// - Precondition: both sides are positive and `pixels` holds `width * height * 3` samples.
  package init(
    width: Int, height: Int, pixels: [UInt8], metadata: PictureMetadata = PictureMetadata()
  ) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    precondition(pixels.count == width * height * 3, "a picture has three samples a pixel")
    self.width = width
    self.height = height
    self.pixels = pixels
    self.metadata = metadata
  }
}

/// Pixels as a decoder produces them, before the orientation of the file's metadata is applied.
struct Raster: Equatable {
  let width: Int
  let height: Int
  /// Row-major `[height, width, 3]`, 8-bit red, green and blue.
  var pixels: [UInt8]

  /// A black raster.
  ///
  /// - Precondition: the decoder has checked the size against its limits.
  init(width: Int, height: Int) {
    self.init(width: width, height: height, pixels: [])
    pixels = [UInt8](repeating: 0, count: width * height * 3)
  }

  /// The colours of rows of RGBA; alpha is dropped.
  ///
  /// - Parameters:
  ///   - width: columns.
  ///   - height: rows.
  ///   - rgba: row-major `[height, width, 4]`, 8-bit red, green, blue and alpha.
  init(width: Int, height: Int, rgba: UnsafeRawBufferPointer) {
    precondition(rgba.count == width * height * 4, "a pixel of RGBA has four samples")
    self.init(width: width, height: height)
    for pixel in 0..<(width * height) {
      for channel in 0..<3 { pixels[pixel * 3 + channel] = unsafe rgba[pixel * 4 + channel] }
    }
  }

  init(width: Int, height: Int, pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }
}
