// The `model.bin` of CTranslate2, in which faster-whisper's models are published: each
// variable's name is followed by its numbers, and aliases come last.

internal import Bytes

/// Reads a file of CTranslate2 in one pass over everything but the variables' data.
///
/// Little-endian and without padding:
///
/// | field | type |
/// |---|---|
/// | version of the format | UInt32 |
/// | name of the model's specification | string |
/// | its revision | UInt32 |
/// | variables | UInt32 count, then each: string, UInt8 rank, UInt32 a dimension, UInt8 type, UInt32 bytes, data |
/// | aliases | UInt32 count, then each: two strings |
///
/// A string is a UInt16 length, the text and a NUL, which the length counts. Single integers
/// (numbers of heads, switches) become metadata; an alias becomes a tensor with the same bytes.
///
/// - Source: CTranslate2, `Model::load` (src/models/model.cc), and
///   `python/ctranslate2/specs/model_spec.py`.
struct CTranslate2Reader {
  /// The version of the format that is read: that of CTranslate2 2 to 4.
  static let version: UInt32 = 6

  /// Versions that a file can state, so that other files are not taken for one.
  private static let plausibleVersions = 1...64

  private var reader: ByteReader
  private var regions: [ByteMapRegion] = []
  private var metadata: Metadata
  private var tensors: [TensorInfo] = []
  private var indexByName: [String: Int] = [:]

  /// Whether a file with these first bytes has a version and the name of a specification.
  static func recognizes(_ firstBytes: [UInt8]) -> Bool {
    guard firstBytes.count > 6, firstBytes[1...3].allSatisfy({ $0 == 0 }),
      plausibleVersions.contains(Int(firstBytes[0])), firstBytes[5] == 0
    else { return false }
    let end = 6 + Int(firstBytes[4])
    guard end > 8, end <= firstBytes.count, firstBytes[end - 1] == 0 else { return false }
    return firstBytes[6..<end - 1].allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "z")).contains($0)
    }
  }

  /// Reads the header and every variable's place.
  ///
  /// - Throws: `CheckpointError`.
  /// - Complexity: O(variables).
  static func read(_ file: MappedFile) throws(CheckpointError) -> ParsedFile {
    var reader = CTranslate2Reader(file)
    try reader.readHeader()
    try reader.readVariables()
    try reader.readAliases()
    return ParsedFile(
      format: .cTranslate2, file: file, metadata: reader.metadata, tensors: reader.tensors,
      dataOffset: 0, alignment: 1, headerRegions: reader.regions)
  }

  private init(_ file: MappedFile) {
    reader = file.reader
    metadata = Metadata(path: file.path)
  }

  private mutating func readHeader() throws(CheckpointError) {
    let version: UInt32 = try integer("version")
    guard version == Self.version else {
      throw .unsupportedVersion(format: "CTranslate2", version: version)
    }
    let specification = try string("name of the specification")
    _ = metadata.append(key: "specification", value: .string(specification))
    _ = metadata.append(key: "revision", value: .uint32(try integer("revision")))
    regions.append(
      .init(kind: .header, label: "CTranslate2 header", byteRange: 0..<reader.byteOffset))
  }

  // MARK: Variables

  private mutating func readVariables() throws(CheckpointError) {
    // Name length, a byte and NUL, rank, type, byte count.
    let count = try count("variable count", leastByteCount: 10)
    for _ in 0..<count { try readVariable() }
  }

  private mutating func readVariable() throws(CheckpointError) {
    let start = reader.byteOffset
    let name = try string("variable name")
    let shape = try shape(of: name)
    let typeOffset = reader.byteOffset
    let typeID: UInt8 = try integer("type of variable \(name)")
    guard let type = Self.type(typeID) else {
      throw .unknownTensorType(tensor: name, byteOffset: typeOffset, type: "id \(typeID)")
    }
    let countOffset = reader.byteOffset
    let stated: UInt32 = try integer("byte count of variable \(name)")
    let byteCount = try tensorByteCount(type: type, shape: shape, name: name, byteOffset: start)
    guard Int(stated) == byteCount else {
      throw .sizeMismatch(
        tensor: name, byteOffset: countOffset, stated: UInt64(stated), computed: byteCount)
    }
    if shape.isEmpty, let value = try scalar(type, name) {
      guard metadata.append(key: name, value: value) else {
        throw .duplicateKey(key: name, byteOffset: start)
      }
      return regions.append(
        .init(kind: .metadata, label: name, byteRange: start..<reader.byteOffset))
    }
    let range = try mapBytesErrors { () throws(BytesError) in
      try reader.skip(byteCount, "variable \(name)")
    }
    regions.append(.init(kind: .tensorInfo, label: name, byteRange: start..<range.lowerBound))
    try add(TensorInfo(name: name, type: type, shape: shape, byteRange: range), byteOffset: start)
  }

  private mutating func shape(of name: String) throws(CheckpointError) -> [Int] {
    let byteOffset = reader.byteOffset
    let rank: UInt8 = try integer("rank of variable \(name)")
    guard rank <= CheckpointLimits.torchDimensionCount else {
      throw .tooManyDimensions(
        tensor: name, byteOffset: byteOffset, count: UInt64(rank),
        limit: CheckpointLimits.torchDimensionCount)
    }
    var shape: [Int] = []
    for _ in 0..<rank {
      let dimension: UInt32 = try integer("dimension of variable \(name)")
      guard dimension > 0 else {
        throw .invalidDimension(tensor: name, byteOffset: reader.byteOffset - 4, value: 0)
      }
      shape.append(Int(dimension))
    }
    return shape
  }

  /// - Source: CTranslate2 `include/ctranslate2/types.h`, `DataType`.
  private static func type(_ id: UInt8) -> TensorType? {
    switch id {
    case 0: .f32
    case 1: .i8
    case 2: .i16
    case 3: .i32
    case 4: .f16
    case 5: .bf16
    default: nil
    }
  }

  /// A single integer or Float32; nil for types that remain tensors.
  private mutating func scalar(
    _ type: TensorType, _ name: String
  ) throws(CheckpointError) -> MetadataValue? {
    switch type {
    case .i8: .int8(try integer(name))
    case .i16: .int16(try integer(name))
    case .i32: .int32(try integer(name))
    case .f32: .float32(Float(bitPattern: try integer(name)))
    default: nil
    }
  }

  // MARK: Aliases

  private mutating func readAliases() throws(CheckpointError) {
    let start = reader.byteOffset
    // Two strings of a character each.
    let count = try count("alias count", leastByteCount: 8)
    for _ in 0..<count {
      let byteOffset = reader.byteOffset
      let alias = try string("alias")
      let name = try string("variable of alias \(alias)")
      guard let index = indexByName[name] else { throw .missingTensor(tensor: name) }
      let target = tensors[index]
      try add(
        TensorInfo(
          name: alias, type: target.type, shape: target.shape, byteRange: target.byteRange),
        byteOffset: byteOffset)
    }
    guard reader.availableByteCount == 0 else {
      throw .hole(byteOffset: reader.byteOffset, byteCount: reader.availableByteCount)
    }
    regions.append(.init(kind: .metadata, label: "aliases", byteRange: start..<reader.byteOffset))
  }

  private mutating func add(_ tensor: TensorInfo, byteOffset: Int) throws(CheckpointError) {
    guard indexByName[tensor.name] == nil else {
      throw .duplicateTensor(tensor: tensor.name, byteOffset: byteOffset)
    }
    indexByName[tensor.name] = tensors.count
    tensors.append(tensor)
  }

  // MARK: Numbers and strings

  private mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ what: @autoclosure () -> String
  ) throws(CheckpointError) -> Integer {
    try mapBytesErrors { () throws(BytesError) in try reader.integer(Integer.self, what()) }
  }

  /// A count of records, each of at least `leastByteCount` bytes.
  private mutating func count(
    _ what: String, leastByteCount: Int
  ) throws(CheckpointError) -> Int {
    let byteOffset = reader.byteOffset
    let stated: UInt32 = try integer(what)
    let limit = min(
      CheckpointLimits.tensorCount, UInt64(reader.availableByteCount / leastByteCount))
    guard UInt64(stated) <= limit else {
      throw .limitExceeded(what: what, byteOffset: byteOffset, value: UInt64(stated), limit: limit)
    }
    return Int(stated)
  }

  private mutating func string(_ what: String) throws(CheckpointError) -> String {
    let byteOffset = reader.byteOffset
    let byteCount: UInt16 = try integer("length of \(what)")
    let bytes = try mapBytesErrors { () throws(BytesError) in
      try reader.bytes(Int(byteCount), what)
    }
    guard bytes.last == 0 else {
      throw .invalidName(what: what, byteOffset: byteOffset, reason: "does not end in NUL")
    }
    return try checkedName(Array(bytes.dropLast()), what: what, byteOffset: byteOffset)
  }
}
