// safetensors, the weight format of Hugging Face: 8 bytes of header length, a JSON header, data.
// Specification: huggingface/safetensors README, "Format". This reader is stricter where the
// format's own library is silent: duplicate names are refused at every level, and so are unknown
// fields, because a file that two readers understand differently is a security hole.

internal import Bytes

/// Reads the header of one safetensors file in one pass.
struct SafetensorsReader {
  private let file: MappedFile
  private let dataOffset: Int
  private var metadata: Metadata
  private var hasMetadata = false
  private var tensors: [TensorInfo] = []
  private var names: Set<String> = []
  private var regions: [ByteMapRegion] = []

  /// The length of the header, as a 64-bit number.
  private static let prefixByteCount = 8

  /// Whether a file with these first bytes can be safetensors: its header begins with a brace.
  static func recognizes(_ firstBytes: [UInt8]) -> Bool {
    firstBytes.count > prefixByteCount && firstBytes[prefixByteCount] == UInt8(ascii: "{")
  }

  /// Reads the header and checks that the tensors cover the data exactly.
  ///
  /// - Complexity: O(header + tensors × log tensors).
  static func read(_ file: MappedFile) throws(CheckpointError) -> ParsedFile {
    var reader = try SafetensorsReader(file)
    try reader.readHeader()
    try reader.checkCoverage()
    return ParsedFile(
      format: .safetensors, file: file, metadata: reader.metadata, tensors: reader.tensors,
      dataOffset: reader.dataOffset, alignment: 1, headerRegions: reader.regions)
  }

  private init(_ file: MappedFile) throws(CheckpointError) {
    let byteCount: UInt64
    do throws(BytesError) {
      var reader = file.reader
      byteCount = try reader.uint64("header length")
      // A length above the limit is reported as such below, whatever the file's size.
      if byteCount <= CheckpointLimits.safetensorsHeaderByteCount {
        try reader.require(byteCount, "header")
      }
    } catch {
      throw .bytes(error)
    }
    if byteCount > CheckpointLimits.safetensorsHeaderByteCount {
      throw .limitExceeded(
        what: "header length", byteOffset: 0, value: byteCount,
        limit: CheckpointLimits.safetensorsHeaderByteCount)
    }
    self.file = file
    metadata = Metadata(path: file.path)
    dataOffset = SafetensorsReader.prefixByteCount + Int(byteCount)
  }

  // MARK: The header

  private mutating func readHeader() throws(CheckpointError) {
    let start = SafetensorsReader.prefixByteCount
    var cursor = JSONCursor(file: file, range: start..<dataOffset)
    var memberStart: Int?
    var label = ("", ByteMapRegion.Kind.header)
    func close(at end: Int, into regions: inout [ByteMapRegion]) {
      let range = (memberStart ?? 0)..<end
      regions.append(.init(kind: label.1, label: label.0, byteRange: range))
    }
    label.0 = "safetensors header"
    try cursor.object("the header") { cursor, key, keyOffset throws(CheckpointError) in
      close(at: keyOffset, into: &regions)
      memberStart = keyOffset
      if key.elementsEqual("__metadata__".utf8) {
        label = ("__metadata__", .metadata)
        try readMetadata(&cursor, keyOffset: keyOffset)
      } else {
        let name = try checkedName(key, what: "tensor name", byteOffset: keyOffset)
        label = (name, .tensorInfo)
        try readTensor(&cursor, name: name, keyOffset: keyOffset)
      }
    }
    close(at: cursor.byteOffset, into: &regions)
    try readPadding(&cursor)
  }

  /// The specification pads the header with spaces, so that the data begin at a multiple of 8.
  private mutating func readPadding(_ cursor: inout JSONCursor) throws(CheckpointError) {
    let start = cursor.byteOffset
    cursor.skipSpaces()
    if cursor.byteOffset < dataOffset {
      throw .invalidHeader(
        byteOffset: cursor.byteOffset, reason: "only spaces may follow the closing brace")
    }
    if start < dataOffset {
      regions.append(.init(kind: .padding, label: "padding", byteRange: start..<dataOffset))
    }
  }

  private mutating func readMetadata(
    _ cursor: inout JSONCursor, keyOffset: Int
  ) throws(CheckpointError) {
    if hasMetadata { throw .duplicateKey(key: "__metadata__", byteOffset: keyOffset) }
    hasMetadata = true
    try cursor.object("__metadata__") { cursor, keyBytes, keyOffset throws(CheckpointError) in
      let key = try checkedName(keyBytes, what: "metadata key", byteOffset: keyOffset)
      if UInt64(metadata.entries.count) >= CheckpointLimits.metadataEntryCount {
        throw .limitExceeded(
          what: "metadata count", byteOffset: keyOffset,
          value: CheckpointLimits.metadataEntryCount + 1,
          limit: CheckpointLimits.metadataEntryCount)
      }
      let value = try cursor.string("the value of metadata \(key)")
      guard metadata.append(key: key, value: .string(String(decoding: value, as: UTF8.self)))
      else { throw .duplicateKey(key: key, byteOffset: keyOffset) }
    }
  }

  // MARK: Tensors

  private mutating func readTensor(
    _ cursor: inout JSONCursor, name: String, keyOffset: Int
  ) throws(CheckpointError) {
    if UInt64(tensors.count) >= CheckpointLimits.tensorCount {
      throw .limitExceeded(
        what: "tensor count", byteOffset: keyOffset, value: CheckpointLimits.tensorCount + 1,
        limit: CheckpointLimits.tensorCount)
    }
    guard names.insert(name).inserted else {
      throw .duplicateTensor(tensor: name, byteOffset: keyOffset)
    }
    let fields = try SafetensorsFields(&cursor, tensor: name, keyOffset: keyOffset)
    let byteCount = try tensorByteCount(
      type: fields.type, shape: fields.shape, name: name, byteOffset: keyOffset)
    let available = file.byteCount - dataOffset
    guard fields.end >= fields.begin, fields.end - fields.begin == UInt64(byteCount) else {
      throw .sizeMismatch(
        tensor: name, byteOffset: keyOffset, stated: fields.end &- fields.begin,
        computed: byteCount)
    }
    guard fields.end <= UInt64(available) else {
      throw .tensorOutsideFile(
        tensor: name, byteOffset: fields.begin, byteCount: byteCount, available: available)
    }
    tensors.append(
      TensorInfo(
        name: name, type: fields.type, shape: fields.shape,
        byteRange: dataOffset + Int(fields.begin)..<dataOffset + Int(fields.end)))
  }

  /// The format's promise: the tensors cover the data from first to last byte, each byte once.
  private func checkCoverage() throws(CheckpointError) {
    let sorted = tensors.sorted {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    var end = dataOffset
    var previous = ""
    for tensor in sorted {
      let start = tensor.byteRange.lowerBound
      if start > end { throw .hole(byteOffset: end, byteCount: start - end) }
      if start < end {
        throw .overlap(first: previous, second: tensor.name, byteOffset: start)
      }
      end = tensor.byteRange.upperBound
      previous = tensor.name
    }
    if end < file.byteCount { throw .hole(byteOffset: end, byteCount: file.byteCount - end) }
  }
}
