import COpenBLAS
import Glibc
import KernelsAVX2
import KernelsAVX512
import KernelsReference

func seconds(_ repeats: Int, _ body: () -> Void) -> Double {
  var best = Double.infinity
  for _ in 0..<repeats {
    var a = timespec(); var b = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a)
    body()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b)
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
if CommandLine.arguments.contains("f32") {
  for (k, n, m) in [(384, 1152, 16), (384, 1152, 120), (384, 1536, 120), (1536, 384, 120), (384, 1536, 480), (1536, 384, 480)] {
    let flop = 2.0 * Double(m * n * k)
    let reps = max(50, min(2000, Int(8e9 / flop)))
    let t = seconds(reps) {
      for row in stride(from: 0, to: m, by: 120) {
        KernelsAVX512.multiplyPanels(PanelProduct(x: x + row * k, rows: min(120, m - row), inputs: k, panels: w, isHalf: false, panelRange: 0..<(n / 48), bias: bias, isGELU: false, y: y + row * n, outputs: n))
      }
    }
    print("K \(k) N \(n) M \(m): \(Int(flop / t / 1e9))", terminator: "   ")
  }
  print()
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

import Kernels

/// A MiniLM-L6 encoder of random weights.
func minilm(_ type: WeightType, _ path: KernelPath, threads: Int, isa: InstructionSet, batches: [(Int, Int)]) {
  let compute = Compute(path: path, threadCount: threads, instructionSet: isa)
  func weight(_ o: Int, _ i: Int) -> WeightMatrix {
    let count = o * i / type.blockElementCount * type.blockByteCount
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    defer { bytes.deallocate() }
    switch type {
    case .f32: for k in 0..<(o*i) { bytes.storeBytes(of: Float((k &* 2654435761) & 1023) / 10240 - 0.05, toByteOffset: k * 4, as: Float.self) }
    case .f16: for k in 0..<(o*i) { bytes.storeBytes(of: Float16(Float((k &* 2654435761) & 1023) / 10240 - 0.05), toByteOffset: k * 2, as: Float16.self) }
    case .q80: for b in 0..<(o*i/32) { bytes.storeBytes(of: Float16(0.0005), toByteOffset: b * 34, as: Float16.self); for k in 0..<32 { bytes[b * 34 + 2 + k] = UInt8((b &* 31 &+ k &* 7) & 255) } }
    }
    return try! WeightMatrix(type: type, outputs: o, inputs: i, bytes: UnsafeRawBufferPointer(bytes), compute: compute)
  }
  func vector(_ n: Int, _ v: Float) -> VectorWeight { VectorWeight([Float](repeating: v, count: n)) }
  let shared = CommandLine.arguments.contains("shared")
  let one1 = (qkv: weight(1152, 384), out: weight(384, 384), up: weight(1536, 384), down: weight(384, 1536))
  let layers = (0..<6).map { _ in shared ? one1 : (qkv: weight(1152, 384), out: weight(384, 384), up: weight(1536, 384), down: weight(384, 1536)) }
  let b1152 = vector(1152, 0.01), b384 = vector(384, 0.01), b1536 = vector(1536, 0.01), one = vector(384, 1)
  for (batch, length) in batches {
    let rows = batch * length
    var h = Matrix(rows: rows, columns: 384), qkv = Matrix(rows: rows, columns: 1152), a = Matrix(rows: rows, columns: 384), d = Matrix(rows: rows, columns: 384), f = Matrix(rows: rows, columns: 1536), e = Matrix(rows: batch, columns: 384)
    h.withMutableElements { s in for i in 0..<s.count { s[i] = Float((i &* 40503) & 255) / 128 - 1 } }
    let offsets = (0...batch).map { $0 * length }
    var parts = [Double](repeating: 0, count: 8)
    func clock() -> Double { var t = timespec(); clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t); return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9 }
    var times: [Double] = []
    let repeats = max(5, min(200, 10_000 / rows))
    for _ in 0..<repeats {
      let begin = clock()
      var last = begin
      func mark(_ i: Int) { let now = clock(); parts[i] += now - last; last = now }
      for layer in layers {
        compute.linear(h, layer.qkv, bias: b1152, into: &qkv); mark(0)
        compute.attention(queryKeyValue: qkv, sequenceOffsets: offsets, heads: 12, into: &a); mark(1)
        compute.linear(a, layer.out, bias: b384, into: &d); mark(2)
        compute.addLayerNorm(&h, residual: d, weight: one, bias: b384, epsilon: 1e-12); mark(3)
        compute.linearGELU(h, layer.up, bias: b1536, into: &f); mark(4)
        compute.linear(f, layer.down, bias: b384, into: &d); mark(5)
        compute.addLayerNorm(&h, residual: d, weight: one, bias: b384, epsilon: 1e-12); mark(6)
      }
      compute.meanPool(h, sequenceOffsets: offsets, into: &e)
      compute.l2Normalize(&e); mark(7)
      times.append(last - begin)
    }
    times.sort()
    let best = times[0], median = times[times.count / 2]
    let total = parts.reduce(0, +)
    let names = ["qkv", "attn", "out", "ln", "up+gelu", "down", "ln2", "pool"]
    print("\(type.rawValue) \(path) \(compute.instructionSet) T\(threads) b\(batch) s\(length): min \(Int(best * 1e6)) us, median \(Int(median * 1e6)) us, \(Int(Double(batch) / best)) / \(Int(Double(batch) / median)) sentences/s |", zip(names, parts).map { "\($0) \(Int(100 * $1 / total))%" }.joined(separator: " "))
  }
}

if CommandLine.arguments.contains("stream") {
  let big = memory(12 << 20)
  for mb in [1, 16, 42] {
    let n = mb << 18
    var sink: Float = 0
    let t = seconds(10) {
      var a = SIMD16<Float>(repeating: 0), b = a, c = a, d = a
      var i = 0
      while i < n {
        let p = UnsafeRawPointer(big + i)
        a += p.loadUnaligned(fromByteOffset: 0, as: SIMD16<Float>.self); b += p.loadUnaligned(fromByteOffset: 64, as: SIMD16<Float>.self)
        c += p.loadUnaligned(fromByteOffset: 128, as: SIMD16<Float>.self); d += p.loadUnaligned(fromByteOffset: 192, as: SIMD16<Float>.self)
        i += 64
      }
      sink += (a + b + c + d).sum()
    }
    print("stream \(mb) MB: \(Double(n * 4) / t / 1e9) GB/s", sink)
  }
}
if CommandLine.arguments.contains("minilm") {
  func number(_ name: String, _ fallback: Int) -> Int { CommandLine.arguments.compactMap { $0.hasPrefix(name + "=") ? Int($0.dropFirst(name.count + 1)) : nil }.first ?? fallback }
  let cases = [(1, 16), (1, 128), (1, 256), (32, 16), (32, 128), (32, 256)]
  let chosen = Array(cases.prefix(number("cases", 4)))
  for isa in [InstructionSet.avx512, .avx2] where CommandLine.arguments.contains(isa.rawValue) {
    for type in WeightType.allCases where CommandLine.arguments.contains(type.rawValue) {
      minilm(type, CommandLine.arguments.contains("blas") ? .blas : .simd, threads: number("threads", 1), isa: isa, batches: chosen)
    }
  }
}
if CommandLine.arguments.contains("attention") {
  let compute = Compute(threadCount: 1)
  for (b, t) in [(1, 16), (8, 16), (32, 16), (128, 16), (8, 128)] {
    var q = Matrix(rows: b * t, columns: 1152), o = Matrix(rows: b * t, columns: 384)
    q.withMutableElements { s in for i in 0..<s.count { s[i] = Float((i &* 40503) & 255) / 128 - 1 } }
    let offsets = (0...b).map { $0 * t }
    let best = seconds(200) {
      compute.attention(queryKeyValue: q, sequenceOffsets: offsets, heads: 12, into: &o)
    }
    print("attention b\(b) s\(t): \(best * 1e6 / Double(b)) us a sequence")
  }
}
