import Glibc
import Kernels
import PeaksAVX2
import PeaksAVX512

/// Prints the rates that bound the kernels: fused multiply-adds and byte products, in 10⁹
/// operations a second, with one thread and with all of `threadCount`.
///
/// Measure them in the same minute as the kernels: a shared machine changes its speed.
func measurePeaks(threadCount: Int) {
  typealias Loop = @Sendable (Int, UnsafePointer<Float>) -> Float
  var loops: [(name: String, operationCount: Int, loop: Loop)] = [
    (
      "AVX2 fma", PeaksAVX2.multiplyAddOperationCount,
      { PeaksAVX2.multiplyAdd(rounds: $0, $1) }
    ),
    (
      "AVX2 maddubs, madd, add", PeaksAVX2.multiplyBytesOperationCount,
      { PeaksAVX2.multiplyBytes(rounds: $0, $1) }
    ),
  ]
  if InstructionSet.supported >= .avx512 {
    loops += [
      (
        "AVX-512 fma", PeaksAVX512.multiplyAddOperationCount,
        { @Sendable in PeaksAVX512.multiplyAdd(rounds: $0, $1) }
      ),
      (
        "AVX-512 dpbusd", PeaksAVX512.multiplyBytesOperationCount,
        { @Sendable in PeaksAVX512.multiplyBytes(rounds: $0, $1) }
      ),
    ]
  }
  // Small numbers, so that the sums neither overflow nor become denormal.
  let numbers = values(256)
  print("| peak | 1 thread | \(threadCount) threads |\n|---|---|---|")
  for (name, operationCount, loop) in loops {
    let cells = [1, threadCount].map { count in
      // Some 10 ms a run; the fastest of 40 is the one that was disturbed least.
      let (pool, rounds) = (WorkerPool(threadCount: count), 2_000_000)
      var seconds = Double.infinity
      for _ in 0..<40 {
        let start = clockSeconds(CLOCK_MONOTONIC)
        pool.run(taskCount: count) { _ in sink(loop(rounds, numbers)) }
        seconds = min(seconds, clockSeconds(CLOCK_MONOTONIC) - start)
      }
      return Double(count * rounds * operationCount) / seconds / 1e9
    }
    print("| \(name) | \(Int(cells[0])) | \(Int(cells[1])) |")
  }
}

/// Uses a result, so that the compiler has to compute it.
@inline(never) func sink(_ value: Float) { if value == 0.123 { print(value) } }
