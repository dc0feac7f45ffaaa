package import KernelInterface

// Products with quantised weights in panels of 16 rows.
//
// One row of activations (decoding) reads each weight once: the quants are multiplied as they are
// unpacked. More rows: a superblock of a tile's panels is unpacked once into the first-level cache
// and multiplied with all rows, whose Float32 sums rest in the second-level cache. Rows of a weight
// in the order of a file are interleaved first, one superblock of 16 rows at a time.

/// Unpacks a superblock into memory.
private typealias UnpackSuperblock = (PanelSuperblock, UnsafeMutableRawPointer) -> Void

/// Multiplies an unpacked superblock: panel, activations, rows, sums, blocks.
private typealias MultiplySuperblock = (
  UnsafeRawPointer, UnsafeRawPointer, Int, UnsafeMutablePointer<Float>, Int
) -> Void

/// Multiplies by a `Q4_K` weight; activations by ``quantizeQ8K(_:rows:inputs:into:stride:)``.
///
/// - Accuracy: equal to the scalar twin bit for bit, whatever the number of rows.
/// - Complexity: O(rows × inputs × outputs), no allocation.
package func linearQ4K(_ product: QuantizedProduct) {
  multiplySuperblocks(
    product, .q4K, .withMinima(bits: 4), dot: dotQ4K, dotFileRows: dotFileRowsQ4K, unpack: unpackQ4K
  )
}

/// Multiplies by a `Q5_K` weight; as ``linearQ4K(_:)``.
package func linearQ5K(_ product: QuantizedProduct) {
  multiplySuperblocks(
    product, .q5K, .withMinima(bits: 5), dot: dotQ5K, dotFileRows: dotFileRowsQ5K, unpack: unpackQ5K
  )
}

/// Multiplies by a `Q6_K` weight; as ``linearQ4K(_:)``.
package func linearQ6K(_ product: QuantizedProduct) {
  multiplySuperblocks(
    product, .q6K, .q6K(), dot: dotQ6K, dotFileRows: dotFileRowsQ6K, unpack: unpackQ6K)
}

/// Multiplies by a `Q8_0` weight; activations by
/// ``quantizeSignedQ80(_:rows:inputs:into:stride:)``, else as ``linearQ4K(_:)``.
package func linearQ80(_ product: QuantizedProduct) {
  multiply(
    product,
    .q80, dot: dotQ80, dotFileRows: dotFileRowsQ80, unpack: unpackQ80,
    multiplySuperblock: multiplySignedBlocks)
}

/// Multiplies by a `Q4_0` weight; as ``linearQ80(_:)``.
package func linearQ40(_ product: QuantizedProduct) {
  multiply(
    product,
    .q40, dot: dotQ40, dotFileRows: dotFileRowsQ40, unpack: unpackQ40,
    multiplySuperblock: multiplySignedBlocks)
}

@inline(__always)
private func multiplySuperblocks(
  _ product: QuantizedProduct, _ format: InterleavedFormat, _ shape: SuperblockProductShape,
  dot: DotSuperblock, dotFileRows: DotFileSuperblock, unpack: UnpackSuperblock
) {
  multiply(
    product, format, dot: dot, dotFileRows: dotFileRows, unpack: unpack,
    multiplySuperblock: { panel, x, rows, sums, _ in
      SuperblockTile(panel: panel, x: x, sums: sums, shape: shape).multiplyAll(rows: rows)
    })
}

/// Multiplies unpacked blocks of 32.
private func multiplySignedBlocks(
  panel: UnsafeRawPointer, x: UnsafeRawPointer, rows: Int, sums: UnsafeMutablePointer<Float>,
  blockCount: Int
) {
  var tile = SignedBlockTile(panel: panel, x: x, sums: sums, blockCount: blockCount)
  var left = rows
  while left > 0 {
    let count = min(quantizedTileRows, left)
    switch count {
    case 1: tile.multiply(rows: 1)
    case 2: tile.multiply(rows: 2)
    case 3: tile.multiply(rows: 3)
    case 4: tile.multiply(rows: 4)
    case 5: tile.multiply(rows: 5)
    default: tile.multiply(rows: 6)
    }
    tile.x += count * activationByteCount
    tile.sums += count * tileColumns
    left -= count
  }
}

@inline(__always)
private func multiply(
  _ product: QuantizedProduct, _ format: InterleavedFormat, dot: DotSuperblock,
  dotFileRows: DotFileSuperblock, unpack: UnpackSuperblock, multiplySuperblock: MultiplySuperblock
) {
  precondition(product.rows <= largestQuantizedRowCount, "too many rows for one call")
  if product.rows == 1 {
    for panel in product.panelRange {
      dotPanel(product, format, dot, dotFileRows, panel: panel)
    }
    return
  }
  for panel in stride(
    from: product.panelRange.lowerBound, to: product.panelRange.upperBound, by: groupPanels)
  {
    let panels = panel..<min(panel + groupPanels, product.panelRange.upperBound)
    multiplyGroup(product, format, unpack, multiplySuperblock, panels: panels)
  }
}

/// One row of activations with one panel.
@inline(__always)
private func dotPanel(
  _ product: QuantizedProduct, _ format: InterleavedFormat, _ dot: DotSuperblock,
  _ dotFileRows: DotFileSuperblock, panel: Int
) {
  let sums = (product.scratch + interleavedByteCount).assumingMemoryBound(to: Float.self)
  for lane in 0..<16 { sums[lane] = 0 }
  let source = PanelSource(product, format, panel: panel)
  for superblock in 0..<source.superblockCount {
    let x = product.x + superblock * activationByteCount
    if source.isInterleaved {
      source.prefetchLines(superblock)
      dot(source.superblock(superblock, scratch: product.scratch), x, sums)
    } else {
      dotFileRows(source.fileSuperblock(superblock, scratch: product.scratch), x, sums)
    }
  }
  source.writeSums(sums, to: product, row: 0)
}

/// All rows of activations with the panels of a group, a tile after the other within each
/// superblock.
///
/// So the activations of a superblock come from memory once a group; the other tiles find them in
/// the second-level cache. 512 rows of 14,336 are 11 MB, and a tile of 32 outputs takes them in 0.5
/// ms.
@inline(__always)
private func multiplyGroup(
  _ product: QuantizedProduct, _ format: InterleavedFormat, _ unpack: UnpackSuperblock,
  _ multiplySuperblock: MultiplySuperblock, panels: Range<Int>
) {
  let unpacked = product.scratch + interleavedByteCount
  let sums = (unpacked + 2 * unpackedByteCount).assumingMemoryBound(to: Float.self)
  clearGroup(sums, rows: product.rows, panels: panels)
  let superblockCount = PanelSource(product, format, panel: panels.lowerBound).superblockCount
  for superblock in 0..<superblockCount {
    let x = product.x + superblock * product.rows * activationByteCount
    var tileSums = sums
    for firstPanel in stride(from: panels.lowerBound, to: panels.upperBound, by: tilePanels) {
      var target = unpacked
      var blockCount = 0
      for panel in firstPanel..<min(firstPanel + tilePanels, panels.upperBound) {
        let panelSource = PanelSource(product, format, panel: panel)
        if product.rows <= rowsPerRequest { panelSource.prefetchLines(superblock) }
        let source = panelSource.superblock(superblock, scratch: product.scratch)
        unpack(source, target)
        blockCount = source.blockCount
        target += unpackedByteCount
      }
      var upcoming = UpcomingLines(
        product, format, panels: panels, after: firstPanel, superblock: superblock)
      for firstRow in stride(from: 0, to: product.rows, by: rowsPerRequest) {
        let rows = min(rowsPerRequest, product.rows - firstRow)
        if product.rows > rowsPerRequest {
          upcoming.request(upTo: firstRow + rows, of: product.rows)
        }
        multiplySuperblock(
          unpacked, x + firstRow * activationByteCount, rows, tileSums + firstRow * tileColumns,
          blockCount)
      }
      tileSums += product.rows * tileColumns
    }
  }
  writeGroup(product, format, panels: panels, sums: sums)
}

/// Clears a group's sums, `[tile, row, tileColumns]`: those of the tiles that it has, since the
/// last tasks of a product are single tiles.
@inline(__always)
func clearGroup(_ sums: UnsafeMutablePointer<Float>, rows: Int, panels: Range<Int>) {
  let tiles = (panels.count + tilePanels - 1) / tilePanels
  sums.update(repeating: 0, count: tiles * rows * tileColumns)
}

/// Writes or adds a group's sums, `[tile, row, tileColumns]`, to y.
@inline(__always)
func writeGroup(
  _ product: QuantizedProduct, _ format: InterleavedFormat, panels: Range<Int>,
  sums: UnsafePointer<Float>
) {
  for row in 0..<product.rows {
    prefetchTarget(product, panels: panels, row: row + rowsAhead)
    for panel in panels {
      let index = panel - panels.lowerBound
      let column = index / tilePanels * product.rows * tileColumns + index % tilePanels * 16
      PanelSource(product, format, panel: panel)
        .writeSums(sums + column + row * tileColumns, to: product, row: row)
    }
  }
}

/// Prefetches the lines of y that a group's sums of a row will be written to.
@inline(__always)
private func prefetchTarget(_ product: QuantizedProduct, panels: Range<Int>, row: Int) {
  let target = UnsafeRawPointer(product.y + row * product.yStride + panels.lowerBound * 16)
  for byteOffset in stride(from: 0, to: panels.count * 64, by: 64) {
    prefetch(target + byteOffset)
  }
}

/// The number of rows by which lines of y are prefetched ahead.
///
/// Rows are often a multiple of 4 KB apart, so that their lines share a set of the first-level
/// cache, which has 12 ways (8 before Zen 5).
private let rowsAhead = 6

/// Rows that are multiplied between two requests: whole tiles of 8 and of 3 rows.
///
/// With at most this many rows a tile takes less time than an access to memory, so that lines are
/// prefetched further ahead, as in decoding.
private let rowsPerRequest = 24
