import Glibc
import Kernels
import KernelsAVX2
import KernelsAVX512
import KernelInterface

/// The kernels of one format in one instruction set.
struct QuantizedKernel {
  let name: String
  let format: InterleavedFormat
  let isQ8K: Bool
  let wide: (QuantizedProduct) -> Void
  let narrow: (QuantizedProduct) -> Void
  /// In tile registers.
  let tiled: (QuantizedProduct) -> Void

  static var all: [QuantizedKernel] {
    [
      QuantizedKernel(
        name: "Q4_K", format: .q4K, isQ8K: true, wide: KernelsAVX512.linearQ4K,
        narrow: KernelsAVX2.linearQ4K, tiled: KernelsAVX512.linearTilesQ4K),
      QuantizedKernel(
        name: "Q5_K", format: .q5K, isQ8K: true, wide: KernelsAVX512.linearQ5K,
        narrow: KernelsAVX2.linearQ5K, tiled: KernelsAVX512.linearTilesQ5K),
      QuantizedKernel(
        name: "Q6_K", format: .q6K, isQ8K: true, wide: KernelsAVX512.linearQ6K,
        narrow: KernelsAVX2.linearQ6K, tiled: KernelsAVX512.linearTilesQ6K),
      QuantizedKernel(
        name: "Q8_0", format: .q80, isQ8K: false, wide: KernelsAVX512.linearQ80,
        narrow: KernelsAVX2.linearQ80, tiled: KernelsAVX512.linearTilesQ80),
      QuantizedKernel(
        name: "Q4_0", format: .q40, isQ8K: false, wide: KernelsAVX512.linearQ40,
        narrow: KernelsAVX2.linearQ40, tiled: KernelsAVX512.linearTilesQ40),
    ]
  }
}

/// Products with quantised weights: decoding from the caches and from memory, and many rows.
struct QuantizedProductTable {
  private let scratch = (0..<2).map { _ in
    UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 64)
  }
  private let y = values(512 * 14336)
  private let weights: UnsafeMutableRawPointer
  private let weightByteCount = 1 << 30

  init() {
    weights = .allocate(byteCount: weightByteCount, alignment: 2 << 20)
    madvise(weights, weightByteCount, MADV_HUGEPAGE)
    let words = weights.bindMemory(to: UInt64.self, capacity: weightByteCount / 8)
    // Every Float16 in the bytes is small and finite: no byte has the top exponent bits.
    var state: UInt64 = 1
    for index in 0..<(weightByteCount / 8) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      words[index] = (state ^ state >> 29) & 0x3b3b_3b3b_3b3b_3b3b
    }
  }

  private func activations(
    _ kernel: QuantizedKernel, isWide: Bool, rows: Int, inputs: Int
  ) -> UnsafeMutableRawPointer {
    let x = values(rows * inputs)
    let byteCount = isWide ? KernelsAVX512.activationByteCount : KernelsAVX2.activationByteCount
    let target = UnsafeMutableRawPointer.allocate(
      byteCount: rows * inputs / 256 * byteCount, alignment: 64)
    let quantize =
      switch (isWide, kernel.isQ8K) {
      case (true, true): KernelsAVX512.quantizeQ8K
      case (true, false): KernelsAVX512.quantizeSignedQ80
      case (false, true): KernelsAVX2.quantizeQ8K
      case (false, false): KernelsAVX2.quantizeSignedQ80
      }
    quantize(x, rows, inputs, target, rows)
    x.deallocate()
    return target
  }

  private func product(
    _ kernel: QuantizedKernel, _ x: UnsafeRawPointer, rows: Int, inputs: Int, outputs: Int,
    isMapped: Bool, thread: Int = 0, byteOffset: Int = 0
  ) -> QuantizedProduct {
    QuantizedProduct(
      x: x, rows: rows, inputs: inputs,
      weight: QuantizedRows(
        panels: weights + byteOffset, panelCount: isMapped ? 0 : outputs / 16,
        fileRows: weights + byteOffset,
        rowByteCount: inputs / kernel.format.blockElementCount * kernel.format.blockByteCount,
        outputs: outputs),
      panelRange: 0..<(outputs / 16), y: y, yStride: outputs, addsToY: false,
      scratch: scratch[thread])
  }

  /// ns of 256 weights with data in the second-level cache.
  func cacheTable() {
    print("| ns of 256 weights, in cache | AVX-512 | in place | AVX2 | in place |")
    print("|---|---|---|---|---|")
    for kernel in QuantizedKernel.all {
      let (inputs, outputs) = (4096, 96)
      let wide = activations(kernel, isWide: true, rows: 1, inputs: inputs)
      let narrow = activations(kernel, isWide: false, rows: 1, inputs: inputs)
      let cells = [
        (kernel.wide, wide, false), (kernel.wide, wide, true), (kernel.narrow, narrow, false),
        (kernel.narrow, narrow, true),
      ]
      .map { multiply, x, isMapped in
        let product = product(
          kernel, x, rows: 1, inputs: inputs, outputs: outputs, isMapped: isMapped)
        let seconds = processorSeconds(repeats: 2_000) { multiply(product) }
        return String(Double(Int(seconds * 1e9 / Double(inputs * outputs / 256) * 100)) / 100)
      }
      print("| \(kernel.name) | " + cells.joined(separator: " | ") + " |")
    }
  }

  /// GB/s of weights from memory, on 1 and 2 threads.
  func memoryTable(threadCounts: [Int]) {
    print(
      "| GB/s from memory, threads | stream | Q4_K | in place | Q5_K | in place | Q6_K | in place | Q8_0 | in place | Q4_0 | in place |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for threadCount in threadCounts {
      var cells: [String] = []
      func measure(_ bytesPerCall: Int, _ body: @escaping @Sendable (Int, Int) -> Void) {
        let calls = weightByteCount / bytesPerCall
        var best = Double.infinity
        for _ in 0..<3 {
          let start = clockSeconds(CLOCK_MONOTONIC)
          inParallel(threadCount) { thread in
            for call in (calls * thread / threadCount)..<(calls * (thread + 1) / threadCount) {
              body(call * bytesPerCall, thread)
            }
          }
          best = min(best, clockSeconds(CLOCK_MONOTONIC) - start)
        }
        cells.append(String(Double(Int(Double(calls * bytesPerCall) / best * 1e-8)) / 10))
      }
      let table = Shared(self)
      measure(1 << 20) { offset, _ in
        table.value.consume(KernelTuning.stream(table.value.weights + offset, byteCount: 1 << 20))
      }
      for kernel in QuantizedKernel.all {
        let (inputs, outputs) = (4096, 1024)
        let bytes =
          outputs * inputs / kernel.format.blockElementCount * kernel.format.blockByteCount
        let x = activations(kernel, isWide: true, rows: 1, inputs: inputs)
        let shared = Shared((x, kernel))
        for isMapped in [false, true] {
          measure(bytes) { offset, thread in
            let (x, kernel) = shared.value
            let product = table.value.product(
              kernel, x, rows: 1, inputs: inputs, outputs: outputs, isMapped: isMapped,
              thread: thread, byteOffset: offset)
            kernel.wide(product)
          }
        }
      }
      print("| \(threadCount) | " + cells.joined(separator: " | ") + " |")
    }
  }

  /// 10^9 operations a second with many rows, one thread; of one type or all.
  func productTable(rowCounts: [Int], type: String?) {
    print(
      "| GOP/s 4096 x 14336, rows | type | AVX-512 | in place | AVX2 | in place | AMX | in place |\n|---|---|---|---|---|---|---|---|"
    )
    for rows in rowCounts {
      for kernel in QuantizedKernel.all where type == nil || type == kernel.name {
        let (inputs, outputs) = (4096, 1024)
        let wide = activations(kernel, isWide: true, rows: rows, inputs: inputs)
        let narrow = activations(kernel, isWide: false, rows: rows, inputs: inputs)
        let tiled = InstructionSet.supported >= .amx ? kernel.tiled : nil
        let variants: [(((QuantizedProduct) -> Void)?, UnsafeMutableRawPointer, Bool)] = [
          (kernel.wide, wide, false), (kernel.wide, wide, true), (kernel.narrow, narrow, false),
          (kernel.narrow, narrow, true), (tiled, wide, false), (tiled, wide, true),
        ]
        let cells = variants.map { multiply, x, isMapped in
          guard let multiply else { return "" }
          let product = product(
            kernel, x, rows: rows, inputs: inputs, outputs: outputs, isMapped: isMapped)
          let seconds = processorSeconds(repeats: 5) { multiply(product) }
          return String(Int(2 * Double(rows * inputs * outputs) / seconds * 1e-9))
        }
        print("| \(rows) | \(kernel.name) | " + cells.joined(separator: " | ") + " |")
      }
    }
  }

  /// Keeps a result from being optimised away.
  @inline(never) private func consume(_ value: UInt64) { y[0] = Float(value & 1) }
}

/// Reads memory as fast as the processor can; the sum keeps it honest.
@inline(never)
func stream(_ start: UnsafeRawPointer, byteCount: Int) -> UInt64 {
  var a = SIMD8<UInt64>(repeating: 0)
  var b = a
  for offset in stride(from: 0, to: byteCount, by: 128) {
    a ^= start.load(fromByteOffset: offset, as: SIMD8<UInt64>.self)
    b ^= start.load(fromByteOffset: offset + 64, as: SIMD8<UInt64>.self)
  }
  a ^= b
  return a[0] ^ a[1] ^ a[2] ^ a[3] ^ a[4] ^ a[5] ^ a[6] ^ a[7]
}

/// A value that threads share, each touching its own part.
struct Shared<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

/// Runs `body` on several threads at once.
func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let threads = (1..<max(1, count)).map { index in
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      {
        Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().body(); return nil
      },
      Unmanaged.passRetained(Box { body(index) }).toOpaque())
    return thread
  }
  body(0)
  for thread in threads { pthread_join(thread, nil) }
}
