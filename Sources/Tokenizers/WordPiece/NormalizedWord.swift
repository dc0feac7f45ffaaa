/// Accumulates one word of normalised text.
///
/// It stores the bytes to match against the vocabulary and, if offsets are tracked, the source range
/// of each byte.
struct NormalizedWord {
  /// UTF-8, up to the word limit; a longer word is unknown anyway.
  private(set) var bytes: [UInt8] = []
  /// Number of scalars of the word, including those above the limit.
  private(set) var scalarCount = 0
  /// The source range of the word; empty without a word.
  private(set) var source = 0..<0
  /// The source range of each byte; empty if offsets are not tracked.
  private(set) var sourceOfByte: [Range<Int>] = []

  let tracksOffsets: Bool
  let maximumScalarCount: Int
  /// The combining marks since the last base, sorted by class, with their offsets in `bytes`.
  private var marks: [(combiningClass: UInt8, byteOffset: Int)] = []

  init(tracksOffsets: Bool, maximumScalarCount: Int) {
    self.tracksOffsets = tracksOffsets
    self.maximumScalarCount = maximumScalarCount
    bytes.reserveCapacity(64)
  }

  var isEmpty: Bool { scalarCount == 0 }
  var exceedsLimit: Bool { scalarCount > maximumScalarCount }

  /// Starts a new word.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    sourceOfByte.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    scalarCount = 0
  }

  /// Ends the sequence of marks that are sorted together.
  mutating func separateMarks() {
    if !marks.isEmpty { marks.removeAll(keepingCapacity: true) }
  }

  /// Appends an ASCII character, which is always a base.
  @inline(__always)
  mutating func append(ascii byte: UInt8, from range: Range<Int>) {
    separateMarks()
    note(range)
    if exceedsLimit { return }
    bytes.append(byte)
    if tracksOffsets { sourceOfByte.append(range) }
  }

  /// Appends a scalar; a mark is inserted before the marks of higher class of the same base.
  ///
  /// - Source: Unicode Standard Annex 15, canonical ordering: a stable sort by combining class.
  mutating func append(_ scalar: UInt32, combiningClass: UInt8 = 0, from range: Range<Int>) {
    note(range)
    if exceedsLimit { return }
    var place = bytes.count
    if combiningClass == 0 {
      separateMarks()
    } else {
      let index = marks.firstIndex { $0.combiningClass > combiningClass } ?? marks.count
      if index < marks.count { place = marks[index].byteOffset }
      marks.insert((combiningClass, place), at: index)
      let length = Self.utf8Length(scalar)
      for later in marks.indices.dropFirst(index + 1) { marks[later].byteOffset += length }
    }
    insert(scalar, at: place, from: range)
  }

  private mutating func note(_ range: Range<Int>) {
    source =
      scalarCount == 0
      ? range
      : min(source.lowerBound, range.lowerBound)..<max(source.upperBound, range.upperBound)
    scalarCount += 1
  }

  private mutating func insert(_ scalar: UInt32, at place: Int, from range: Range<Int>) {
    let atEnd = place == bytes.count
    let length = Self.utf8Length(scalar)
    for index in 0..<length {
      let shift = UInt32(6 * (length - 1 - index))
      let bits = UInt8(truncatingIfNeeded: scalar >> shift)
      let byte = index == 0 ? Self.utf8Lead(length) | bits : 0x80 | bits & 0x3F
      if atEnd { bytes.append(byte) } else { bytes.insert(byte, at: place + index) }
      if tracksOffsets { sourceOfByte.insert(range, at: place + index) }
    }
  }

  /// The fixed bits of the first byte of a sequence of that length.
  private static func utf8Lead(_ length: Int) -> UInt8 {
    switch length {
    case 1: 0
    case 2: 0xC0
    case 3: 0xE0
    default: 0xF0
    }
  }

  private static func utf8Length(_ scalar: UInt32) -> Int {
    scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x1_0000 ? 3 : 4
  }
}
