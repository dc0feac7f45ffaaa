import COpenBLAS
import KernelsAVX2
import KernelsAVX512
import KernelInterface

/// Every matrix product of MiniLM for several row counts, on one thread: 10^9 operations a second.
struct MatrixProductTable {
  private let x = values(4096 * 1536)
  private let y = values(4096 * 1536)
  private let weights = values(1536 * 1600)
  private let bias = values(1600)
  private let scales: UnsafeMutablePointer<Float16> = {
    let scales = UnsafeMutablePointer<Float16>.allocate(capacity: 1536 * 50)
    scales.initialize(repeating: 0.01, count: 1536 * 50)
    return scales
  }()
  private let sums = values(1536 * 50)
  private let quantized = UnsafeMutableRawPointer.allocate(
    byteCount: 4096 * 4096, alignment: 64)

  func run(rowCounts: [Int]) {
    openblas_set_num_threads(1)
    print("| K x N | M | AVX-512 F32 | F16 | Q8_0 | AVX2 F32 | F16 | Q8_0 | OpenBLAS F32 |")
    print("|---|---|---|---|---|---|---|---|---|")
    for (inputs, outputs) in [(384, 384), (384, 1152), (384, 1536), (1536, 384)] {
      for rows in rowCounts { row(rows: rows, inputs: inputs, outputs: outputs) }
    }
  }

  private func row(rows: Int, inputs: Int, outputs: Int) {
    let operations = 2.0 * Double(rows * inputs * outputs)
    let repeats = max(8, min(2_000, Int(2e9 / operations)))
    func rate(_ body: @escaping () -> Void) -> Int {
      Int(operations / processorSeconds(repeats: repeats, body) / 1e9)
    }
    // As ComputeContext splits them: rows that fit in three quarters of a second-level cache.
    let block = max(24, (768 << 10) / (inputs * 4) / 24 * 24)
    func panels(_ columns: Int, _ isHalf: Bool, _ multiply: (PanelProduct) -> Void) {
      for row in stride(from: 0, to: rows, by: block) {
        multiply(
          PanelProduct(
            x: x + row * inputs, rows: min(block, rows - row), inputs: inputs, panels: weights,
            isHalf: isHalf, panelRange: 0..<((outputs + columns - 1) / columns), bias: bias,
            activation: .none, y: y + row * outputs, outputs: outputs))
      }
    }
    func blocks(_ columns: Int) -> OffsetQ80Product {
      OffsetQ80Product(
        x: quantized, rows: rows, inputs: inputs, quants: weights, scales: scales, sums: sums,
        panelRange: 0..<((outputs + columns - 1) / columns), bias: bias, activation: .none, y: y,
        outputs: outputs)
    }
    let wide = KernelsAVX512.panelColumns
    let narrow = KernelsAVX2.panelColumns
    let wideFloat = rate { panels(wide, false) { KernelsAVX512.linearPanels($0) } }
    let wideHalf = rate { panels(wide, true) { KernelsAVX512.linearPanels($0) } }
    let narrowFloat = rate { panels(narrow, false) { KernelsAVX2.linearPanels($0) } }
    let narrowHalf = rate { panels(narrow, true) { KernelsAVX2.linearPanels($0) } }
    KernelsAVX512.quantizeOffsetQ80(x, rows: rows, inputs: inputs, into: quantized)
    let wideBlocks = rate { KernelsAVX512.linearOffsetQ80(blocks(wide)) }
    KernelsAVX2.quantizeOffsetQ80(x, rows: rows, inputs: inputs, into: quantized)
    let narrowBlocks = rate { KernelsAVX2.linearOffsetQ80(blocks(narrow)) }
    let blas = rate {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(outputs),
        blasint(inputs), 1, x, blasint(inputs), weights, blasint(inputs), 0, y, blasint(outputs))
    }
    print(
      "| \(inputs) x \(outputs) | \(rows) | \(wideFloat) | \(wideHalf) | \(wideBlocks) "
        + "| \(narrowFloat) | \(narrowHalf) | \(narrowBlocks) | \(blas) |")
  }
}
