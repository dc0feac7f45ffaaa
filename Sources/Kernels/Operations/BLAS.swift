import COpenBLAS

/// Makes OpenBLAS compute on the thread that calls it: the ``WorkerPool`` splits the work.
func useOneBLASThread() {
  openblas_set_num_threads(1)
}

/// `y = x Wᵀ` for some columns of y, by OpenBLAS.
///
/// - Parameters:
///   - x: `[rows, inputs]`.
///   - weight: row-major; the row of the first column, `inputs` elements a row.
///   - y: the first column of the first row, `stride` elements a row.
///   - rows: rows of x and y.
///   - columns: columns of y to compute.
///   - inputs: length of the reduction.
///   - stride: elements from one row of y to the next.
func multiplyWithBLAS(
  x: UnsafePointer<Float>, weight: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>,
  rows: Int, columns: Int, inputs: Int, stride: Int
) {
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns), blasint(inputs), 1,
    x, blasint(inputs), weight, blasint(inputs), 0, y, blasint(stride))
}
