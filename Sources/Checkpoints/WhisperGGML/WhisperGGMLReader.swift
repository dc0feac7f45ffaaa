// The `.bin` files of whisper.cpp, an older format of ggml: sizes, mel filters, vocabulary, and then
// each tensor with its name in front of its numbers.

internal import Bytes

/// Reads a file of whisper.cpp in one pass over everything but the tensors' data.
///
/// All integers are signed 32-bit numbers. The file has no count of its tensors: they follow each
/// other to its end.
///
/// - Source: whisper.cpp, `whisper_model_load` and `models/convert-pt-to-ggml.py`.
struct WhisperGGMLReader {
  /// The sizes after the magic number, in the order of the file.
  static let sizeNames = [
    "n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer", "n_text_ctx",
    "n_text_state", "n_text_head", "n_text_layer", "n_mels", "ftype",
  ]

  /// The prefix of the sizes' metadata keys, the name of whisper.cpp's struct.
  static let sizePrefix = "hparams."

  /// The key of the vocabulary.
  static let tokensKey = "vocab.tokens"

  /// `GGML_FILE_MAGIC`, 0x67676d6c, as it is in the file.
  static let magic: [UInt8] = Array("lmgg".utf8)

  var reader: ByteReader
  var regions: [ByteMapRegion] = []
  var metadata: Metadata
  /// The dimensions that a tensor may have; a single number of a voice detector has none.
  private var dimensionCounts = 1...CheckpointLimits.ggufDimensionCount

  /// Whether a file with these first bytes is one of whisper.cpp, or of another program of ggml's
  /// first time, whose sizes then make no sense.
  static func recognizes(_ firstBytes: [UInt8]) -> Bool { firstBytes.starts(with: magic) }

  /// Reads the header and every tensor's place.
  ///
  /// - Throws: `CheckpointError`.
  /// - Complexity: O(vocabulary + tensors).
  static func read(_ file: MappedFile) throws(CheckpointError) -> ParsedFile {
    var reader = WhisperGGMLReader(file)
    if isVoiceDetector(file) {
      try reader.readVoiceDetectorSizes()
      reader.dimensionCounts = 0...CheckpointLimits.ggufDimensionCount
    } else {
      try reader.readSizes()
      try reader.readFilters()
      try reader.readVocabulary()
    }
    let tensors = try reader.readTensors()
    return ParsedFile(
      format: .whisperGGML, file: file, metadata: reader.metadata, tensors: tensors,
      dataOffset: 0, alignment: 1, headerRegions: reader.regions)
  }

  private init(_ file: MappedFile) {
    reader = file.reader
    metadata = Metadata(path: file.path)
  }

  // MARK: The header

  private mutating func readSizes() throws(CheckpointError) {
    _ = try skip(Self.magic.count, "magic")
    for name in Self.sizeNames {
      let value = try integer(name)
      _ = metadata.append(key: Self.sizePrefix + name, value: .int32(value))
    }
    regions.append(
      .init(kind: .header, label: "whisper.cpp header", byteRange: 0..<reader.byteOffset))
  }

  /// `[mels, bins]` numbers, which the program does not need: it computes them.
  private mutating func readFilters() throws(CheckpointError) {
    let start = reader.byteOffset
    var count = 4
    for name in ["n_mel", "n_fft"] {
      let value = try integer("filters.\(name)")
      guard value >= 0 else {
        throw .limitExceeded(
          what: "filters.\(name)", byteOffset: reader.byteOffset - 4,
          value: UInt64(UInt32(bitPattern: value)), limit: UInt64(Int32.max))
      }
      _ = metadata.append(key: "filters.\(name)", value: .int32(value))
      count = try mapBytesErrors { () throws(BytesError) in
        try checkedProduct(count, Int(value), what: "mel filters", byteOffset: start)
      }
    }
    _ = try skip(count, "mel filters")
    regions.append(
      .init(kind: .metadata, label: "mel filters", byteRange: start..<reader.byteOffset))
  }

  private mutating func readVocabulary() throws(CheckpointError) {
    let start = reader.byteOffset
    let stated = try integer("token count")
    // A token takes at least its length.
    let limit = min(Int(CheckpointLimits.arrayElementCount), reader.availableByteCount / 4)
    guard stated >= 0, Int(stated) <= limit else {
      throw .limitExceeded(
        what: "token count", byteOffset: start, value: UInt64(UInt32(bitPattern: stated)),
        limit: UInt64(limit))
    }
    var tokens = StringArray(count: Int(stated))
    for index in 0..<Int(stated) {
      let byteCount = try length("token \(index)", limit: Int(CheckpointLimits.stringByteCount))
      try mapBytesErrors { () throws(BytesError) in
        try reader.withBytes(byteCount, "token \(index)") { tokens.append($0) }
      }
    }
    _ = metadata.append(key: Self.tokensKey, value: .array(.string(tokens)))
    regions.append(
      .init(kind: .metadata, label: "vocabulary", byteRange: start..<reader.byteOffset))
  }

  // MARK: Tensors

  private mutating func readTensors() throws(CheckpointError) -> [TensorInfo] {
    var tensors: [TensorInfo] = []
    var names: Set<String> = []
    while reader.availableByteCount > 0 {
      let start = reader.byteOffset
      guard UInt64(tensors.count) < CheckpointLimits.tensorCount else {
        throw .limitExceeded(
          what: "tensor count", byteOffset: start, value: UInt64(tensors.count) + 1,
          limit: CheckpointLimits.tensorCount)
      }
      let tensor = try readTensor()
      guard names.insert(tensor.name).inserted else {
        throw .duplicateTensor(tensor: tensor.name, byteOffset: start)
      }
      regions.append(
        .init(
          kind: .tensorInfo, label: tensor.name, byteRange: start..<tensor.byteRange.lowerBound))
      tensors.append(tensor)
    }
    return tensors
  }

  private mutating func readTensor() throws(CheckpointError) -> TensorInfo {
    let start = reader.byteOffset
    let dimensionCount = try integer("dimension count")
    let nameByteCount = try length("tensor name", limit: Int(CheckpointLimits.nameByteCount))
    let typeOffset = reader.byteOffset
    let typeID = try integer("tensor type")
    guard dimensionCounts.contains(Int(dimensionCount)) else {
      throw .tooManyDimensions(
        tensor: "?", byteOffset: start, count: UInt64(UInt32(bitPattern: dimensionCount)),
        limit: CheckpointLimits.ggufDimensionCount)
    }
    var shape: [Int] = []
    for _ in 0..<dimensionCount {
      let dimension = try integer("dimension")
      guard dimension > 0 else {
        throw .invalidDimension(
          tensor: "?", byteOffset: reader.byteOffset - 4,
          value: UInt64(UInt32(bitPattern: dimension)))
      }
      shape.insert(Int(dimension), at: 0)
    }
    if shape.isEmpty { shape = [1] }
    let nameOffset = reader.byteOffset
    let bytes = try mapBytesErrors { () throws(BytesError) in
      try reader.bytes(nameByteCount, "tensor name")
    }
    let name = try checkedName(bytes, what: "tensor name", byteOffset: nameOffset)
    guard let type = TensorType(ggmlID: UInt32(bitPattern: typeID)) else {
      throw .unknownTensorType(tensor: name, byteOffset: typeOffset, type: "id \(typeID)")
    }
    let byteCount = try tensorByteCount(type: type, shape: shape, name: name, byteOffset: start)
    let range = try skip(byteCount, "tensor \(name)")
    return TensorInfo(name: name, type: type, shape: shape, byteRange: range)
  }

  // MARK: Numbers

  mutating func integer(_ what: @autoclosure () -> String) throws(CheckpointError) -> Int32 {
    try mapBytesErrors { () throws(BytesError) in try reader.integer(Int32.self, what()) }
  }

  private mutating func length(
    _ what: @autoclosure () -> String, limit: Int
  ) throws(CheckpointError) -> Int {
    let byteOffset = reader.byteOffset
    let value = try integer("length of \(what())")
    guard value >= 0, Int(value) <= limit else {
      throw .limitExceeded(
        what: "length of \(what())", byteOffset: byteOffset,
        value: UInt64(UInt32(bitPattern: value)), limit: UInt64(limit))
    }
    return Int(value)
  }

  mutating func skip(
    _ byteCount: Int, _ what: @autoclosure () -> String
  ) throws(CheckpointError) -> Range<Int> {
    try mapBytesErrors { () throws(BytesError) in try reader.skip(byteCount, what()) }
  }
}
