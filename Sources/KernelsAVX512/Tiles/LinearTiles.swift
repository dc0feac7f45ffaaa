package import KernelInterface

// Products of many rows of activations with quantised weights in tile registers (AMX); fewer rows
// are left to LinearQuantized.swift, whose order of loops and whose Float32 steps these are too.

/// Multiplies by a `Q4_K` weight, in tile registers where there are rows enough.
///
/// - Precondition: the processor has AMX with Int8, and the system has given leave to use it.
/// - Accuracy: equal to the scalar twin bit for bit, whatever the number of rows.
/// - Complexity: O(rows × inputs × outputs), no allocation.
package func linearTilesQ4K(_ product: QuantizedProduct) {
  if product.rows < smallestTiledRowCount { return linearQ4K(product) }
  multiplySuperblocks(product, .q4K, .withMinima(), scale: scaleQ4K)
}

/// Multiplies by a `Q5_K` weight; as ``linearTilesQ4K(_:)``.
package func linearTilesQ5K(_ product: QuantizedProduct) {
  if product.rows < smallestTiledRowCount { return linearQ5K(product) }
  multiplySuperblocks(product, .q5K, .withMinima(), scale: scaleQ5K)
}

/// Multiplies by a `Q6_K` weight; as ``linearTilesQ4K(_:)``.
package func linearTilesQ6K(_ product: QuantizedProduct) {
  if product.rows < smallestTiledRowCount { return linearQ6K(product) }
  multiplySuperblocks(product, .q6K, .q6K(), scale: scaleQ6K)
}

/// Multiplies by a `Q8_0` weight; as ``linearTilesQ4K(_:)``.
package func linearTilesQ80(_ product: QuantizedProduct) {
  if product.rows < smallestTiledRowCount { return linearQ80(product) }
  linearTiles(product, .q80, depth: 32, unpack: unpackSignedQ80) { $0.multiplyBlocks(&$1) }
}

/// Multiplies by a `Q4_0` weight; as ``linearTilesQ4K(_:)``.
package func linearTilesQ40(_ product: QuantizedProduct) {
  if product.rows < smallestTiledRowCount { return linearQ40(product) }
  linearTiles(product, .q40, depth: 32, unpack: unpackSignedQ40) { $0.multiplyBlocks(&$1) }
}

@inline(__always)
private func multiplySuperblocks(
  _ product: QuantizedProduct, _ format: InterleavedFormat, _ shape: PlaneShape,
  scale: UnpackForTiles
) {
  linearTiles(product, format, depth: 64, unpack: scale) { $0.multiplySuperblock(shape, &$1) }
}

/// Bytes of scratch for a product of `rows` rows, in tile registers or not.
package func tiledScratchByteCount(rows: Int) -> Int {
  max(quantizedScratchByteCount(rows: rows), groupSumsOffset + rows * tiledGroupPanels * 64)
}

/// Rows from which on tile registers are used: a whole block's.
///
/// With fewer, unpacking two planes costs what the tiles save. At least `tileRegisterRows`, since
/// no tile may reach beyond the rows.
private let smallestTiledRowCount = 2 * tileRegisterRows

/// Panels that are multiplied together: 256 outputs.
///
/// Activations come from the third-level cache once a group. A superblock of 512 rows and these
/// sums are 0.7 MB, of the 2 MB of second-level cache that processors with AMX have. No difference
/// from 64 outputs was seen above the noise of the machine where this was chosen.
private let tiledGroupPanels = 16

// The scratch: an interleaved superblock, the configuration, the integers of two blocks, the
// unpacked superblocks of a tile, and a group's sums `[tile, row, tileColumns]`.
private let configurationOffset = interleavedByteCount
private let integersOffset = configurationOffset + 64
private let unpackedOffset = integersOffset + 2 * blockIntegersByteCount
private let groupSumsOffset = unpackedOffset + tilePanels * scaledByteCount

/// Unpacks a superblock of a panel into `scaledByteCount` bytes.
typealias UnpackForTiles = (PanelSuperblock, UnsafeMutableRawPointer) -> Void

/// All rows of activations with the panels of a tile, over one superblock.
struct TiledRows {
  /// The rows of activations, `activationByteCount` each.
  var x: UnsafeRawPointer
  var rowCount: Int
  /// The unpacked superblocks of the panels, `scaledByteCount` each.
  var panels: UnsafeRawPointer
  var panelCount: Int
  /// Blocks of 32 in the superblock, or 1.
  var blockCount: Int
  /// Memory for the integers of two blocks of rows.
  var integers: UnsafeMutableRawPointer
  /// The sums so far, `[row, tileColumns]`.
  var sums: UnsafeMutablePointer<Float>
}

@inline(__always)
private func linearTiles(
  _ product: QuantizedProduct, _ format: InterleavedFormat, depth: Int, unpack: UnpackForTiles,
  multiplyRows: (TiledRows, inout UpcomingLines) -> Void
) {
  precondition(product.rows <= largestQuantizedRowCount, "too many rows for one call")
  configureTiles(depth: depth, scratch: product.scratch + configurationOffset)
  for panel in stride(
    from: product.panelRange.lowerBound, to: product.panelRange.upperBound, by: tiledGroupPanels)
  {
    let panels = panel..<min(panel + tiledGroupPanels, product.panelRange.upperBound)
    multiplyGroup(product, format, unpack, multiplyRows, panels: panels)
  }
  tileRelease()
}

/// All rows with the panels of a group; see the function of this name in LinearQuantized.swift.
@inline(__always)
private func multiplyGroup(
  _ product: QuantizedProduct, _ format: InterleavedFormat, _ unpack: UnpackForTiles,
  _ multiplyRows: (TiledRows, inout UpcomingLines) -> Void, panels: Range<Int>
) {
  let unpacked = product.scratch + unpackedOffset
  let sums = (product.scratch + groupSumsOffset).assumingMemoryBound(to: Float.self)
  clearGroup(sums, rows: product.rows, panels: panels)
  let superblockCount = PanelSource(product, format, panel: panels.lowerBound).superblockCount
  for superblock in 0..<superblockCount {
    var rows = TiledRows(
      x: product.x + superblock * product.rows * activationByteCount, rowCount: product.rows,
      panels: unpacked, panelCount: 0, blockCount: 0, integers: product.scratch + integersOffset,
      sums: sums)
    for firstPanel in stride(from: panels.lowerBound, to: panels.upperBound, by: tilePanels) {
      rows.panelCount = min(tilePanels, panels.upperBound - firstPanel)
      for index in 0..<rows.panelCount {
        let source = PanelSource(product, format, panel: firstPanel + index)
          .superblock(superblock, scratch: product.scratch)
        unpack(source, unpacked + index * scaledByteCount)
        rows.blockCount = source.blockCount
      }
      var upcoming = UpcomingLines(
        product, format, panels: panels, after: firstPanel, superblock: superblock)
      multiplyRows(rows, &upcoming)
      rows.sums += product.rows * tileColumns
    }
  }
  writeGroup(product, format, panels: panels, sums: sums)
}
