import Synchronization

/// Memory that operations need while they run, kept from call to call.
///
/// An operation takes a block, and gives it back when it ends. A block grows to the largest size
/// that was asked of it; so after the first calls nothing is allocated.
final class ScratchStore: Sendable {
  /// One block of memory, owned by one call at a time.
  final class Block: @unchecked Sendable {
    private(set) var bytes: UnsafeMutableRawPointer
    private var byteCount: Int

    init(byteCount: Int) {
      self.byteCount = byteCount
      bytes = allocateBytes(byteCount)
    }

    deinit { bytes.deallocate() }

    func reserve(_ byteCount: Int) {
      guard byteCount > self.byteCount else { return }
      bytes.deallocate()
      bytes = allocateBytes(byteCount)
      self.byteCount = byteCount
    }
  }

  private let free = Mutex<[Block]>([])

  /// Gives `body` a block of at least `byteCount` bytes at a 64-byte boundary, not initialised.
  func withBytes<R>(_ byteCount: Int, _ body: (UnsafeMutableRawPointer) -> R) -> R {
    let block = free.withLock { $0.popLast() } ?? Block(byteCount: byteCount)
    block.reserve(byteCount)
    defer { free.withLock { $0.append(block) } }
    return body(block.bytes)
  }
}
