import Glibc

/// Tells whether a body allocates memory on the calling thread, be it one small block that it frees
/// again.
///
/// glibc counts a block that rests in a thread's own cache as in use. So once neither that cache nor
/// the heap's lists hold a block of any small size, each allocation takes new memory, and the bytes in
/// use (`mallinfo2().uordblks`) stay higher even after it was freed. A control allocation of each size
/// shows that this holds; then the body is measured. Other threads of the process allocate at the
/// same time, so this is repeated until one measurement shows no change at all: a body that allocates
/// never shows that.
enum AllocationProbe {
  /// Sizes of malloc's blocks up to 528 bytes, their header of 8 bytes included.
  private static let blockByteCounts = stride(from: 32, through: 528, by: 16)

  /// Whether `body` runs without an allocation of up to 520 bytes; nil where that cannot be told.
  static func isFree(_ body: () -> Void) -> Bool? {
    #if arch(x86_64)
      guard let symbol = dlsym(nil, "mallinfo2") else { return nil }
      // The result, ten words, is returned through a hidden first argument (System V ABI).
      typealias Information = @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
      let information = unsafeBitCast(symbol, to: Information.self)
      let words = UnsafeMutablePointer<Int>.allocate(capacity: 10)
      defer { words.deallocate() }
      func usedByteCount() -> Int {
        _ = information(UnsafeMutableRawPointer(words))
        return words[7]  // uordblks
      }
      var kept: [UnsafeMutableRawPointer?] = []
      kept.reserveCapacity(1 << 17)
      defer { for block in kept { free(block) } }
      let controlByteCount = blockByteCounts.reduce(0, +)
      var wasMeasured = false
      for _ in 0..<400 {
        // 8 blocks of each size: a thread's cache keeps 7.
        for _ in 0..<8 { for size in blockByteCounts { kept.append(malloc(size - 8)) } }
        let start = usedByteCount()
        for size in blockByteCounts { kept.append(malloc(size - 8)) }
        let before = usedByteCount()
        guard before - start == controlByteCount else { continue }
        body()
        if usedByteCount() == before { return true }
        wasMeasured = true
      }
      return wasMeasured ? false : nil
    #else
      return nil
    #endif
  }
}
