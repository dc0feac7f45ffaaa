/// A value for every Unicode scalar, in a two-stage table.
///
/// Blocks of 256 scalars with equal values share one page, so a property that is uniform over most
/// of Unicode takes some 10 to 40 KB.
///
/// - Complexity: a look-up reads two array elements; building takes one pass over 1,114,112 values.
struct ScalarTable<Value: Hashable & Sendable>: Sendable {
  /// The page of each block of 256 scalars.
  private let pageOfBlock: [UInt8]
  /// 256 values a page.
  private let values: [Value]

  /// - Parameter all: the value of each number below 0x110000, surrogates included.
  /// - Precondition: `all` has 0x110000 elements and at most 256 different blocks of 256.
  init(_ all: [Value]) {
    precondition(all.count == 0x110000, "a value for every scalar")
    var pages: [[Value]: UInt8] = [:]
    var pageOfBlock: [UInt8] = []
    var values: [Value] = []
    for block in stride(from: 0, to: all.count, by: 256) {
      let page = Array(all[block..<block + 256])
      if let number = pages[page] {
        pageOfBlock.append(number)
        continue
      }
      precondition(pages.count < 256, "page numbers have 8 bits")
      let number = UInt8(pages.count)
      pages[page] = number
      pageOfBlock.append(number)
      values += page
    }
    self.pageOfBlock = pageOfBlock
    self.values = values
  }

  /// Number of different pages.
  var pageCount: Int { values.count / 256 }

  /// The value of a scalar.
  ///
  /// - Precondition: `scalar` is below 0x110000.
  @inline(__always)
  subscript(scalar: UInt32) -> Value {
    values[Int(pageOfBlock[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
  }
}
