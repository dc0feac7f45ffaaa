internal import CTIFF

/// Assembles the strips or tiles of a TIFF into rows of whole pixels.
enum TIFFRows {
  /// The stored rows, `[height, rowByteCount]`, samples of a pixel side by side.
  ///
  /// - Throws: `PictureError.truncated`, `.damaged` or `.unsupported`.
  static func read(
    _ file: TIFFFile, width: Int, height: Int, layout: SampleLayout
  ) throws(PictureError) -> [UInt8] {
    let isSeparate =
      file.integer16(TIFFTAG_PLANARCONFIG) == Int(PLANARCONFIG_SEPARATE)
      && layout.samplesPerPixel > 1
    guard isSeparate else {
      return try plane(
        file, 0, of: 1, height: height, rowByteCount: layout.rowByteCount(width: width))
    }
    var planeLayout = layout
    planeLayout.samplesPerPixel = 1
    let sampleByteCount = planeLayout.rowByteCount(width: 1)
    guard planeLayout.rowByteCount(width: 8) == sampleByteCount * 8 else {
      throw .unsupported(.tiff, feature: "separate planes of less than 8 bits a sample")
    }
    let planeRowByteCount = planeLayout.rowByteCount(width: width)
    var rows = [UInt8](repeating: 0, count: planeRowByteCount * height * layout.samplesPerPixel)
    for index in 0..<layout.samplesPerPixel {
      let samples = try plane(
        file, index, of: layout.samplesPerPixel, height: height, rowByteCount: planeRowByteCount)
      for pixel in 0..<(width * height) {
        let to = (pixel * layout.samplesPerPixel + index) * sampleByteCount
        for byte in 0..<sampleByteCount {
          rows[to + byte] = samples[pixel * sampleByteCount + byte]
        }
      }
    }
    return rows
  }

  /// One plane's rows; with all samples in one plane, the picture's.
  private static func plane(
    _ file: TIFFFile, _ index: Int, of planeCount: Int, height: Int, rowByteCount: Int
  ) throws(PictureError) -> [UInt8] {
    // libtiff's idea of a row must be ours, or its strips would overrun the buffer.
    guard file.rowByteCount == rowByteCount else {
      throw .unsupported(
        .tiff, feature: "rows of \(file.rowByteCount) bytes where \(rowByteCount) are expected")
    }
    var rows = [UInt8](repeating: 0, count: rowByteCount * height)
    try unsafe rows.withUnsafeMutableBufferPointer { (rows) throws(PictureError) in
      let rows = UnsafeMutableRawBufferPointer(rows)
      if file.isTiled {
        try unsafe readTiles(
          file, index, of: planeCount, height: height, rowByteCount: rowByteCount, into: rows)
      } else {
        try unsafe readStrips(
          file, index, of: planeCount, height: height, rowByteCount: rowByteCount, into: rows)
      }
    }
    return rows
  }

  private static func readStrips(
    _ file: TIFFFile, _ plane: Int, of planeCount: Int, height: Int, rowByteCount: Int,
    into rows: UnsafeMutableRawBufferPointer
  ) throws(PictureError) {
    let rowsPerStrip = min(file.integer32(TIFFTAG_ROWSPERSTRIP) ?? height, height)
    guard rowsPerStrip > 0 else { throw .damaged(.tiff, detail: "its strips have no rows") }
    let stripsPerPlane = (height + rowsPerStrip - 1) / rowsPerStrip
    guard file.stripCount >= stripsPerPlane * planeCount else {
      throw .damaged(.tiff, detail: "it has \(file.stripCount) strips for \(height) rows")
    }
    for strip in 0..<stripsPerPlane {
      let first = strip * rowsPerStrip
      let count = min(rowsPerStrip, height - first)
      let target = unsafe UnsafeMutableRawBufferPointer(
        rebasing: rows[(first * rowByteCount)..<((first + count) * rowByteCount)])
      guard unsafe file.readStrip(plane * stripsPerPlane + strip, into: target) else {
        throw file.failure("strip \(strip) is incomplete")
      }
    }
  }

  private static func readTiles(
    _ file: TIFFFile, _ plane: Int, of planeCount: Int, height: Int, rowByteCount: Int,
    into rows: UnsafeMutableRawBufferPointer
  ) throws(PictureError) {
    let tileRowByteCount = file.tileRowByteCount
    guard let tileHeight = file.integer32(TIFFTAG_TILELENGTH), tileHeight > 0,
      tileRowByteCount > 0, file.tileByteCount == tileRowByteCount * tileHeight,
      file.tileByteCount <= rows.count * 16 + (1 << 20)
    else { throw .damaged(.tiff, detail: "its tiles have an impossible size") }
    let across = (rowByteCount + tileRowByteCount - 1) / tileRowByteCount
    let down = (height + tileHeight - 1) / tileHeight
    guard file.tileCount == across * down * planeCount else {
      throw .damaged(.tiff, detail: "it has \(file.tileCount) tiles for \(across) x \(down)")
    }
    var tile = [UInt8](repeating: 0, count: file.tileByteCount)
    for position in 0..<(across * down) {
      let isRead = unsafe tile.withUnsafeMutableBytes {
        unsafe file.readTile(plane * across * down + position, into: $0)
      }
      guard isRead else { throw file.failure("tile \(position) is incomplete") }
      let left = position % across * tileRowByteCount
      let top = position / across * tileHeight
      let byteCount = min(tileRowByteCount, rowByteCount - left)
      for y in 0..<min(tileHeight, height - top) {
        let target = (top + y) * rowByteCount + left
        for byte in 0..<byteCount {
          unsafe rows[target + byte] = tile[y * tileRowByteCount + byte]
        }
      }
    }
  }
}
