// GGUF, the file format of ggml and llama.cpp: header, metadata, tensor infos, aligned data.
// Specification: ggml/docs/gguf.md. Versions 2 and 3 have the same layout; version 3 only adds
// big-endian files, which are refused with an error of their own.

internal import Bytes

/// Reads the header of one GGUF file, from the first byte to the last tensor info, in one pass.
struct GGUFReader {
  let file: MappedFile
  var reader: ByteReader
  var regions: [ByteMapRegion] = []
  private var metadata: Metadata
  var alignment = GGUFReader.defaultAlignment

  /// The alignment of a file without `general.alignment`: GGUF_DEFAULT_ALIGNMENT.
  static let defaultAlignment = 32

  /// Magic, version, tensor count, metadata count.
  static let headerByteCount = 24

  /// The minimum size of a metadata entry: key length, one byte of key, type, one byte of value.
  private static let leastEntryByteCount: UInt64 = 8 + 1 + 4 + 1

  /// The minimum size of a tensor info: name length, one byte of name, dimension count, type,
  /// offset.
  private static let leastTensorByteCount: UInt64 = 8 + 1 + 4 + 4 + 8

  /// Whether a file with these first bytes is a GGUF file.
  static func recognizes(_ firstBytes: [UInt8]) -> Bool { firstBytes.starts(with: "GGUF".utf8) }

  /// Reads the whole header and checks every tensor's range.
  ///
  /// - Complexity: O(header); allocations are bounded by the size of the file.
  static func read(_ file: MappedFile) throws(CheckpointError) -> ParsedFile {
    var reader = GGUFReader(file)
    let (version, tensorCount, entryCount) = try reader.readHeader()
    try reader.readMetadata(entryCount)
    let pending = try reader.readTensorInfos(tensorCount)
    let (tensors, dataOffset) = try reader.place(pending)
    return ParsedFile(
      format: .gguf(version: version), file: file, metadata: reader.metadata, tensors: tensors,
      dataOffset: dataOffset, alignment: reader.alignment, headerRegions: reader.regions)
  }

  private init(_ file: MappedFile) {
    self.file = file
    reader = file.reader
    metadata = Metadata(path: file.path)
  }

  // MARK: Header and metadata

  private mutating func readHeader() throws(CheckpointError) -> (UInt32, UInt64, UInt64) {
    let _: UInt32 = try integer("magic")
    let version: UInt32 = try integer("version")
    guard version == 2 || version == 3 else {
      if (1...3).contains(version.byteSwapped) {
        throw .bigEndian(version: version.byteSwapped)
      }
      throw .unsupportedVersion(format: "GGUF", version: version)
    }
    let tensorCount: UInt64 = try integer("tensor count")
    let entryCount: UInt64 = try integer("metadata count")
    regions.append(
      .init(kind: .header, label: "GGUF header", byteRange: 0..<GGUFReader.headerByteCount))
    try checkCount(
      tensorCount, leastByteCount: GGUFReader.leastTensorByteCount,
      limit: CheckpointLimits.tensorCount, "tensor count", byteOffset: 8)
    try checkCount(
      entryCount, leastByteCount: GGUFReader.leastEntryByteCount,
      limit: CheckpointLimits.metadataEntryCount, "metadata count", byteOffset: 16)
    return (version, tensorCount, entryCount)
  }

  private mutating func readMetadata(_ count: UInt64) throws(CheckpointError) {
    for _ in 0..<count {
      let start = reader.byteOffset
      let key = try name("metadata key")
      let value = try value(of: key)
      guard metadata.append(key: key, value: value) else {
        throw .duplicateKey(key: key, byteOffset: start)
      }
      if key == "general.alignment" { try setAlignment(value, byteOffset: start) }
      try checkMetadataByteCount()
      regions.append(
        .init(kind: .metadata, label: key, byteRange: start..<reader.byteOffset))
    }
  }

  private mutating func setAlignment(
    _ value: MetadataValue, byteOffset: Int
  ) throws(CheckpointError) {
    guard case .uint32(let number) = value else {
      throw .invalidAlignment(byteOffset: byteOffset, found: "of type \(value.typeName)")
    }
    guard CheckpointLimits.alignments.contains(Int(number)), number & (number - 1) == 0 else {
      throw .invalidAlignment(byteOffset: byteOffset, found: "\(number)")
    }
    alignment = Int(number)
  }

  func checkMetadataByteCount() throws(CheckpointError) {
    let byteCount = reader.byteOffset - GGUFReader.headerByteCount
    if byteCount > CheckpointLimits.metadataByteCount {
      throw .limitExceeded(
        what: "size of the metadata", byteOffset: reader.byteOffset, value: UInt64(byteCount),
        limit: UInt64(CheckpointLimits.metadataByteCount))
    }
  }

  /// Refuses a count whose smallest possible records would not fit into the rest of the file.
  func checkCount(
    _ count: UInt64, leastByteCount: UInt64, limit: UInt64, _ what: @autoclosure () -> String,
    byteOffset: Int
  ) throws(CheckpointError) {
    let possible = min(limit, UInt64(reader.availableByteCount) / leastByteCount)
    if count > possible {
      throw .limitExceeded(
        what: what(), byteOffset: byteOffset, value: count, limit: possible)
    }
  }

  mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ what: @autoclosure () -> String
  ) throws(CheckpointError) -> Integer {
    try mapBytesErrors { () throws(BytesError) in try reader.integer(Integer.self, what()) }
  }

  mutating func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, _ what: @autoclosure () -> String
  ) throws(CheckpointError) -> [Integer] {
    try mapBytesErrors { () throws(BytesError) in
      try reader.integers(count, of: Integer.self, what())
    }
  }

  mutating func stringByteCount(
    _ what: @autoclosure () -> String
  ) throws(CheckpointError) -> Int {
    let byteOffset = reader.byteOffset
    let stated: UInt64 = try integer(what())
    let possible = min(CheckpointLimits.stringByteCount, UInt64(reader.availableByteCount))
    if stated > possible {
      throw .limitExceeded(
        what: "string length of \(what())", byteOffset: byteOffset, value: stated,
        limit: possible)
    }
    return Int(stated)  // at most stringByteCount
  }

  mutating func string(
    _ what: @autoclosure () -> String
  ) throws(CheckpointError) -> [UInt8] {
    let byteCount = try stringByteCount(what())
    return try mapBytesErrors { () throws(BytesError) in try reader.bytes(byteCount, what()) }
  }

  mutating func name(_ what: String) throws(CheckpointError) -> String {
    let byteOffset = reader.byteOffset
    return try checkedName(string(what), what: what, byteOffset: byteOffset)
  }
}
