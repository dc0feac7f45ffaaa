/// The cheapest way from the first row and column of a matrix to the last, in steps to the next row,
/// the next column, or both.
///
/// - Source: Sakoe & Chiba 1978, "Dynamic programming algorithm optimization for spoken word
///   recognition"; openai-whisper 20250625 `timing.py`, `dtw_cpu`, with the same order of comparisons
///   and precision.
/// - Parameters:
///   - costs: `[rows, columns]`, row-major, at least one element.
///   - rows: rows.
///   - columns: columns.
/// - Returns: the places on the way, in order.
/// - Complexity: O(rows × columns).
func timeWarping(_ costs: [Float], rows: Int, columns: Int) -> [(row: Int, column: Int)] {
  let width = columns + 1
  var sums = [Float](repeating: .infinity, count: (rows + 1) * width)
  var steps = [UInt8](repeating: 0, count: (rows + 1) * width)
  sums[0] = 0
  for column in 1...columns {
    for row in 1...rows {
      let both = sums[(row - 1) * width + column - 1]
      let nextRow = sums[(row - 1) * width + column]
      let nextColumn = sums[row * width + column - 1]
      var (least, step) = (nextColumn, UInt8(2))
      if both < nextRow && both < nextColumn {
        (least, step) = (both, 0)
      } else if nextRow < both && nextRow < nextColumn {
        (least, step) = (nextRow, 1)
      }
      sums[row * width + column] = costs[(row - 1) * columns + column - 1] + least
      steps[row * width + column] = step
    }
  }
  var way: [(row: Int, column: Int)] = []
  var (row, column) = (rows, columns)
  while row > 0 || column > 0 {
    way.append((row - 1, column - 1))
    let step = row == 0 ? 2 : column == 0 ? 1 : steps[row * width + column]
    if step != 2 { row -= 1 }
    if step != 1 { column -= 1 }
  }
  return way.reversed()
}

/// The median of each element and its `width / 2` neighbours on either side, reflected at the ends.
///
/// - Parameters:
///   - values: changed in place.
///   - width: odd.
func medianFilter(_ values: inout [Float], width: Int) {
  let reach = width / 2
  guard values.count > reach else { return }
  let source = values
  let last = source.count - 1
  var window = [Float](repeating: 0, count: width)
  for index in source.indices {
    for offset in -reach...reach {
      let place = abs(index + offset)
      window[offset + reach] = source[place > last ? 2 * last - place : place]
    }
    window.sort()
    values[index] = window[reach]
  }
}
