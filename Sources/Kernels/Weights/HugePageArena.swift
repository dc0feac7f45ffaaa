import Glibc
import Synchronization

/// The memory of packed weights: large stretches in huge pages, handed out piece by piece.
///
/// A model's weights are read from one end to the other in every pass. In pages of 4 KB that costs
/// a walk of the page table for each, which at few tokens took as long as the arithmetic; in
/// pages of 2 MB it does not. Untouched pages of a stretch cost nothing.
final class HugePageArena: Sendable {
  /// A piece of a stretch, which lives as long as any of its pieces.
  final class Piece: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    private let stretch: Stretch

    fileprivate init(start: UnsafeMutableRawPointer, stretch: Stretch) {
      self.start = start
      self.stretch = stretch
    }
  }

  fileprivate final class Stretch: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
      self.byteCount = byteCount
      start = .allocate(byteCount: byteCount, alignment: HugePageArena.hugePage)
      madvise(start, byteCount, MADV_HUGEPAGE)
    }

    deinit { start.deallocate() }
  }

  private static let hugePage = 2 << 20
  /// Bytes of a stretch at least; most of a small model's weights fit in one.
  private static let stretchByteCount = 64 << 20

  private let current = Mutex<(stretch: Stretch?, used: Int)>((nil, 0))

  /// Memory for a weight, at a 64-byte boundary, not initialised.
  func allocate(byteCount: Int) -> Piece {
    let needed = (byteCount + 63) / 64 * 64
    return current.withLock { state in
      if let stretch = state.stretch, stretch.byteCount - state.used >= needed {
        let piece = Piece(start: stretch.start + state.used, stretch: stretch)
        state.used += needed
        return piece
      }
      let pages = (max(needed, Self.stretchByteCount) + Self.hugePage - 1) / Self.hugePage
      let stretch = Stretch(byteCount: pages * Self.hugePage)
      state = (stretch, needed)
      return Piece(start: stretch.start, stretch: stretch)
    }
  }
}
