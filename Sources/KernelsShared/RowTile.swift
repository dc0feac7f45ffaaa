// The heart of all Float32 products: a tile of sums `y[r] += Σ_i a[r, i] · b[i]`, with one number
// of a for each of up to eight rows, and up to three registers of b.
//
// The counts of rows and registers are literals wherever these are called, so that each pair of
// counts becomes its own code, without branches and with every sum in a register. For the same
// reason the tile's functions are transparent: in a large caller `@inline(__always)` gives up.

/// Up to three registers side by side: the sums of one row of a tile, or one term of b.
///
/// Registers beyond the tile's count are not used.
struct TileRow {
  var first = zeroLanes()
  var second = zeroLanes()
  var third = zeroLanes()

  /// Zeros.
  @inline(__always)
  init() {}

  /// The first `width` elements from memory, the others zero.
  @inline(__always)
  init(_ source: UnsafePointer<Float>, width: Int, registers: Int) {
    if width == registers * laneCount {
      first = load(source)
      if registers > 1 { second = load(source + laneCount) }
      if registers > 2 { third = load(source + 2 * laneCount) }
    } else {
      first = load(source, count: min(width, laneCount))
      if registers > 1, width > laneCount {
        second = load(source + laneCount, count: min(width - laneCount, laneCount))
      }
      if registers > 2, width > 2 * laneCount {
        third = load(source + 2 * laneCount, count: width - 2 * laneCount)
      }
    }
  }

  /// Adds one term: a number of a, broadcast, times the registers of b.
  @inline(__always)
  mutating func add(_ value: UnsafePointer<Float>, _ b: TileRow, registers: Int) {
    let a = broadcast(value.pointee)
    first = multiplyAdd(a, b.first, first)
    if registers > 1 { second = multiplyAdd(a, b.second, second) }
    if registers > 2 { third = multiplyAdd(a, b.third, third) }
  }

  /// Adds other sums.
  @inline(__always)
  mutating func add(_ other: TileRow, registers: Int) {
    first += other.first
    if registers > 1 { second += other.second }
    if registers > 2 { third += other.third }
  }

  /// Multiplies all sums by a number in memory.
  @inline(__always)
  mutating func multiply(by factor: UnsafePointer<Float>, registers: Int) {
    let lanes = broadcast(factor.pointee)
    first *= lanes
    if registers > 1 { second *= lanes }
    if registers > 2 { third *= lanes }
  }

  /// The first `width` elements to memory.
  @inline(__always)
  func write(_ target: UnsafeMutablePointer<Float>, width: Int, registers: Int) {
    if width == registers * laneCount {
      store(first, target)
      if registers > 1 { store(second, target + laneCount) }
      if registers > 2 { store(third, target + 2 * laneCount) }
    } else {
      store(first, target, count: min(width, laneCount))
      if registers > 1, width > laneCount {
        store(second, target + laneCount, count: min(width - laneCount, laneCount))
      }
      if registers > 2, width > 2 * laneCount {
        store(third, target + 2 * laneCount, count: width - 2 * laneCount)
      }
    }
  }
}

/// The addresses of the numbers of a that belong to one term.
///
/// Two bases and a stride keep the addresses of eight rows in few integer registers.
struct TileNumbers {
  private var low: UnsafePointer<Float>
  private var high: UnsafePointer<Float>
  private let stride: Int

  /// Those of the first term, the first row's at `start`.
  @inline(__always)
  init(_ start: UnsafePointer<Float>, stride: Int, rows: Int) {
    low = start
    high = start + (rows > 4 ? 4 * stride : 0)
    self.stride = stride
  }

  /// The number of one row.
  @inline(__always)
  subscript(row: Int) -> UnsafePointer<Float> {
    row < 4 ? low + row * stride : high + (row - 4) * stride
  }

  /// Advances to the next term.
  @inline(__always)
  mutating func advance(by step: Int) {
    low += step
    high += step
  }
}

/// The sums of a tile.
struct RowTile {
  private var row0 = TileRow()
  private var row1 = TileRow()
  private var row2 = TileRow()
  private var row3 = TileRow()
  private var row4 = TileRow()
  private var row5 = TileRow()
  private var row6 = TileRow()
  private var row7 = TileRow()

  /// Zeros.
  @_transparent
  init() {}

  /// The sums so far from memory, `stride` elements a row.
  @_transparent
  init(
    _ y: UnsafePointer<Float>, stride: Int, width: Int, rows: Int, registers: Int
  ) {
    row0 = TileRow(y, width: width, registers: registers)
    if rows > 1 { row1 = TileRow(y + 1 * stride, width: width, registers: registers) }
    if rows > 2 { row2 = TileRow(y + 2 * stride, width: width, registers: registers) }
    if rows > 3 { row3 = TileRow(y + 3 * stride, width: width, registers: registers) }
    if rows > 4 { row4 = TileRow(y + 4 * stride, width: width, registers: registers) }
    if rows > 5 { row5 = TileRow(y + 5 * stride, width: width, registers: registers) }
    if rows > 6 { row6 = TileRow(y + 6 * stride, width: width, registers: registers) }
    if rows > 7 { row7 = TileRow(y + 7 * stride, width: width, registers: registers) }
  }

  /// Adds one term to every row.
  @_transparent
  mutating func add(_ a: TileNumbers, _ b: TileRow, rows: Int, registers: Int) {
    row0.add(a[0], b, registers: registers)
    if rows > 1 { row1.add(a[1], b, registers: registers) }
    if rows > 2 { row2.add(a[2], b, registers: registers) }
    if rows > 3 { row3.add(a[3], b, registers: registers) }
    if rows > 4 { row4.add(a[4], b, registers: registers) }
    if rows > 5 { row5.add(a[5], b, registers: registers) }
    if rows > 6 { row6.add(a[6], b, registers: registers) }
    if rows > 7 { row7.add(a[7], b, registers: registers) }
  }

  /// Adds the same to every row.
  @_transparent
  mutating func add(_ bias: TileRow, rows: Int, registers: Int) {
    row0.add(bias, registers: registers)
    if rows > 1 { row1.add(bias, registers: registers) }
    if rows > 2 { row2.add(bias, registers: registers) }
    if rows > 3 { row3.add(bias, registers: registers) }
    if rows > 4 { row4.add(bias, registers: registers) }
    if rows > 5 { row5.add(bias, registers: registers) }
    if rows > 6 { row6.add(bias, registers: registers) }
    if rows > 7 { row7.add(bias, registers: registers) }
  }

  /// Multiplies each row by its factor.
  @_transparent
  mutating func multiply(by factors: UnsafePointer<Float>, rows: Int, registers: Int) {
    row0.multiply(by: factors, registers: registers)
    if rows > 1 { row1.multiply(by: factors + 1, registers: registers) }
    if rows > 2 { row2.multiply(by: factors + 2, registers: registers) }
    if rows > 3 { row3.multiply(by: factors + 3, registers: registers) }
    if rows > 4 { row4.multiply(by: factors + 4, registers: registers) }
    if rows > 5 { row5.multiply(by: factors + 5, registers: registers) }
    if rows > 6 { row6.multiply(by: factors + 6, registers: registers) }
    if rows > 7 { row7.multiply(by: factors + 7, registers: registers) }
  }

  /// Writes all rows, `stride` elements a row.
  @_transparent
  func write(
    _ y: UnsafeMutablePointer<Float>, stride: Int, width: Int, rows: Int, registers: Int
  ) {
    row0.write(y, width: width, registers: registers)
    if rows > 1 { row1.write(y + 1 * stride, width: width, registers: registers) }
    if rows > 2 { row2.write(y + 2 * stride, width: width, registers: registers) }
    if rows > 3 { row3.write(y + 3 * stride, width: width, registers: registers) }
    if rows > 4 { row4.write(y + 4 * stride, width: width, registers: registers) }
    if rows > 5 { row5.write(y + 5 * stride, width: width, registers: registers) }
    if rows > 6 { row6.write(y + 6 * stride, width: width, registers: registers) }
    if rows > 7 { row7.write(y + 7 * stride, width: width, registers: registers) }
  }
}
