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
