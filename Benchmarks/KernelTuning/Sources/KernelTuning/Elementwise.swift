import KernelsAVX2
import KernelsAVX512
import KernelInterface

/// The operations other than matrix products, on one thread, in both instruction sets.
func measureElementwise() {
  let (rows, width) = (128, 1536)
  let x = values(rows * width)
  let y = values(rows * width)
  let bias = values(width)
  let quantized = UnsafeMutableRawPointer.allocate(byteCount: rows * 4096, alignment: 64)
  func report(_ name: String, elements: Int, _ wide: () -> Void, _ narrow: () -> Void) {
    let count = Double(elements) * 1e-9
    let rates = [
      count / processorSeconds(repeats: 300, wide), count / processorSeconds(repeats: 300, narrow),
    ]
    print("| \(name) | \((rates[0] * 10).rounded() / 10) | \((rates[1] * 10).rounded() / 10) |")
  }
  print("| elements a ns | AVX-512 | AVX2 |\n|---|---|---|")
  report(
    "GELU", elements: rows * width,
    {
      KernelsAVX512.applyBiasAndActivation(
        y, rows: rows, stride: width, width: width, bias: nil, activation: .gelu)
    },
    {
      KernelsAVX2.applyBiasAndActivation(
        y, rows: rows, stride: width, width: width, bias: nil, activation: .gelu)
    })
  report(
    "quantiser", elements: rows * width,
    { KernelsAVX512.quantizeOffsetQ80(x, rows: rows, inputs: width, into: quantized) },
    { KernelsAVX2.quantizeOffsetQ80(x, rows: rows, inputs: width, into: quantized) })
  let norm = LayerNormRows(
    x: y, residual: x, y: y, rows: rows, width: 384, weight: bias, bias: bias, epsilon: 1e-12)
  report(
    "residual and LayerNorm", elements: rows * 384, { KernelsAVX512.layerNorm(norm) },
    { KernelsAVX2.layerNorm(norm) })
}

/// Attention of one sequence, 12 heads of 32 columns, on one thread.
func measureAttention() {
  print("| attention, tokens | AVX-512 µs | GFLOP/s | AVX2 µs | GFLOP/s |\n|---|---|---|---|---|")
  let packed = values(256 * 1152)
  let y = values(256 * 384)
  let scratch = values(64 * 300)
  for tokens in [16, 128, 256] {
    func seconds(_ blockRows: Int, _ attend: (AttentionBlock) -> Void) -> Double {
      processorSeconds(repeats: 300) {
        for head in 0..<12 {
          for query in stride(from: 0, to: tokens, by: blockRows) {
            let column = packed + head * 32
            attend(
              AttentionBlock(
                queries: column + query * 1152, queryStride: 1152, keys: column + 384,
                keyStride: 1152, values: column + 768, valueStride: 1152,
                queryCount: min(blockRows, tokens - query), keyCount: tokens,
                firstPosition: tokens, window: Int.max / 2, headDim: 32,
                y: y + query * 384 + head * 32, yStride: 384, scratch: scratch))
          }
        }
      }
    }
    let wide = seconds(KernelsAVX512.attentionQueryCount) { KernelsAVX512.attention($0) }
    let narrow = seconds(KernelsAVX2.attentionQueryCount) { KernelsAVX2.attention($0) }
    let operations = Double(4 * tokens * tokens * 384) * 1e-9
    let cells = [wide, narrow].flatMap { [Int($0 * 1e6), Int(operations / $0)] }
    print("| \(tokens) | " + cells.map(String.init).joined(separator: " | ") + " |")
  }
}
