import COpenBLAS
import Glibc
import KernelsAVX2
import KernelsAVX512
import KernelsReference

func seconds(_ repeats: Int, _ body: () -> Void) -> Double {
  var best = Double.infinity
  for _ in 0..<repeats {
    var a = timespec(); var b = timespec()
    clock_gettime(CLOCK_MONOTONIC, &a)
    body()
    clock_gettime(CLOCK_MONOTONIC, &b)
    best = min(best, Double(b.tv_sec - a.tv_sec) + Double(b.tv_nsec - a.tv_nsec) * 1e-9)
  }
  return best
}
func memory(_ n: Int) -> UnsafeMutablePointer<Float> {
  let p = UnsafeMutableRawPointer.allocate(byteCount: n * 4 + 64, alignment: 64).bindMemory(to: Float.self, capacity: n)
  for i in 0..<n { p[i] = Float((i &* 2654435761) & 1023) / 1024 - 0.5 }
  return p
}
openblas_set_num_threads(1)
let x = memory(4096 * 1536), w = memory(1536 * 1600), y = memory(4096 * 1536), z = memory(4096 * 1536), bias = memory(1600)
let q = UnsafeMutableRawPointer.allocate(byteCount: 4096 * 4096, alignment: 64)
let ws = UnsafeMutableRawPointer(memory(1536 * 50)).bindMemory(to: Float16.self, capacity: 1536 * 50)
for i in 0..<(1536*50) { ws[i] = 0.01 }
if CommandLine.arguments.contains("gemm") {
for (k, n) in [(384, 384), (384, 1152), (384, 1536), (1536, 384)] {
  for m in [1, 4, 16, 50, 128, 512, 1500] {
    let flop = 2.0 * Double(m * n * k)
    let reps = max(5, min(2000, Int(1e9 / flop)))
    func product(_ h: Bool, _ c: Int) -> PanelProduct { PanelProduct(x: x, rows: m, inputs: k, panels: w, isHalf: h, panelRange: 0..<((n + c - 1) / c), bias: bias, isGELU: false, y: y, outputs: n) }
    func blocks(_ c: Int) -> BlockProduct { BlockProduct(x: q, rows: m, inputs: k, quants: w, scales: ws, panelRange: 0..<((n + c - 1) / c), bias: bias, isGELU: false, y: y, outputs: n) }
    func f512(_ h: Bool) -> Double { seconds(reps) { KernelsAVX512.multiplyPanels(product(h, 48)) } }
    func f2(_ h: Bool) -> Double { seconds(reps) { KernelsAVX2.multiplyPanels(product(h, 16)) } }
    KernelsAVX512.quantizeRows(x, rows: m, inputs: k, into: q)
    let q512 = seconds(reps) { KernelsAVX512.multiplyBlocks(blocks(48)) }
    KernelsAVX2.quantizeRows(x, rows: m, inputs: k, into: q)
    let q2 = seconds(reps) { KernelsAVX2.multiplyBlocks(blocks(16)) }
    let b = seconds(reps) { cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, Int32(m), Int32(n), Int32(k), 1, x, Int32(k), w, Int32(k), 0, z, Int32(n)) }
    func g(_ s: Double) -> Int { Int(flop / s / 1e9) }
    print("K \(k) N \(n) M \(m): avx512 f32 \(g(f512(false))) f16 \(g(f512(true))) q8 \(g(q512))   avx2 f32 \(g(f2(false))) f16 \(g(f2(true))) q8 \(g(q2))  blas \(g(b)) GFLOP/s")
  }
}
}
if CommandLine.arguments.contains("rest") {
  let n = 128 * 1536
  print("gelu el/ns", Double(n) / 1e9 / seconds(200) { KernelsAVX512.finishTile(y, rows: 128, stride: 1536, width: 1536, bias: bias, isGELU: true) }, Double(n) / 1e9 / seconds(200) { KernelsAVX2.finishTile(y, rows: 128, stride: 1536, width: 1536, bias: bias, isGELU: true) })
  print("quant el/ns", Double(n) / 1e9 / seconds(200) { KernelsAVX512.quantizeRows(x, rows: 128, inputs: 1536, into: q) }, Double(n) / 1e9 / seconds(200) { KernelsAVX2.quantizeRows(x, rows: 128, inputs: 1536, into: q) })
  let ln = LayerNormRows(x: y, residual: x, rows: 128, width: 384, weight: w, bias: bias, epsilon: 1e-12)
  print("layernorm el/ns", Double(128*384) / 1e9 / seconds(200) { KernelsAVX512.normalize(ln) }, Double(128*384) / 1e9 / seconds(200) { KernelsAVX2.normalize(ln) })
  for t in [16, 128, 256] {
    func attn(_ qc: Int, _ f: (AttentionBlock) -> Void) -> Double { seconds(200) { for h in 0..<12 { for s in stride(from: 0, to: t, by: qc) {
      f(AttentionBlock(queries: x + s * 1152 + h * 32, keys: x + 384 + h * 32, values: x + 768 + h * 32, stride: 1152, queryCount: min(qc, t - s), keyCount: t, headDim: 32, y: y + s * 384 + h * 32, yStride: 384, scratch: z)) } } } }
    let flop = Double(4 * t * t * 384)
    let a = attn(KernelsAVX512.attentionQueryCount, KernelsAVX512.attend), b = attn(KernelsAVX2.attentionQueryCount, KernelsAVX2.attend)
    print("attention T", t, "us", a * 1e6, "GFLOP/s", flop / a / 1e9, "avx2 us", b * 1e6, flop / b / 1e9)
  }
}
