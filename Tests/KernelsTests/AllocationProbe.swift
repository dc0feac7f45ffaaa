import Glibc

/// Tells whether a body allocates memory on the calling thread, be it one small block that it frees
/// again.
///
/// glibc counts a block that rests in a thread's own cache as in use. So once that cache holds no
/// block of any small size, each allocation takes new memory from the heap, and the bytes in use
/// (`mallinfo2().uordblks`) stay higher even after it was freed. Other threads of the process
/// allocate at the same time, so a body is measured until one measurement shows no change at all: one
/// that allocates never shows that.
enum AllocationProbe {
  /// Whether `body` runs without an allocation of up to 1,032 bytes; nil where that cannot be told.
  static func isFree(_ body: () -> Void) -> Bool? {
    #if arch(x86_64)
      guard let symbol = dlsym(nil, "mallinfo2") else { return nil }
      // The result, ten words, is returned through a hidden first argument (System V ABI).
      typealias Information = @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
      let information = unsafeBitCast(symbol, to: Information.self)
      let words = UnsafeMutablePointer<Int>.allocate(capacity: 10)
      defer { words.deallocate() }
      // 8 blocks of each size: a thread's cache keeps 7.
      var drained: [UnsafeMutableRawPointer?] = []
      drained.reserveCapacity(64 * 8)
      for _ in 0..<100 {
        for size in stride(from: 24, to: 1_040, by: 16) {
          for _ in 0..<8 { drained.append(malloc(size)) }
        }
        _ = information(UnsafeMutableRawPointer(words))
        let before = words[7]  // uordblks
        body()
        _ = information(UnsafeMutableRawPointer(words))
        let after = words[7]
        for block in drained { free(block) }
        drained.removeAll(keepingCapacity: true)
        if before == after { return true }
      }
      return false
    #else
      return nil
    #endif
  }
}
