internal import Bytes

extension Inspection {
  /// Limits on the length of the values shown.
  package struct Detail: Sendable {
    /// Elements of an array.
    package var elementCount: Int
    /// Characters of a text.
    package var characterCount: Int

    package init(elementCount: Int = 6, characterCount: Int = 240) {
      self.elementCount = elementCount
      self.characterCount = characterCount
    }
  }

  /// Describes an open checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoint: the checkpoint.
  ///   - hashes: whether to compute the SHA-256 of each file and each tensor, which reads all data
  ///     twice.
  ///   - detail: how much of long values to show.
  /// - Throws: `CheckpointError.bytes` where libcrypto fails.
  /// - Complexity: O(header) without hashes.
  package init(
    of checkpoint: Checkpoint, hashes: Bool = false, detail: Detail = Detail()
  ) throws(CheckpointError) {
    let isSplit = checkpoint.files.count > 1
    func digest(_ index: Int, _ range: Range<Int>) throws(CheckpointError) -> String? {
      guard hashes else { return nil }
      let file = checkpoint.files[index].file
      do throws(BytesError) {
        return try SHA256Digest.of(file, range: range).hex
      } catch {
        throw .bytes(error)
      }
    }
    var rows: [TensorRow] = []
    for tensor in checkpoint.tensors {
      rows.append(
        TensorRow(
          name: printable(tensor.name, limit: .max), type: tensor.type.name, shape: tensor.shape,
          elementCount: tensor.elementCount, byteOffset: tensor.byteRange.lowerBound,
          byteCount: tensor.byteCount,
          sha256: hashes ? try Inspection.digest(of: tensor, checkpoint) : nil,
          file: isSplit ? tensor.fileIndex : nil))
    }
    var files: [FileRow] = []
    for (index, file) in checkpoint.files.enumerated() {
      files.append(
        FileRow(
          path: file.file.path, byteCount: file.file.byteCount,
          tensorCount: file.tensorIndices.count, alignment: file.alignment,
          dataOffset: file.dataOffset, sha256: try digest(index, 0..<file.file.byteCount)))
    }
    if hashes { try checkpoint.verifyChecksums() }
    imports = Inspection.imports(checkpoint)
    path = checkpoint.path
    format = checkpoint.format.name
    byteCount = checkpoint.byteCount
    sha256 = isSplit ? nil : files[0].sha256
    alignment = files[0].alignment
    dataOffset = files[0].dataOffset
    self.files = files
    // Sums of element counts cannot wrap: every element takes at least some bits of the file.
    parameterCount = rows.reduce(0) { $0 &+ $1.elementCount }
    metadata = checkpoint.metadata.entries.map { MetadataRow($0, detail: detail) }
    tensors = rows
    types = Inspection.totals(rows)
    byteMap = checkpoint.files.enumerated().flatMap { index, file in
      checkpoint.byteMap(ofFile: index).map {
        Region($0, of: file.file, fileIndex: isSplit ? index : nil)
      }
    }
  }

  /// The digest of the elements in row-major order, as if the file kept them so.
  private static func digest(
    of tensor: TensorInfo, _ checkpoint: Checkpoint
  ) throws(CheckpointError) -> String {
    defer { withExtendedLifetime(checkpoint) {} }
    do throws(BytesError) {
      let hasher = try SHA256Hasher()
      unsafe try hasher.update(checkpoint.bytes(of: tensor))
      return try hasher.finalize().hex
    } catch {
      throw .bytes(error)
    }
  }

  private static func imports(_ checkpoint: Checkpoint) -> [ImportRow]? {
    guard case .torch = checkpoint.format else { return nil }
    let isSplit = checkpoint.files.count > 1
    return checkpoint.files.enumerated().flatMap { index, file in
      TorchImport.all(of: file.file).map { ImportRow($0, file: isSplit ? index : nil) }
    }
  }

  private static func totals(_ rows: [TensorRow]) -> [TypeTotal] {
    Dictionary(grouping: rows, by: \.type).map { type, rows in
      TypeTotal(
        type: type, tensorCount: rows.count, elementCount: rows.reduce(0) { $0 &+ $1.elementCount },
        byteCount: rows.reduce(0) { $0 &+ $1.byteCount })
    }
    .sorted { ($1.byteCount, $0.type) < ($0.byteCount, $1.type) }
  }
}

extension Inspection.Region {
  /// A sparse file may have a gap of terabytes, which would take hours to read.
  private static let examinedByteCount = 64 << 20

  fileprivate init(_ region: ByteMapRegion, of mapped: MappedFile, fileIndex: Int?) {
    file = fileIndex
    kind = region.kind
    label = printable(region.label, limit: .max)
    byteOffset = region.byteRange.lowerBound
    byteCount = region.byteRange.count
    switch region.kind {
    case .padding, .gap, .trailing:
      guard byteCount <= Inspection.Region.examinedByteCount else { fallthrough }
      isZero = unsafe mapped.withBytes { bytes in
        unsafe bytes[region.byteRange].allSatisfy { $0 == 0 }
      }
    default: isZero = nil
    }
  }
}

extension Inspection.ImportRow {
  package init(_ one: TorchImport, file: Int? = nil) {
    name = printable(one.name, limit: .max)
    member = printable(one.member, limit: .max)
    byteOffset = one.byteOffset
    isAllowed = one.isAllowed
    self.file = file
  }
}

extension Inspection.MetadataRow {
  fileprivate init(_ entry: Metadata.Entry, detail: Inspection.Detail) {
    key = printable(entry.key, limit: .max)
    type = entry.value.typeName
    if case .array(let array) = entry.value {
      let shown = (0..<min(array.count, detail.elementCount)).map { index in
        let text = Inspection.text(array[index], limit: 32)
        return array.elementType == .string ? "\"\(text)\"" : text
      }
      let rest = array.count > shown.count ? ["…"] : []
      value = "[\((shown + rest).joined(separator: ", "))]"
      elementCount = array.count
    } else {
      value = Inspection.text(entry.value, limit: detail.characterCount)
      elementCount = nil
    }
  }
}

extension Inspection {
  fileprivate static func text(_ value: MetadataValue, limit: Int) -> String {
    switch value {
    case .uint8(let value): "\(value)"
    case .int8(let value): "\(value)"
    case .uint16(let value): "\(value)"
    case .int16(let value): "\(value)"
    case .uint32(let value): "\(value)"
    case .int32(let value): "\(value)"
    case .uint64(let value): "\(value)"
    case .int64(let value): "\(value)"
    case .float32(let value): "\(value)"
    case .float64(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let value): printable(value, limit: limit)
    case .array(let array): "\(array.count) elements"
    }
  }
}

extension Checkpoint.Format {
  /// The usual name of the format.
  package var name: String {
    switch self {
    case .gguf(let version): "GGUF v\(version)"
    case .safetensors: "safetensors"
    case .torch(.zip): "PyTorch"
    case .torch(.script): "PyTorch TorchScript"
    case .torch(.legacy): "PyTorch legacy"
    case .whisperGGML: "whisper.cpp"
    case .cTranslate2: "CTranslate2"
    }
  }
}
