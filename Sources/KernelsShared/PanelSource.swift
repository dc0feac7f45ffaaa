import KernelInterface

// The superblocks of a quantised weight's panels, and which of their lines are prefetched.

/// The superblocks of one panel, interleaved or in the rows of a file.
struct PanelSource {
  let format: InterleavedFormat
  let panel: Int
  /// Outputs of the panel that exist.
  let width: Int
  let superblockCount: Int
  private let blockCount: Int
  private let blocksPerSuperblock: Int
  /// Whether the rows are interleaved.
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

  /// The number of lines in an interleaved superblock.
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

  /// Prefetches the next 16 rows, which follow these: the share of some blocks.
  @inline(__always)
  private func prefetchNextRows(firstBlock: Int, count: Int) {
    let byteCount = 16 * count * format.blockByteCount
    let next = start + 16 * rowByteCount + 16 * firstBlock * format.blockByteCount
    for line in stride(from: 0, to: byteCount, by: lineByteCount) { prefetchFar(next + line) }
  }

  /// Prefetches as many lines as the superblock has.
  @inline(__always)
  func prefetchLines(_ index: Int) {
    guard isInterleaved else { return }
    let ahead = words(index) + aheadByteCount
    for line in 0..<lineCount(index) { prefetch(ahead + line * lineByteCount) }
  }

  /// Interleaves some blocks of the panel's rows, and prefetches the next panel's.
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

/// The interleaved lines that are unpacked next, prefetched a few at a time while rows are
/// multiplied: all at once they would delay the reads of the products.
struct UpcomingLines {
  private let lines: UnsafeRawPointer
  private let panelByteCount: Int
  private let lineCount: Int
  private var requested = 0

  /// Those of the tile after the one that begins at `firstPanel`: in the next superblock where that
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

  /// Prefetches the share of the lines that corresponds to `rows` rows.
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
