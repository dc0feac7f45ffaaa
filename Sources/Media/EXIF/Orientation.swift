/// The relation of the stored rows and columns to the upright picture.
///
/// The raw values are those of the tag Orientation (274): they say where the first stored row and
/// the first stored column appear in the upright picture.
///
/// - Source: EXIF 2.32, 4.6.4; TIFF 6.0, section 8.
package enum Orientation: UInt8, Sendable, CaseIterable {
  /// Row 0 is the top, column 0 the left.
  case upright = 1
  /// Top, right: mirrored left to right.
  case mirrored
  /// Bottom, right: turned by 180 degrees.
  case upsideDown
  /// Bottom, left: mirrored top to bottom.
  case flipped
  /// Left, top: rows and columns exchanged.
  case transposed
  /// Right, top: to be turned 90 degrees clockwise.
  case turnedLeft
  /// Right, bottom: exchanged along the other diagonal.
  case transverse
  /// Left, bottom: to be turned 90 degrees anticlockwise.
  case turnedRight

  /// Whether the upright picture's width is the stored height.
  var exchangesSides: Bool { rawValue >= 5 }
}

extension Raster {
  /// The upright raster of one that is stored with `orientation`.
  ///
  /// - Complexity: O(pixels), one new array; an upright raster is returned as it is.
  func oriented(_ orientation: Orientation) -> Raster {
    if orientation == .upright { return self }
    let exchanges = orientation.exchangesSides
    var upright = Raster(width: exchanges ? height : width, height: exchanges ? width : height)
    for y in 0..<upright.height {
      // Stored offset of the row's first pixel, and the step to its next one.
      let (first, step) = source(ofRow: y, orientation: orientation)
      var from = first * 3
      var to = y * upright.width * 3
      for _ in 0..<upright.width {
        upright.pixels[to] = pixels[from]
        upright.pixels[to + 1] = pixels[from + 1]
        upright.pixels[to + 2] = pixels[from + 2]
        to += 3
        from += step * 3
      }
    }
    return upright
  }

  /// The stored pixel index of upright pixel (0, y), and the distance to that of (1, y).
  private func source(ofRow y: Int, orientation: Orientation) -> (first: Int, step: Int) {
    switch orientation {
    case .upright: (y * width, 1)
    case .mirrored: (y * width + width - 1, -1)
    case .upsideDown: ((height - 1 - y) * width + width - 1, -1)
    case .flipped: ((height - 1 - y) * width, 1)
    case .transposed: (y, width)
    case .turnedLeft: ((height - 1) * width + y, -width)
    case .transverse: ((height - 1) * width + width - 1 - y, -width)
    case .turnedRight: (width - 1 - y, width)
    }
  }
}
