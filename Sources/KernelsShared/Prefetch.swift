// `_mm_prefetch` is a C macro, and `_m_prefetch` compiles to nothing here; LLVM's own intrinsic,
// with literal arguments, is one instruction. Arguments: address, for writing, locality (3 is the
// first-level cache, 2 the second), data.
@_extern(c, "llvm.prefetch.p0")
private func prefetchLine(
  _ address: UnsafeRawPointer, _ isWrite: Int32, _ locality: Int32, _ isData: Int32)

/// Prefetches a cache line (`prefetcht0`); any address is allowed.
@inline(__always) func prefetch(_ address: UnsafeRawPointer) {
  prefetchLine(address, 0, 3, 1)
}

/// Prefetches a cache line into the second-level cache (`prefetcht1`); any address is allowed.
@inline(__always) func prefetchFar(_ address: UnsafeRawPointer) {
  prefetchLine(address, 0, 2, 1)
}

/// Bytes between the line that is multiplied and the one that is prefetched, where each line is
/// multiplied once: a page, since the processor's own prefetching ends at the page's end.
let aheadByteCount = 4096

/// The bytes that the row tiles of a slice of weights prefetch while they multiply it.
///
/// Each tile takes an equal share of the next slice, so that memory is busy all the time. A tile alone
/// prefetches what it multiplies itself, ``aheadByteCount`` before.
struct SlicePrefetch {
  /// The first byte to prefetch in the next step.
  private var address: UnsafeRawPointer
  /// Bytes from one step to the next.
  private let stepByteCount: Int

  /// - Parameters:
  ///   - slice: its first byte; the next slice follows it.
  ///   - stepCount: steps of a tile through the slice.
  ///   - sliceStepByteCount: bytes of the slice that a step multiplies.
  ///   - tileCount: row tiles.
  ///   - largestStepByteCount: bytes that a step prefetches at most.
  @inline(__always)
  init(
    slice: UnsafeRawPointer, stepCount: Int, sliceStepByteCount: Int, tileCount: Int,
    largestStepByteCount: Int
  ) {
    address = slice + (tileCount > 1 ? stepCount * sliceStepByteCount : aheadByteCount)
    stepByteCount = min((sliceStepByteCount + tileCount - 1) / tileCount, largestStepByteCount)
  }

  /// Goes on to the share of later steps.
  @inline(__always)
  mutating func advance(bySteps count: Int) { address += count * stepByteCount }

  /// Prefetches `lineCount` lines, a literal, for `stepCount` steps, and goes on to the next; `far` lines
  /// go into the second-level cache only.
  @inline(__always)
  mutating func fetch(lineCount: Int, steps stepCount: Int = 1, far: Bool = false) {
    for line in 0..<lineCount {
      if far { prefetchFar(address + line &* 64) } else { prefetch(address + line &* 64) }
    }
    advance(bySteps: stepCount)
  }

  /// Prefetches all lines of some steps, and goes on to the next.
  ///
  /// The loop also ends a basic block: in one with what follows, LLVM's scheduler moves loads before
  /// multiplications until sums of integers no longer fit the registers (0.8 of the speed).
  @inline(__always)
  mutating func fetchAllLines(steps stepCount: Int) {
    let end = address + stepCount * stepByteCount
    while address < end {
      prefetch(address)
      address += 64
    }
    address = end
  }
}
