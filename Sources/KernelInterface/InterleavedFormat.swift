/// The interleaved layout of one block format: sixteen rows, 32 bits at a time.
///
/// A block is whole 32-bit words, except that some formats also have one Float16 scale. A panel
/// holds, for 16 rows, first these scales, `[block, row]`, then the words, `[block, word, row]`:
/// the transpose of the rows' words, so a 64-byte line holds the same word of all 16 rows. Only the
/// order of the bytes changes.
package struct InterleavedFormat: Sendable {
  /// Bytes of a block in a file.
  package var blockByteCount: Int
  /// Elements of a block.
  package var blockElementCount: Int
  /// The offset in a block of the first word.
  package var wordsOffset: Int
  /// Words of a block, a multiple of 4.
  package var wordCount: Int
  /// The offset in a block of the Float16 scale that is not part of a word, or nil.
  package var halfOffset: Int?

  /// Rows of a panel.
  package static let rowCount = 16

  /// A format of these sizes and offsets.
  package init(
    blockByteCount: Int, blockElementCount: Int, wordsOffset: Int, wordCount: Int, halfOffset: Int?
  ) {
    self.blockByteCount = blockByteCount
    self.blockElementCount = blockElementCount
    self.wordsOffset = wordsOffset
    self.wordCount = wordCount
    self.halfOffset = halfOffset
  }

  /// Bytes of one panel: those of its 16 rows.
  package func panelByteCount(inputs: Int) -> Int {
    inputs / blockElementCount * blockByteCount * Self.rowCount
  }

  /// `Q4_K`: 36 words, the scales among them.
  package static let q4K = InterleavedFormat(
    blockByteCount: 144, blockElementCount: 256, wordsOffset: 0, wordCount: 36, halfOffset: nil)
  /// `Q5_K`: 44 words, the scales among them.
  package static let q5K = InterleavedFormat(
    blockByteCount: 176, blockElementCount: 256, wordsOffset: 0, wordCount: 44, halfOffset: nil)
  /// `Q6_K`: 52 words, then the scale.
  package static let q6K = InterleavedFormat(
    blockByteCount: 210, blockElementCount: 256, wordsOffset: 0, wordCount: 52, halfOffset: 208)
  /// `Q8_0`: the scale, then 8 words.
  package static let q80 = InterleavedFormat(
    blockByteCount: 34, blockElementCount: 32, wordsOffset: 2, wordCount: 8, halfOffset: 0)
  /// Float32, for rows that were widened: sixteen numbers, the largest tile of a transpose, make a
  /// block.
  package static let f32 = InterleavedFormat(
    blockByteCount: 64, blockElementCount: 16, wordsOffset: 0, wordCount: 16, halfOffset: nil)
  /// `Q4_0`: the scale, then 4 words.
  package static let q40 = InterleavedFormat(
    blockByteCount: 18, blockElementCount: 32, wordsOffset: 2, wordCount: 4, halfOffset: 0)
}

/// Sixteen rows of blocks to interleave, and where to.
package struct InterleaveStep {
  /// The 16 rows' first blocks; a row that does not exist repeats another.
  package var rows: UnsafePointer<UnsafeRawPointer>
  /// Blocks of each row.
  package var blockCount: Int
  /// The format.
  package var format: InterleavedFormat
  /// Receives the scales that are not part of a word, `[block, row]`; unused without such scales.
  package var halves: UnsafeMutableRawPointer
  /// Receives the words, `[block, word, row]`.
  package var words: UnsafeMutableRawPointer
  /// Bytes from one word of the 16 rows to the next; 64 without gaps.
  package var lineStride: Int

  /// Creates the operands of one call.
  package init(
    rows: UnsafePointer<UnsafeRawPointer>, blockCount: Int, format: InterleavedFormat,
    halves: UnsafeMutableRawPointer, words: UnsafeMutableRawPointer, lineStride: Int = 64
  ) {
    self.rows = rows
    self.blockCount = blockCount
    self.format = format
    self.halves = halves
    self.words = words
    self.lineStride = lineStride
  }
}
