import Glibc

/// Tells whether a body allocates memory on the calling thread, be it one small block that it frees
/// again.
enum AllocationProbe {
  /// Whether `body` runs without an allocation of up to 520 bytes; nil where that cannot be measured.
  ///
  /// The threads of the system's libraries allocate and free now and then, which can feign a block
  /// or hide one; so most of nine looks decide. For ``OwnProcess``.
  static func isFree(_ body: () -> Void) -> Bool? {
    guard let meter = AllocationMeter() else { return nil }
    var freeCount = 0
    var lookCount = 0
    for _ in 0..<40 where lookCount < 9 {
      guard meter.arm() else { continue }
      body()
      if meter.isUnchanged { freeCount += 1 }
      lookCount += 1
    }
    return lookCount == 0 ? nil : 2 * freeCount > lookCount
  }
}

/// Sees allocations of small blocks on the calling thread between two moments.
///
/// glibc counts a block that rests in a thread's own cache as in use. So once neither that cache
/// nor the heap's lists hold a block of any small size, each allocation takes new memory, and the
/// bytes in use (`mallinfo2().uordblks`) stay higher even after it was freed. A control allocation
/// of each size shows that this holds.
final class AllocationMeter {
  /// Sizes of malloc's blocks up to 528 bytes, their header of 8 bytes included.
  private static let blockByteCounts = stride(from: 32, through: 528, by: 16)
  private static let controlByteCount = blockByteCounts.reduce(0, +)
  // The result, ten words, is returned through a hidden first argument (System V ABI).
  private typealias Information =
    @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer

  private let information: Information
  private let words = UnsafeMutablePointer<Int>.allocate(capacity: 10)
  private var kept: [UnsafeMutableRawPointer?] = []
  private var armedByteCount = 0

  /// Nil where the C library does not count.
  init?() {
    #if arch(x86_64)
      guard let symbol = dlsym(nil, "mallinfo2") else { return nil }
      information = unsafeBitCast(symbol, to: Information.self)
      kept.reserveCapacity(1 << 17)
    #else
      return nil
    #endif
  }

  deinit {
    for block in kept { free(block) }
    words.deallocate()
  }

  /// Empties the lists; false where that cannot be shown.
  ///
  /// A block from the heap's lists may be 16 bytes larger than what was asked for, when the rest
  /// would be too small for a block of its own; then the control does not add up, and the next
  /// blocks are tried.
  func arm() -> Bool {
    for _ in 0..<16 {
      // 8 blocks of each size: a thread's cache keeps 7.
      for _ in 0..<8 { for size in Self.blockByteCounts { kept.append(malloc(size - 8)) } }
      let start = usedByteCount()
      for size in Self.blockByteCounts { kept.append(malloc(size - 8)) }
      armedByteCount = usedByteCount()
      if armedByteCount - start == Self.controlByteCount { return true }
    }
    return false
  }

  /// Whether nothing was allocated since ``arm()``.
  var isUnchanged: Bool { usedByteCount() == armedByteCount }

  private func usedByteCount() -> Int {
    _ = information(UnsafeMutableRawPointer(words))
    return words[7]  // uordblks
  }
}
