// The form of PyTorch's files before 1.6, and of `_use_new_zipfile_serialization=False` since:
//   pickle of the magic number, of the protocol (1001), of a description of the machine,
//   pickle of the object, pickle of the list of storage keys,
//   and for each key the number of elements (Int64) and the numbers.

internal import Bytes

/// Reads one legacy file.
struct TorchLegacyReader {
  private let file: MappedFile
  private var regions: [ByteMapRegion] = []
  private var byteOffset = 0

  /// The pickle of 0x1950a86a20f9469cfc6c.
  ///
  /// - Source: torch 2.13, `torch/serialization.py`, `MAGIC_NUMBER`.
  private static let magic: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]
  /// - Source: torch 2.13, `torch/serialization.py`, `PROTOCOL_VERSION`.
  private static let protocolVersion: Int64 = 1001

  /// Reads all pickles and locates the storages.
  static func read(_ file: MappedFile) throws(CheckpointError) -> ParsedFile {
    var reader = TorchLegacyReader(file: file)
    return try reader.read()
  }

  private init(file: MappedFile) { self.file = file }

  private mutating func read() throws(CheckpointError) -> ParsedFile {
    let first = (try? file.copyBytes(0..<min(Self.magic.count, file.byteCount))) ?? []
    guard first == Self.magic else {
      throw .unsupportedTorchFile(
        reason: "this is a pickle, but not one of torch.save, which starts with a magic number")
    }
    byteOffset = Self.magic.count
    regions.append(.init(kind: .header, label: "magic number", byteRange: 0..<byteOffset))
    try readSystem()
    let (machine, root) = try run("pickle", .metadata)
    let keys = try readKeys()
    let ranges = try locate(keys, machine)
    return try TorchReader.assemble(
      file, container: .legacy, machine: machine, root: root, storageRanges: ranges,
      regions: regions, archive: nil)
  }

  /// Runs the next pickle and adds it to the byte map.
  private mutating func run(
    _ label: String, _ kind: ByteMapRegion.Kind
  ) throws(CheckpointError) -> (PickleMachine, PickleID) {
    let start = byteOffset
    let end = start + min(file.byteCount - start, PickleLimits.byteCount)
    let reader = try mapBytesErrors { () throws(BytesError) in
      try ByteReader(file: file, range: start..<end)
    }
    var machine = PickleMachine(reader)
    let result = try machine.run()
    byteOffset = machine.reader.byteOffset
    regions.append(.init(kind: kind, label: label, byteRange: start..<byteOffset))
    return (machine, result)
  }

  /// The protocol's version and the description of the machine that wrote the file.
  private mutating func readSystem() throws(CheckpointError) {
    let (versions, version) = try run("protocol version", .header)
    guard case .integer(Self.protocolVersion) = versions[version] else {
      throw .unsupportedTorchFile(
        reason: "its protocol version is not \(Self.protocolVersion)")
    }
    let (machine, root) = try run("system", .header)
    guard case .dictionary(let items) = machine[root] else {
      throw .unsupportedTorchFile(reason: "it does not describe the machine that wrote it")
    }
    for index in stride(from: 0, to: items.count, by: 2) {
      guard case .text("little_endian") = machine[items[index]] else { continue }
      guard case .bool(true) = machine[items[index + 1]] else {
        throw .unsupportedTorchFile(
          reason: "it was written on a big-endian machine; only little-endian files are supported")
      }
    }
  }

  /// The keys of the storages, in the order of their data.
  private mutating func readKeys() throws(CheckpointError) -> [String] {
    let start = byteOffset
    let (machine, root) = try run("storage keys", .metadata)
    guard case .list(let elements) = machine[root] else {
      throw .invalidPickle(byteOffset: start, reason: "the keys of the storages are not a list")
    }
    var keys: [String] = []
    for element in elements {
      guard case .text(let key) = machine[element] else {
        throw .invalidPickle(byteOffset: start, reason: "the key of a storage is not a string")
      }
      keys.append(key)
    }
    return keys
  }

  /// The ranges of the machine's storages, in its order.
  private mutating func locate(
    _ keys: [String], _ machine: PickleMachine
  ) throws(CheckpointError) -> [Range<Int>] {
    let byKey = Dictionary(
      machine.storages.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var ranges: [String: Range<Int>] = [:]
    for key in keys {
      guard let storage = byKey[key], ranges[key] == nil else {
        throw .invalidStorage(
          storage: key, byteOffset: byteOffset, reason: "is listed twice or used by no tensor")
      }
      ranges[key] = try readStorage(storage)
    }
    guard byteOffset == file.byteCount else {
      throw .hole(byteOffset: byteOffset, byteCount: file.byteCount - byteOffset)
    }
    var located: [Range<Int>] = []
    for storage in machine.storages {
      guard let range = ranges[storage.key], range.count == storage.byteCount else {
        throw .invalidStorage(
          storage: storage.key, byteOffset: storage.byteOffset,
          reason: "is not in the file with \(storage.elementCount) elements")
      }
      located.append(range)
    }
    return located
  }

  private mutating func readStorage(
    _ storage: TorchStorage
  ) throws(CheckpointError) -> Range<Int> {
    let start = byteOffset
    let (count, data) = try mapBytesErrors { () throws(BytesError) in
      var reader = try ByteReader(file: file, range: start..<file.byteCount)
      let count = try reader.uint64("element count of storage \(printable(storage.key))")
      // A size beyond 2^63 - 1 bytes is beyond the file as well.
      return (
        count, try reader.skip(storage.byteCount ?? .max, "storage \(printable(storage.key))")
      )
    }
    guard count == UInt64(storage.elementCount) else {
      throw .invalidStorage(
        storage: storage.key, byteOffset: storage.byteOffset,
        reason: "has \(count) elements, not \(storage.elementCount)")
    }
    regions.append(
      .init(
        kind: .tensorInfo, label: "element count of storage \(storage.key)",
        byteRange: start..<data.lowerBound))
    byteOffset = data.upperBound
    return data
  }
}
