// Builds pickles opcode by opcode and puts them into files of PyTorch, right or wrong.

import Bytes

/// Pieces of a pickle; a pickle is their concatenation.
enum RawPickle {
  static let proto: [UInt8] = [0x80, 2]
  static let emptyTuple: [UInt8] = [0x29]
  static let mark: [UInt8] = [0x28]
  static let tuple: [UInt8] = [0x74]
  static let reduce: [UInt8] = [0x52]
  static let newobj: [UInt8] = [0x81]
  static let build: [UInt8] = [0x62]
  static let emptyDictionary: [UInt8] = [0x7D]
  static let emptyList: [UInt8] = [0x5D]
  static let setItems: [UInt8] = [0x75]
  static let appends: [UInt8] = [0x65]
  static let none: [UInt8] = [0x4E]
  static let persistent: [UInt8] = [0x51]
  static let stop: [UInt8] = [0x2E]

  static func little(_ value: UInt64, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  /// BINUNICODE.
  static func text(_ text: String) -> [UInt8] {
    [0x58] + little(UInt64(text.utf8.count), 4) + Array(text.utf8)
  }

  /// LONG1 of eight bytes.
  static func integer(_ value: Int) -> [UInt8] {
    [0x8A, 8] + little(UInt64(bitPattern: Int64(value)), 8)
  }

  static func tuple(_ elements: [UInt8]...) -> [UInt8] { mark + elements.flatMap { $0 } + tuple }

  static func integers(_ values: [Int]) -> [UInt8] { mark + values.flatMap(integer) + tuple }

  /// The persistent id of a storage.
  static func storage(
    _ key: String = "0", type: [UInt8] = global("torch", "FloatStorage"), count: Int = 4,
    more: [UInt8] = []
  ) -> [UInt8] {
    mark + text("storage") + type + text(key) + text("cpu") + integer(count) + more + tuple
      + persistent
  }

  /// A call of `_rebuild_tensor_v2`.
  static func tensor(
    _ storage: [UInt8] = storage(), offset: Int = 0, size: [Int] = [2, 2], strides: [Int] = [2, 1],
    more: [UInt8] = []
  ) -> [UInt8] {
    global("torch._utils", "_rebuild_tensor_v2")
      + tuple(
        storage, integer(offset), integers(size), integers(strides), [0x89],
        global("collections", "OrderedDict") + emptyTuple + reduce, more)
      + reduce
  }

  /// A dictionary of the entries, whose values are pieces.
  static func dictionary(_ entries: [(String, [UInt8])]) -> [UInt8] {
    emptyDictionary + mark + entries.flatMap { text($0.0) + $0.1 } + setItems
  }

  /// A whole pickle of a dictionary.
  static func state(_ entries: (String, [UInt8])...) -> [UInt8] {
    proto + dictionary(entries) + stop
  }
}

/// Files of PyTorch around a pickle.
enum RawTorch {
  static let numbers = [UInt8](1...16)

  /// A ZIP archive with one storage of four Float32.
  static func zip(
    _ pickle: [UInt8], storages: [(String, [UInt8])] = [("0", numbers)],
    _ change: (inout RawZip) -> Void = { _ in }
  ) -> [UInt8] {
    var raw = RawZip(
      members: [
        RawZipMember("m/data.pkl", pickle), RawZipMember("m/byteorder", Array("little".utf8)),
      ]
        + storages.map { RawZipMember("m/data/\($0.0)", $0.1) })
    change(&raw)
    return raw.bytes
  }

  static let magic: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  /// A legacy file with one storage of four Float32.
  static func legacy(
    _ pickle: [UInt8], version: Int = 1001, isLittleEndian: Bool = true, keys: [String] = ["0"],
    counts: [Int] = [4], numbers: [UInt8] = numbers, trailing: [UInt8] = []
  ) -> [UInt8] {
    typealias P = RawPickle
    var bytes = magic + P.proto + P.integer(version) + P.stop
    bytes += P.state(("little_endian", [isLittleEndian ? 0x88 : 0x89]))
    bytes += pickle
    bytes += P.proto + P.emptyList + P.mark + keys.flatMap(P.text) + P.appends + P.stop
    for count in counts { bytes += P.little(UInt64(bitPattern: Int64(count)), 8) + numbers }
    return bytes + trailing
  }

  /// The files that `pickle` gives in either container.
  static func both(_ pickle: [UInt8]) -> [[UInt8]] { [zip(pickle), legacy(pickle)] }
}
