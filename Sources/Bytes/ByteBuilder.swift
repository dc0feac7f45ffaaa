/// Builds an array of bytes with little-endian numbers: the counterpart of `ByteReader`.
package struct ByteBuilder: Sendable {
  /// The bytes appended so far.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// The number of bytes appended.
  package var byteCount: Int { bytes.count }

  /// Appends an integer, least significant byte first.
  package mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
    var rest = value
    for _ in 0..<(Integer.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8 as Int
    }
  }

  /// Appends an IEEE number, bit for bit.
  package mutating func append(_ value: Float) { append(value.bitPattern) }

  /// Appends an IEEE number, bit for bit.
  package mutating func append(_ value: Double) { append(value.bitPattern) }

  /// Appends bytes as they are.
  package mutating func append(bytes more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
  }

  /// Appends zero bytes up to the next multiple of `alignment`.
  ///
  /// - Precondition: `alignment` is positive.
  package mutating func pad(to alignment: Int) {
    let excess = bytes.count % alignment
    if excess > 0 { bytes.append(contentsOf: repeatElement(0, count: alignment - excess)) }
  }
}
