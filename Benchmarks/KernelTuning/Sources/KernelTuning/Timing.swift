import Glibc

/// The shortest of several runs, in seconds of the calling thread's processor time, which other
/// programs on the machine disturb least.
func processorSeconds(repeats: Int, _ body: () -> Void) -> Double {
  (0..<repeats).reduce(Double.infinity) { best, _ in
    let start = clockSeconds(CLOCK_THREAD_CPUTIME_ID)
    body()
    return min(best, clockSeconds(CLOCK_THREAD_CPUTIME_ID) - start)
  }
}

/// A clock's reading in seconds.
func clockSeconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Float32 values in -0.5..<0.5 at a 64-byte boundary, never freed.
func values(_ count: Int) -> UnsafeMutablePointer<Float> {
  let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
    .bindMemory(to: Float.self, capacity: count)
  // 2654435761 = 2^32 / golden ratio (Knuth's multiplicative hashing).
  for index in 0..<count { memory[index] = Float(index &* 2_654_435_761 & 1023) / 1024 - 0.5 }
  return memory
}
