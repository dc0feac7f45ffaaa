package import KernelsReference

// Products of many rows of activations with K-quants in tile registers (AMX); fewer rows are left to
// GEMMQuantized.swift, whose order of loops and whose Float32 steps these are too.

/// Multiplies by a `Q4_K` weight, in tile registers where there are rows enough.
///
/// - Precondition: the processor has AMX with Int8, and the system has given leave to use it.
/// - Accuracy: equal to the scalar twin bit for bit, whatever the number of rows.
/// - Complexity: O(rows × inputs × outputs), no allocation.
package func multiplyTilesQ4K(_ product: QuantizedProduct) {
  if product.rows < smallestTiledRowCount { return multiplyQ4K(product) }
  multiplyTiles(product, .q4K, .withMinima(), scale: scaleQ4K)
}

/// Multiplies by a `Q5_K` weight; as ``multiplyTilesQ4K(_:)``.
package func multiplyTilesQ5K(_ product: QuantizedProduct) {
  if product.rows < smallestTiledRowCount { return multiplyQ5K(product) }
  multiplyTiles(product, .q5K, .withMinima(), scale: scaleQ5K)
}

/// Multiplies by a `Q6_K` weight; as ``multiplyTilesQ4K(_:)``.
package func multiplyTilesQ6K(_ product: QuantizedProduct) {
  if product.rows < smallestTiledRowCount { return multiplyQ6K(product) }
  multiplyTiles(product, .q6K, .q6K(), scale: scaleQ6K)
}

/// Bytes of scratch for a product of so many rows, in tile registers or not.
package func tiledScratchByteCount(rows: Int) -> Int {
  max(quantizedScratchByteCount(rows: rows), groupSumsOffset + rows * tiledGroupPanels * 64)
}

/// Rows from which on tile registers are used: one register's, of which none may reach beyond.
private let smallestTiledRowCount = tileRegisterRows

/// Panels that are multiplied together: 256 outputs.
///
/// Tile registers are so fast that the activations, which come from the third-level cache once a
/// group, bound the product with 64. A superblock of 512 rows and these sums are 0.7 MB, of 2 MB of second-level
/// cache that every processor with AMX has.
private let tiledGroupPanels = 16

// The scratch: an interleaved superblock, the configuration, the integers of two blocks, the scaled
// superblocks of a tile, and a group's sums `[tile, row, tileColumns]`.
private let configurationOffset = interleavedByteCount
private let integersOffset = configurationOffset + 64
private let blockIntegersByteCount = 4 * tileRegisterByteCount
private let scaledOffset = integersOffset + 2 * blockIntegersByteCount
private let groupSumsOffset = scaledOffset + tilePanels * scaledByteCount

@inline(__always)
private func multiplyTiles(
  _ product: QuantizedProduct, _ format: InterleavedFormat, _ shape: PlaneShape,
  scale: ScaleSuperblock
) {
  precondition(product.rows <= largestQuantizedRowCount, "too many rows for one call")
  configureTiles(scratch: product.scratch + configurationOffset)
  for panel in stride(
    from: product.panelRange.lowerBound, to: product.panelRange.upperBound, by: tiledGroupPanels)
  {
    let panels = panel..<min(panel + tiledGroupPanels, product.panelRange.upperBound)
    multiplyGroup(product, format, shape, scale, panels: panels)
  }
  tileRelease()
}

/// All rows with the panels of a group; see the function of this name in GEMMQuantized.swift.
@inline(__always)
private func multiplyGroup(
  _ product: QuantizedProduct, _ format: InterleavedFormat, _ shape: PlaneShape,
  _ scale: ScaleSuperblock, panels: Range<Int>
) {
  let scaled = product.scratch + scaledOffset
  let sums = (product.scratch + groupSumsOffset).assumingMemoryBound(to: Float.self)
  sums.update(repeating: 0, count: product.rows * tiledGroupPanels * 16)
  let superblockCount = PanelSource(product, format, panel: panels.lowerBound).superblockCount
  for superblock in 0..<superblockCount {
    let x = product.x + superblock * product.rows * activationByteCount
    var tileSums = sums
    for firstPanel in stride(from: panels.lowerBound, to: panels.upperBound, by: tilePanels) {
      let tile = firstPanel..<min(firstPanel + tilePanels, panels.upperBound)
      for panel in tile {
        let source = PanelSource(product, format, panel: panel)
        scale(
          source.superblock(superblock, scratch: product.scratch),
          scaled + (panel - firstPanel) * scaledByteCount)
      }
      var upcoming = UpcomingLines(
        product, format, panels: panels, after: firstPanel, superblock: superblock)
      multiplyAllRows(
        product, shape, scaled: scaled, panelCount: tile.count, x: x, sums: tileSums, &upcoming)
      tileSums += product.rows * tileColumns
    }
  }
  writeGroup(product, format, panels: panels, sums: sums)
}

/// All rows with the panels of a tile, over one superblock.
@_transparent
private func multiplyAllRows(
  _ product: QuantizedProduct, _ shape: PlaneShape, scaled: UnsafeRawPointer, panelCount: Int,
  x: UnsafeRawPointer, sums: UnsafeMutablePointer<Float>, _ upcoming: inout UpcomingLines
) {
  let integers = product.scratch + integersOffset
  let rowCount = product.rows
  var finished = FinishedBlock(
    integers: integers, panel: scaled, x: x, sums: sums, rows: BlockRows(none: ()), shape: shape)
  var place = 0
  for firstRow in stride(from: 0, to: rowCount, by: 2 * tileRegisterRows) {
    let rows = BlockRows(from: firstRow, of: rowCount)
    let nextRow = min(firstRow + 2 * tileRegisterRows, rowCount)
    upcoming.request(upTo: nextRow, of: rowCount)
    for panel in 0..<panelCount {
      let block = FinishedBlock(
        integers: integers + place &* blockIntegersByteCount,
        panel: scaled + panel &* scaledByteCount, x: x, sums: sums + panel &* laneCount,
        rows: rows, shape: shape)
      // The next rows are asked for while the first panel is multiplied.
      let rowsToFetch = panel == 0 ? min(2 * tileRegisterRows, rowCount - nextRow) : 0
      var next = UpcomingRows(
        x: x + nextRow &* activationByteCount, sums: sums + nextRow &* tileColumns,
        rowCount: rowsToFetch)
      let first = x + rows.first.0 &* activationByteCount
      let second = x + rows.first.1 &* activationByteCount
      clearTileSums()
      for quarter in 0..<4 {
        multiplyQuarter(first, second, block.panel, quarter: quarter, shape)
        next.requestEight()
        finished.finish(quarter: quarter)
      }
      storeTileSums(into: block.integers)
      finished = block
      place = 1 &- place
    }
  }
  for quarter in 0..<4 { finished.finish(quarter: quarter) }
}

/// The activations and sums of the rows behind a block, asked for while the block is multiplied.
private struct UpcomingRows {
  var x: UnsafeRawPointer
  var sums: UnsafeMutablePointer<Float>
  var rowCount: Int

  /// Asks for up to eight rows: the quants, their sums and scale, and two lines of sums.
  @_transparent
  mutating func requestEight() {
    for _ in 0..<min(8, rowCount) {
      prefetch(x)
      prefetch(x + lineByteCount)
      prefetch(x + 2 * lineByteCount)
      prefetch(x + 3 * lineByteCount)
      prefetch(x + activationScaleOffset)
      prefetch(sums)
      prefetch(sums + laneCount)
      x += activationByteCount
      sums += tileColumns
    }
    rowCount = max(0, rowCount &- 8)
  }
}
