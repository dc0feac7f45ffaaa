/// Registers of integers side by side: the sums of one row of a tile over one block, or the bytes of
/// one group of a panel.
struct IntegerRow {
  var first = zeroIntegers()
  var second = zeroIntegers()
  var third = zeroIntegers()

  /// Zeros.
  @inline(__always)
  init() {}

  /// The bytes of four inputs of a panel.
  @inline(__always)
  init(_ source: UnsafeRawPointer) {
    first = loadIntegers(source)
    second = loadIntegers(source + 4 * laneCount)
    third = loadIntegers(source + 8 * laneCount)
  }

  /// Adds the products of four inputs.
  @inline(__always)
  mutating func add(_ value: UnsafeRawPointer, _ bytes: IntegerRow) {
    let x = broadcastWord(value)
    first = addByteProducts(first, x, bytes.first)
    second = addByteProducts(second, x, bytes.second)
    third = addByteProducts(third, x, bytes.third)
  }
}

extension TileRow {
  /// A panel's row of Float16.
  @inline(__always)
  init(halves source: UnsafePointer<Float16>) {
    self.init()
    first = loadHalves(source)
    second = loadHalves(source + laneCount)
    third = loadHalves(source + 2 * laneCount)
  }
}
