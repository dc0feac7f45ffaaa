package import Bytes

/// One opened model file: what it says about itself, and where each tensor lies.
///
/// Opening reads the header only. Every tensor's range has then been checked to lie inside the file
/// and apart from all others, so that a kernel may read `bytes(of:)` without looking back. Models
/// check the shapes that they need.
package final class Checkpoint: Sendable {
  /// The file formats, told apart by their first bytes.
  package enum Format: Sendable, Equatable {
    /// GGUF of ggml and llama.cpp, version 2 or 3.
    case gguf(version: UInt32)
    /// safetensors of Hugging Face.
    case safetensors
  }

  /// The format of the file.
  package let format: Format
  /// The open file; it lives as long as the checkpoint.
  package let file: MappedFile
  /// The metadata, in file order.
  package let metadata: Metadata
  /// The tensors, in the order in which the header lists them.
  package let tensors: [TensorInfo]
  /// Where the header ends and the tensors' data begins.
  package let dataOffset: Int
  /// Every tensor of the file starts at a multiple of this (1 for safetensors).
  package let alignment: Int

  private let headerRegions: [ByteMapRegion]
  private let indexByName: [String: Int]

  /// Opens a file and reads its header; the format is recognised by the first bytes.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - backing: `.loaded` reads the whole file into memory first.
  /// - Returns: the checkpoint, all of whose ranges are checked.
  /// - Throws: `CheckpointError`; a file that is damaged in any way gives no partial checkpoint.
  /// - Complexity: O(header), one pass.
  package static func open(
    path: String, backing: MappedFile.Backing = .mapped
  ) throws(CheckpointError) -> Checkpoint {
    let file: MappedFile
    do throws(BytesError) {
      file = try MappedFile(path: path, backing: backing)
    } catch {
      throw .bytes(error)
    }
    return try open(file: file)
  }

  /// Reads the header of a file that is open already.
  package static func open(file: MappedFile) throws(CheckpointError) -> Checkpoint {
    let firstBytes = (try? file.copyBytes(0..<min(16, file.byteCount))) ?? []
    if GGUFReader.recognizes(firstBytes) { return try GGUFReader.read(file) }
    if SafetensorsReader.recognizes(firstBytes) { return try SafetensorsReader.read(file) }
    throw .unrecognizedFormat(path: file.path, firstBytes: Array(firstBytes.prefix(8)))
  }

  /// For readers, which have checked all ranges and the uniqueness of all names.
  init(
    format: Format, file: MappedFile, metadata: Metadata, tensors: [TensorInfo],
    dataOffset: Int, alignment: Int, headerRegions: [ByteMapRegion]
  ) {
    self.format = format
    self.file = file
    self.metadata = metadata
    self.tensors = tensors
    self.dataOffset = dataOffset
    self.alignment = alignment
    self.headerRegions = headerRegions
    indexByName = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor of that name, or nil.
  package func tensor(named name: String) -> TensorInfo? {
    indexByName[name].map { tensors[$0] }
  }

  /// The tensor of that name.
  ///
  /// - Throws: `CheckpointError.missingTensor`.
  package func requiredTensor(_ name: String) throws(CheckpointError) -> TensorInfo {
    guard let tensor = tensor(named: name) else { throw .missingTensor(tensor: name) }
    return tensor
  }

  /// The tensor's bytes in the file, valid only while the checkpoint lives (see `MappedFile.bytes`).
  ///
  /// In a GGUF file they start at a multiple of `alignment`; a safetensors file promises none, so
  /// numbers are loaded unaligned.
  ///
  /// - Precondition: `tensor` is one of this checkpoint's `tensors`.
  package func bytes(of tensor: TensorInfo) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: file.bytes[tensor.byteRange])
  }

  /// What every byte of the file is for, in file order, without hole or overlap.
  package var byteMap: [ByteMapRegion] {
    completeByteMap(
      parsed: headerRegions, tensors: tensors, alignment: alignment,
      fileByteCount: file.byteCount)
  }
}
