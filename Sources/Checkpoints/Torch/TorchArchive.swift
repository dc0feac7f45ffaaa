// The ZIP form of PyTorch's files (since 1.6), with all members in one folder:
//   NAME/data.pkl     the pickle, which refers to storages by key
//   NAME/data/KEY     a storage: raw numbers
//   NAME/byteorder    `little` or `big` (since 2.1)
//   NAME/version, NAME/.data/…, …
// TorchScript adds constants.pkl and code/; neither is read.

internal import Bytes

/// A ZIP archive of `torch.save` or `torch.jit.save`.
struct TorchArchive {
  let archive: ZipArchive
  /// The folder of all members, with a slash at the end.
  private let root: String

  private static let pickleName = "data.pkl"

  /// Opens the archive and finds the folder of its members.
  ///
  /// - Throws: `CheckpointError.archive` or `.unsupportedTorchFile`.
  init(_ file: MappedFile) throws(CheckpointError) {
    do throws(ZipError) {
      archive = try ZipArchive(file: file)
    } catch {
      throw .archive(error)
    }
    let suffix = "/" + Self.pickleName
    let roots = archive.names.filter { $0.hasSuffix(suffix) }.map { $0.dropLast(suffix.count) }
      .filter { !$0.contains("/") }
    guard roots.count == 1 else {
      throw .unsupportedTorchFile(
        reason: "this ZIP archive has \(roots.count) members FOLDER/data.pkl; a file of torch.save "
          + "has one")
    }
    root = roots[0] + "/"
    for name in archive.names where !name.hasPrefix(root) {
      throw .unsupportedTorchFile(
        reason: "member '\(printable(name))' is not in the folder '\(printable(root))' of data.pkl")
    }
  }

  /// Runs the pickle and locates the storages.
  func read() throws(CheckpointError) -> ParsedFile {
    try checkByteOrder()
    let pickle = try stored(Self.pickleName)
    guard pickle.byteCount <= PickleLimits.byteCount else {
      throw .limitExceeded(
        what: "size of data.pkl", byteOffset: pickle.dataRange.lowerBound,
        value: UInt64(pickle.byteCount), limit: UInt64(PickleLimits.byteCount))
    }
    let reader = try mapBytesErrors { () throws(BytesError) in
      try ByteReader(file: archive.file, range: pickle.dataRange)
    }
    var machine = PickleMachine(reader)
    let result = try machine.run()
    guard machine.reader.availableByteCount == 0 else {
      throw .invalidPickle(
        byteOffset: machine.reader.byteOffset,
        reason: "\(machine.reader.availableByteCount) bytes follow the pickle")
    }
    var ranges: [Range<Int>] = []
    for storage in machine.storages { ranges.append(try range(of: storage)) }
    let isScript = archive.entry(named: root + "constants.pkl") != nil
    return try TorchReader.assemble(
      archive.file, container: isScript ? .script : .zip, machine: machine, root: result,
      storageRanges: ranges, regions: regions(), archive: archive)
  }

  private func checkByteOrder() throws(CheckpointError) {
    guard let entry = archive.entry(named: root + "byteorder") else { return }
    let order: [UInt8]
    do throws(ZipError) { order = try archive.contents(of: entry) } catch { throw .archive(error) }
    guard order.elementsEqual("little".utf8) else {
      throw .unsupportedTorchFile(
        reason:
          "its byte order is '\(printable(String(decoding: order, as: UTF8.self), limit: 16))'; "
          + "only little-endian files are supported")
    }
  }

  /// A member that must be stored and intact.
  private func stored(_ name: String) throws(CheckpointError) -> ZipArchive.Entry {
    guard let entry = archive.entry(named: root + name), entry.method == .stored else {
      throw .unsupportedTorchFile(
        reason: "member '\(printable(root + name))' is compressed, which torch never does")
    }
    do throws(ZipError) { try archive.verifyStored(entry) } catch { throw .archive(error) }
    return entry
  }

  /// The bytes of a storage, which must have exactly the stated size.
  ///
  /// Their CRC is not checked here, as that would read the whole file.
  private func range(of storage: TorchStorage) throws(CheckpointError) -> Range<Int> {
    func invalid(_ reason: String) -> CheckpointError {
      .invalidStorage(storage: storage.key, byteOffset: storage.byteOffset, reason: reason)
    }
    guard let entry = archive.entry(named: root + "data/" + storage.key) else {
      throw invalid("is not in the archive")
    }
    guard entry.method == .stored else { throw invalid("is compressed, which torch never does") }
    guard storage.byteCount == entry.byteCount else {
      throw invalid("has \(entry.byteCount) bytes, not \(storage.elementCount) elements")
    }
    return entry.dataRange
  }

  /// Headers, the members other than storages, and the central directory.
  private func regions() -> [ByteMapRegion] {
    var regions: [ByteMapRegion] = []
    func add(_ kind: ByteMapRegion.Kind, _ label: String, _ range: Range<Int>) {
      if !range.isEmpty { regions.append(.init(kind: kind, label: label, byteRange: range)) }
    }
    for entry in archive.entries {
      let (data, extent) = (entry.dataRange, entry.extent)
      add(.header, "header of \(entry.name)", extent.lowerBound..<data.lowerBound)
      // What no tensor uses of a storage shows as unused.
      if !entry.name.hasPrefix(root + "data/") { add(.metadata, entry.name, data) }
      add(.header, "descriptor of \(entry.name)", data.upperBound..<extent.upperBound)
    }
    add(.header, "central directory", archive.directoryOffset..<archive.file.byteCount)
    return regions
  }
}

extension TorchStorage {
  /// The size in bytes, or nil where it exceeds 2^63 - 1.
  var byteCount: Int? {
    let (byteCount, overflow) = elementCount.multipliedReportingOverflow(
      by: type?.blockByteCount ?? 1)
    return overflow ? nil : byteCount
  }
}
