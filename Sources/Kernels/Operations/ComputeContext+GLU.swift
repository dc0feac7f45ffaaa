package import KernelInterface

extension ComputeContext {
  /// The gated activation of every row: `y = f(gate) · up`.
  ///
  /// - Source: Shazeer 2020, arXiv:2002.05202, eq. 6 without biases.
  /// - Parameters:
  ///   - gateUp: `[tokens, 2 × width]`, a row being `[gate | up]`.
  ///   - activation: f; SiLU makes it SwiGLU, GELU GeGLU.
  ///   - y: result `[tokens, width]`; its `rows` become those of `gateUp`.
  package func glu(
    _ gateUp: borrowing Matrix, activation: ActivationFunction, into y: inout Matrix
  ) {
    let width = y.columns
    precondition(gateUp.columns == 2 * width, "a row is not [gate | up]")
    y.rows = gateUp.rows
    let (source, target) = (gateUp.elements, y.elements)
    // An element costs as much as four of a normalisation.
    forRowChunks(y.rows, elementsPerRow: 4 * width) { rows in
      kernels.glu(
        GLURows(
          x: source + rows.lowerBound * 2 * width, y: target + rows.lowerBound * width,
          rows: rows.count, width: width, activation: activation))
    }
  }
}
