package import KernelsReference

// Products with quantised weights in panels of 16 rows.
//
// One row of activations (decoding) reads each weight once: the quants are multiplied as they are
// unpacked. More rows: a superblock of a tile's panels is unpacked once into the first-level cache
// and multiplied with all rows, whose Float32 sums rest in the second-level cache. Rows of a weight
// that lie as in a file are interleaved first, one superblock of 16 rows at a time.

/// Unpacks a superblock into memory.
private typealias UnpackSuperblock = (PanelSuperblock, UnsafeMutableRawPointer) -> Void

/// Multiplies an unpacked superblock: panel, activations, rows, sums, blocks.
private typealias MultiplySuperblock = (
  UnsafeRawPointer, UnsafeRawPointer, Int, UnsafeMutablePointer<Float>, Int
) -> Void

/// Multiplies by a `Q4_K` weight; activations by ``quantizeRowsQ8K(_:rows:inputs:into:stride:)``.
///
/// - Accuracy: equal to the scalar twin bit for bit, whatever the number of rows.
/// - Complexity: O(rows × inputs × outputs), no allocation.
package func multiplyQ4K(_ product: QuantizedProduct) {
  multiplySuperblocks(
    product, .q4K, .withMinima(bits: 4), dot: dotQ4K, dotFileRows: dotFileRowsQ4K, unpack: unpackQ4K
  )
}

/// Multiplies by a `Q5_K` weight; as ``multiplyQ4K(_:)``.
package func multiplyQ5K(_ product: QuantizedProduct) {
  multiplySuperblocks(
    product, .q5K, .withMinima(bits: 5), dot: dotQ5K, dotFileRows: dotFileRowsQ5K, unpack: unpackQ5K
  )
}

/// Multiplies by a `Q6_K` weight; as ``multiplyQ4K(_:)``.
package func multiplyQ6K(_ product: QuantizedProduct) {
  multiplySuperblocks(
    product, .q6K, .q6K(), dot: dotQ6K, dotFileRows: dotFileRowsQ6K, unpack: unpackQ6K)
}

/// Multiplies by a `Q8_0` weight; activations by
/// ``quantizeRowsQ80Signed(_:rows:inputs:into:stride:)``, else as ``multiplyQ4K(_:)``.
package func multiplyQ80(_ product: QuantizedProduct) {
  multiply(
    product,
    .q80, dot: dotQ80, dotFileRows: dotFileRowsQ80, unpack: unpackQ80,
    multiplySuperblock: multiplySignedBlocks)
}

/// Multiplies by a `Q4_0` weight; as ``multiplyQ80(_:)``.
package func multiplyQ40(_ product: QuantizedProduct) {
  multiply(
    product,
    .q40, dot: dotQ40, dotFileRows: dotFileRowsQ40, unpack: unpackQ40,
    multiplySuperblock: multiplySignedBlocks)
}

@inline(__always)
private func multiplySuperblocks(
  _ product: QuantizedProduct, _ format: InterleavedFormat, _ shape: SuperblockShape,
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

/// All rows of activations with the panels of a group, a tile after the other within each superblock.
///
/// So the activations of a superblock come from afar once a group; the other tiles find them in the
/// second-level cache. With a tile at a time two threads read them at 40 GB/s.
@inline(__always)
private func multiplyGroup(
  _ product: QuantizedProduct, _ format: InterleavedFormat, _ unpack: UnpackSuperblock,
  _ multiplySuperblock: MultiplySuperblock, panels: Range<Int>
) {
  let unpacked = product.scratch + interleavedByteCount
  let sums = (unpacked + 2 * unpackedByteCount).assumingMemoryBound(to: Float.self)
  sums.update(repeating: 0, count: product.rows * groupPanels * 16)
  let superblockCount = PanelSource(product, format, panel: panels.lowerBound).superblockCount
  for superblock in 0..<superblockCount {
    let x = product.x + superblock * product.rows * activationByteCount
    var tileSums = sums
    for firstPanel in stride(from: panels.lowerBound, to: panels.upperBound, by: tilePanels) {
      var target = unpacked
      var blockCount = 0
      for panel in firstPanel..<min(firstPanel + tilePanels, panels.upperBound) {
        let source = PanelSource(product, format, panel: panel)
          .superblock(superblock, scratch: product.scratch)
        unpack(source, target)
        blockCount = source.blockCount
        target += unpackedByteCount
      }
      var upcoming = UpcomingLines(
        product, format, panels: panels, after: firstPanel, superblock: superblock)
      for firstRow in stride(from: 0, to: product.rows, by: rowsPerRequest) {
        let rows = min(rowsPerRequest, product.rows - firstRow)
        upcoming.request(upTo: firstRow + rows, of: product.rows)
        multiplySuperblock(
          unpacked, x + firstRow * activationByteCount, rows, tileSums + firstRow * tileColumns,
          blockCount)
      }
      tileSums += product.rows * tileColumns
    }
  }
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

/// Asks for the lines of y that a group's sums of a row will be written to.
@inline(__always)
private func prefetchTarget(_ product: QuantizedProduct, panels: Range<Int>, row: Int) {
  let target = UnsafeRawPointer(product.y + row * product.yStride + panels.lowerBound * 16)
  for byteOffset in stride(from: 0, to: panels.count * 64, by: 64) {
    prefetch(target + byteOffset)
  }
}

/// Rows of y whose lines are asked for before they are written. Rows often lie a multiple of 4 KB
/// apart, so that their lines share a set of the first-level cache, which has 12 ways (8 before Zen 5).
private let rowsAhead = 6

/// The interleaved lines that are unpacked next, asked for bit by bit while rows are multiplied: asked
/// for at once they would hold up what is read meanwhile.
private struct UpcomingLines {
  private let lines: UnsafeRawPointer
  private let panelByteCount: Int
  private let lineCount: Int
  private var requested = 0

  /// Those of the tile behind the one that begins at `firstPanel`: in the next superblock where that
  /// was the group's last, and of the next group where that was the last superblock.
  @inline(__always)
  init(
    _ product: QuantizedProduct, _ format: InterleavedFormat, panels: Range<Int>,
    after firstPanel: Int, superblock: Int
  ) {
    var panel = firstPanel + tilePanels
    var superblock = superblock
    if panel >= panels.upperBound {
      let source = PanelSource(product, format, panel: panels.lowerBound)
      superblock += 1
      panel = panels.lowerBound
      if superblock == source.superblockCount {
        superblock = 0
        panel = panels.upperBound
      }
    }
    let source = PanelSource(product, format, panel: panel)
    lines = source.words(superblock)
    panelByteCount = 16 * product.weight.rowByteCount
    lineCount = source.isInterleaved ? source.lineCount(superblock) : 0
  }

  /// Asks for the share of the lines that corresponds to so many rows.
  @inline(__always)
  mutating func request(upTo row: Int, of rows: Int) {
    let end = lineCount * row / rows
    for line in requested..<end {
      for panel in 0..<tilePanels {
        prefetch(lines + panel * panelByteCount + line * lineByteCount)
      }
    }
    requested = end
  }
}

/// Rows that are multiplied between two requests: whole tiles of 8 and of 3 rows.
private let rowsPerRequest = 24

/// The superblocks of one panel, wherever they lie.
private struct PanelSource {
  let format: InterleavedFormat
  let panel: Int
  /// Outputs of the panel that exist.
  let width: Int
  let superblockCount: Int
  private let blockCount: Int
  private let blocksPerSuperblock: Int
  /// Whether the rows lie interleaved.
  let isInterleaved: Bool
  /// The interleaved panel, or its first row.
  private let start: UnsafeRawPointer
  private let rowByteCount: Int

  @inline(__always)
  init(_ product: QuantizedProduct, _ format: InterleavedFormat, panel: Int) {
    let weight = product.weight
    self.format = format
    self.panel = panel
    width = min(16, weight.outputs - panel * 16)
    blockCount = product.inputs / format.blockElementCount
    blocksPerSuperblock = superblockElementCount / format.blockElementCount
    superblockCount = (blockCount + blocksPerSuperblock - 1) / blocksPerSuperblock
    isInterleaved = panel < weight.panelCount
    rowByteCount = weight.rowByteCount
    start =
      isInterleaved
      ? weight.panels + panel * 16 * rowByteCount
      : weight.fileRows + (panel - weight.panelCount) * 16 * rowByteCount
  }

  /// The lines of an interleaved superblock.
  @inline(__always)
  func words(_ index: Int) -> UnsafeRawPointer {
    let halvesByteCount = format.halfOffset == nil ? 0 : blockCount * 32
    return start + halvesByteCount
      + index * blocksPerSuperblock * format.wordCount * lineByteCount
  }

  /// How many lines an interleaved superblock has.
  @inline(__always)
  func lineCount(_ index: Int) -> Int {
    min(blocksPerSuperblock, blockCount - index * blocksPerSuperblock) * format.wordCount
  }

  /// One superblock, in place or interleaved into `scratch`.
  @inline(__always)
  func superblock(_ index: Int, scratch: UnsafeMutableRawPointer) -> PanelSuperblock {
    let firstBlock = index * blocksPerSuperblock
    let count = min(blocksPerSuperblock, blockCount - firstBlock)
    if isInterleaved {
      return PanelSuperblock(
        words: words(index), halves: start + firstBlock * 32, blockCount: count)
    }
    interleaveRows(firstBlock: firstBlock, count: count, into: scratch)
    return PanelSuperblock(words: scratch + 256, halves: scratch, blockCount: count)
  }

  /// One superblock of rows in a file's order.
  @inline(__always)
  func fileSuperblock(_ index: Int, scratch: UnsafeMutableRawPointer) -> FileSuperblock {
    let firstBlock = index * blocksPerSuperblock
    let count = min(blocksPerSuperblock, blockCount - firstBlock)
    prefetchNextRows(firstBlock: firstBlock, count: count)
    return FileSuperblock(
      blocks: start + firstBlock * format.blockByteCount, rowByteCount: rowByteCount, width: width,
      blockCount: count, scratch: scratch)
  }

  /// Asks for the next 16 rows, which follow these: the part that corresponds to some blocks' share.
  @inline(__always)
  private func prefetchNextRows(firstBlock: Int, count: Int) {
    let byteCount = 16 * count * format.blockByteCount
    let next = start + 16 * rowByteCount + 16 * firstBlock * format.blockByteCount
    for line in stride(from: 0, to: byteCount, by: lineByteCount) { prefetchFar(next + line) }
  }

  /// Asks for lines that will be read in a moment, as many as the superblock has.
  @inline(__always)
  func prefetchLines(_ index: Int) {
    let ahead = words(index) + aheadByteCount
    for line in 0..<lineCount(index) { prefetch(ahead + line * lineByteCount) }
  }

  /// Interleaves some blocks of the panel's rows, and asks for those of the next panel's.
  @inline(never)
  private func interleaveRows(firstBlock: Int, count: Int, into scratch: UnsafeMutableRawPointer) {
    let blocks = start + firstBlock * format.blockByteCount
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: 16) { rows in
      guard let addresses = rows.baseAddress else { return }
      for row in 0..<16 {
        (addresses + row).initialize(to: blocks + min(row, width - 1) * rowByteCount)
      }
      interleave(
        InterleaveStep(
          rows: addresses, blockCount: count, format: format, halves: scratch,
          words: scratch + 256))
    }
    prefetchNextRows(firstBlock: firstBlock, count: count)
  }

  /// Writes or adds a row's 16 sums to y.
  @inline(__always)
  func writeSums(_ sums: UnsafePointer<Float>, to product: QuantizedProduct, row: Int) {
    let target = product.y + row * product.yStride + panel * 16
    for start in stride(from: 0, to: width, by: laneCount) {
      let count = min(laneCount, width - start)
      var lanes = load(sums + start)
      if count == laneCount {
        if product.addsToY { lanes = load(target + start) + lanes }
        store(lanes, target + start)
      } else {
        if product.addsToY { lanes = load(target + start, count: count) + lanes }
        store(lanes, target + start, count: count)
      }
    }
  }
}

/// Bytes between the line that is multiplied and the one that is asked for.
private let aheadByteCount = 4096
