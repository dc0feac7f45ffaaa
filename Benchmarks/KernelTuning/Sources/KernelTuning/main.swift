// Measures the kernels alone:
//
//   swift run -c release --package-path Benchmarks/KernelTuning KernelTuning products
//   swift run -c release --package-path Benchmarks/KernelTuning KernelTuning elementwise
//   swift run -c release --package-path Benchmarks/KernelTuning KernelTuning cached
//   swift run -c release --package-path Benchmarks/KernelTuning KernelTuning quantized [cache|rows [ROWS [TYPE]]|memory]
//   swift run -c release --package-path Benchmarks/KernelTuning KernelTuning encoder [THREADS [1x16,32x128]]
//   swift run -c release --package-path Benchmarks/KernelTuning KernelTuning shares [THREADS [MODEL]]
//   swift run -c release --package-path Benchmarks/KernelTuning KernelTuning decoder [THREADS [ROWS]]
//   swift run -c release --package-path Benchmarks/KernelTuning KernelTuning peaks [THREADS]
//
// All but the encoder, the decoder, the shares and the peaks need a processor with AVX-512 and VNNI; `SWIFTRAG_ISA=avx2`
// lowers the encoder, the decoder and the shares.

import Kernels

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "products":
  MatrixProductTable().run(rowCounts: [1, 16, 50, 128, 256, 512, 1500, 4096])
case "elementwise":
  measureElementwise()
  measureAttention()
case "cached":
  measureCachedAttention()
case "quantized":
  let table = QuantizedProductTable()
  let wanted = arguments.dropFirst().first
  if wanted == nil || wanted == "cache" { table.cacheTable() }
  if wanted == nil || wanted == "rows" {
    let rows = arguments.dropFirst(2).first.flatMap { Int($0) }
    table.productTable(
      rowCounts: rows.map { [$0] } ?? [2, 4, 16, 128, 256], type: arguments.dropFirst(3).first)
  }
  if wanted == nil || wanted == "memory" { table.memoryTable(threadCounts: [1, 2]) }
case "encoder":
  let threadCount = arguments.dropFirst().first.flatMap { Int($0) } ?? 1
  let shapes =
    arguments.dropFirst(2).first.map { list in
      list.split(separator: ",").map { shape in
        let numbers = shape.split(separator: "x").compactMap { Int($0) }
        return (numbers[0], numbers[1])
      }
    } ?? [(1, 16), (1, 128), (1, 256), (32, 16), (32, 128), (32, 256)]
  print("| weights | batch x tokens | best µs | median µs | shares |\n|---|---|---|---|---|")
  for (type, path) in [
    (WeightType.f32, KernelBackend.simd), (.f16, .simd), (.q80, .simd), (.f32, .blas),
  ] {
    let encoder = try Encoder(
      type: type, compute: ComputeContext(path: path, threadCount: threadCount))
    for (batch, length) in shapes {
      encoder.measure(batch: batch, length: length)
    }
  }
case "shares":
  let threadCount = arguments.dropFirst().first.flatMap { Int($0) } ?? 2
  let table = ShareTable(compute: ComputeContext(path: .simd, threadCount: threadCount))
  try table.products(only: arguments.dropFirst(2).first)
  table.attention()
case "decoder":
  let numbers = arguments.dropFirst().compactMap { Int($0) }
  print("| part of a step | best µs | median µs |\n|---|---|---|")
  try DecoderTable(
    compute: ComputeContext(path: .simd, threadCount: numbers.first ?? 2),
    rows: numbers.dropFirst().first ?? 1
  ).run()
case "peaks":
  measurePeaks(threadCount: arguments.dropFirst().first.flatMap { Int($0) } ?? 2)
default:
  print(
    "usage: KernelTuning peaks [THREADS] | shares [THREADS [MODEL]] | products | elementwise | cached | quantized [PART]"
      + " | encoder [THREADS] | decoder [THREADS [ROWS]]")
}
