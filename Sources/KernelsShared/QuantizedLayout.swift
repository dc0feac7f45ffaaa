// The orders in memory that the kernels of quantised weights share; what differs between the
// instruction sets is in SuperblockOrder.swift.

/// Activations of a superblock.
let superblockElementCount = 256

/// The offset of the sixteen sums of 16 `Q8_K` quants, in Int16 and in the order
/// 0 2 1 3, 4 6 5 7, ...: a 32-bit word pairs what ``evenBytes(_:)`` and ``oddBytes(_:)`` pair.
let sumsOf16Offset = 256
/// The offset of the eight sums of 32 `Q8_K` quants, likewise.
let sumsOf32Offset = 288
/// The offset of the Float32 scale of `Q8_K`.
let activationScaleOffset = 304

/// The offset of the Float32 scales of eight `Q8_0` blocks.
let blockScalesOffset = 256
/// The offset of -128 times the sums of eight `Q8_0` blocks, in Int32.
let blockCorrectionsOffset = 288

/// Bytes of a register.
let registerByteCount = laneCount * 4

/// Bytes of a line: 32 bits of each of a panel's 16 rows.
let lineByteCount = 64

// A superblock of a panel, unpacked for many rows of activations: 64 lines of four quants of each
// output, then what follows. 5.6 KB, so that two of them stay in the first-level
// cache beside the activations.

/// The offset of the scales of the sub-blocks, as ``SuperblockTile`` wants them; for blocks of 32,
/// a line of Float32 scales each.
let unpackedScalesOffset = 4096
/// The offset of the lines that are multiplied with sums of activations, up to 8.
let unpackedPairsOffset = 5120
/// The offset of the line of Float32 scales of the superblock, and after it that of the minima.
let unpackedFactorsOffset = 5632
/// Bytes of an unpacked superblock.
let unpackedByteCount = 5760

/// One superblock of a panel, interleaved.
struct PanelSuperblock {
  /// Its lines.
  var words: UnsafeRawPointer
  /// Its Float16 scales where they are not part of a word, `[block, row]`.
  var halves: UnsafeRawPointer
  /// Its blocks: 1, or up to 8 blocks of 32.
  var blockCount: Int
}

/// The outputs that a tile of the product computes: two registers of lanes.
package let tileColumns = 2 * laneCount

/// Bytes from a tile's first register of an unpacked line to its second: the other half of a line
/// of 64 bytes, or, where a register holds all of it, the line of the next panel.
let secondRegisterOffset = laneCount == 8 ? 32 : unpackedByteCount

/// Panels of 16 rows in a tile.
let tilePanels = tileColumns / 16

/// Panels of the tiles that are multiplied together: 64 outputs.
///
/// Chosen with a copy of the loop on 2 threads and 512 rows of 14,336: 128 outputs are as fast, 32
/// are slower by a twentieth.
let groupPanels = 4

/// Rows of activations of one call at most: a superblock of them and a group's sums stay in the
/// second-level cache.
package let largestQuantizedRowCount = 512

/// Bytes of scratch for a product of `rows` rows: an interleaved superblock,
/// the unpacked ones of a tile, and a group's sums `[tile, row, tileColumns]`.
package func quantizedScratchByteCount(rows: Int) -> Int {
  interleavedByteCount + 2 * unpackedByteCount + rows * groupPanels * 64
}

/// Bytes for one interleaved superblock of any format: 256 of scales, and at most the 64 lines of
/// `Q8_0`.
let interleavedByteCount = 4352
