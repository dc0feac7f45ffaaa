/// Many short byte strings in two allocations.
///
/// A vocabulary of 262,144 tokens takes about 4 MB and is read in milliseconds; an array of
/// `String` would need an object for each.
///
/// The bytes are those of the file. They need not be UTF-8: byte-level vocabularies split
/// characters. `bytes(at:)` returns them exactly, the subscript as text.
package struct StringArray: Sendable, Equatable, RandomAccessCollection {
  private var storage: [UInt8]
  private var ends: [Int]

  /// An empty array with room for `count` strings of `byteCount` bytes in all.
  package init(count: Int = 0, byteCount: Int = 0) {
    storage = []
    ends = []
    storage.reserveCapacity(byteCount)
    ends.reserveCapacity(count)
  }

  package init(_ strings: [String]) {
    self.init(count: strings.count)
    for string in strings { append(Array(string.utf8)) }
  }

  package init(bytes strings: [[UInt8]]) {
    self.init(count: strings.count)
    for string in strings { append(string) }
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { ends.count }

  /// String `index` as text; bytes that are not UTF-8 appear as U+FFFD.
  package subscript(index: Int) -> String {
    String(decoding: bytes(at: index), as: UTF8.self)
  }

  /// The exact bytes of string `index`.
  ///
  /// - Precondition: `index` is in `indices`.
  package func bytes(at index: Int) -> ArraySlice<UInt8> {
    storage[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// The number of bytes of all strings together.
  package var byteCount: Int { storage.count }

  package mutating func append(_ bytes: some Collection<UInt8>) {
    storage.append(contentsOf: bytes)
    ends.append(storage.count)
  }

  /// Appends a string from a reader without an intermediate array.
  mutating func append(_ span: RawSpan) {
    unsafe span.withUnsafeBytes { unsafe storage.append(contentsOf: $0) }
    ends.append(storage.count)
  }
}
