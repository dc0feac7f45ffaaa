// Files of PyTorch: `torch.save` (.pt, .pth, .bin), a ZIP archive since 1.6 and a sequence of pickles
// before; `torch.jit.save`, a ZIP archive with the code of the model, which is not read.

internal import Bytes

/// Reads the header of one file of PyTorch: its pickle, and the place of each storage.
enum TorchReader {
  /// The first bytes of a member of a ZIP archive.
  private static let zipMagic: [UInt8] = [0x50, 0x4B, 3, 4]

  /// `ustar` at byte 257: a tar archive, in which torch before 0.1.11 saved.
  private static let tarMagicOffset = 257

  /// The number of first bytes that `recognizes` needs.
  static let examinedByteCount = tarMagicOffset + 5

  /// Whether a file with these first bytes is, or pretends to be, a file of PyTorch.
  static func recognizes(_ firstBytes: [UInt8]) -> Bool {
    firstBytes.starts(with: zipMagic) || isTar(firstBytes) || isPickle(firstBytes)
  }

  private static func isPickle(_ firstBytes: [UInt8]) -> Bool {
    firstBytes.count >= 2 && firstBytes[0] == PickleOpcode.proto.rawValue
      && firstBytes[1] <= 8
  }

  private static func isTar(_ firstBytes: [UInt8]) -> Bool {
    firstBytes.count >= examinedByteCount
      && firstBytes[tarMagicOffset..<examinedByteCount].elementsEqual("ustar".utf8)
  }

  /// Reads the pickle and checks every tensor's range.
  ///
  /// - Throws: `CheckpointError`; see ``PickleMachine/run()`` for those of the pickle.
  /// - Complexity: O(pickle + ZIP directory).
  static func read(_ file: MappedFile) throws(CheckpointError) -> ParsedFile {
    let firstBytes = (try? file.copyBytes(0..<min(examinedByteCount, file.byteCount))) ?? []
    if firstBytes.starts(with: zipMagic) { return try TorchArchive(file).read() }
    if isPickle(firstBytes) { return try TorchLegacyReader.read(file) }
    throw .unsupportedTorchFile(
      reason: "this is a tar archive, as torch before 0.1.11 saved; load it with a torch of that "
        + "time and save it again")
  }

  /// Puts a file together from its pickle and the places of its storages.
  ///
  /// - Parameters:
  ///   - file: the open file.
  ///   - container: how the file holds its pickle.
  ///   - machine: has run the pickle.
  ///   - root: the pickle's result.
  ///   - storageRanges: the bytes of each of the machine's storages, in its order, inside the file.
  ///   - regions: everything else in the file.
  ///   - archive: the archive, if it is one.
  /// - Returns: the file.
  /// - Throws: `CheckpointError` where the pickle does not describe named tensors.
  static func assemble(
    _ file: MappedFile, container: Checkpoint.TorchContainer, machine: PickleMachine,
    root: PickleID,
    storageRanges: [Range<Int>], regions: [ByteMapRegion], archive: ZipArchive?
  ) throws(CheckpointError) -> ParsedFile {
    let tree = try TorchStateTree(machine, root: root, path: file.path)
    var tensors: [TensorInfo] = []
    var rearranged = 0
    for (name, tensor) in tree.tensors {
      let info = info(name, tensor, storage: storageRanges[tensor.storage])
      if info.strides != nil { rearranged += info.byteCount }
      // Each is at most as large as its storage, but many may share one.
      guard rearranged <= 2 * file.byteCount else {
        throw .limitExceeded(
          what: "size of the tensors that are not contiguous", byteOffset: tensor.byteOffset,
          value: UInt64(rearranged), limit: 2 * UInt64(file.byteCount))
      }
      tensors.append(info)
    }
    return ParsedFile(
      format: .torch(container), file: file, metadata: tree.metadata, tensors: tensors,
      dataOffset: 0, alignment: 1,
      headerRegions: regions.sorted { $0.byteRange.lowerBound < $1.byteRange.lowerBound },
      archive: archive)
  }

  /// The machine has checked that the extent is inside the storage, and the caller that the storage
  /// has the stated size, so nothing here overflows.
  private static func info(
    _ name: String, _ tensor: TorchTensor, storage: Range<Int>
  ) -> TensorInfo {
    let elementByteCount = tensor.type.blockByteCount
    let start = storage.lowerBound + tensor.elementOffset * elementByteCount
    return TensorInfo(
      name: name, type: tensor.type, shape: tensor.shape,
      byteRange: start..<start + tensor.extent * elementByteCount,
      strides: tensor.isContiguous ? nil : tensor.strides)
  }
}

extension TorchTensor {
  /// Whether the elements follow each other in row-major order.
  ///
  /// The stride of a dimension of size 1 is never used.
  fileprivate var isContiguous: Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      if size == 0 { return true }
      if stride != expected { return false }
      expected *= size  // at most the element count, which was checked
    }
    return true
  }
}
