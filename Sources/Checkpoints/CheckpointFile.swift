package import Bytes

/// One file of a checkpoint.
package struct CheckpointFile: Sendable {
  /// The open file; it stays open as long as the checkpoint is alive.
  package let file: MappedFile
  /// The end of the header and start of the tensors' data, in bytes; 0 for PyTorch, whose headers
  /// are between the storages and after them.
  package let dataOffset: Int
  /// Every tensor of the file starts at a multiple of this (1 for safetensors and PyTorch).
  package let alignment: Int
  /// The positions of this file's tensors in `Checkpoint.tensors`.
  package let tensorIndices: Range<Int>

  /// The regions of the header: contiguous from byte 0, or for PyTorch wherever they are.
  let headerRegions: [ByteMapRegion]
  private let archive: ZipArchive?

  init(_ parsed: ParsedFile, tensorIndices: Range<Int>) {
    file = parsed.file
    dataOffset = parsed.dataOffset
    alignment = parsed.alignment
    headerRegions = parsed.headerRegions
    archive = parsed.archive
    self.tensorIndices = tensorIndices
  }

  /// Checks the CRC of every stored member of a ZIP archive.
  ///
  /// - Throws: `CheckpointError.archive` naming the file.
  func verifyChecksums() throws(CheckpointError) {
    guard let archive else { return }
    do throws(ZipError) {
      for entry in archive.entries where entry.method == .stored {
        try archive.verifyStored(entry)
      }
    } catch {
      throw CheckpointError.archive(error).inFile(file.path)
    }
  }
}

/// One parsed file, before the files of a model are joined.
///
/// The reader has checked all ranges, and that no two tensors have the same name.
struct ParsedFile {
  let format: Checkpoint.Format
  let file: MappedFile
  let metadata: Metadata
  let tensors: [TensorInfo]
  let dataOffset: Int
  let alignment: Int
  let headerRegions: [ByteMapRegion]
  /// The archive that the file is, if it is one.
  let archive: ZipArchive?

  /// Recognises the format by the first bytes and reads the header.
  ///
  /// - Throws: `CheckpointError` naming the file; a damaged file gives no partial result.
  /// - Complexity: O(header), one pass.
  init(_ file: MappedFile) throws(CheckpointError) {
    let firstByteCount = min(TorchReader.examinedByteCount, file.byteCount)
    let firstBytes = (try? file.copyBytes(0..<firstByteCount)) ?? []
    do throws(CheckpointError) {
      if GGUFReader.recognizes(firstBytes) {
        self = try GGUFReader.read(file)
      } else if SafetensorsReader.recognizes(firstBytes) {
        self = try SafetensorsReader.read(file)
      } else if TorchReader.recognizes(firstBytes) {
        self = try TorchReader.read(file)
      } else if WhisperGGMLReader.recognizes(firstBytes) {
        self = try WhisperGGMLReader.read(file)
      } else if CTranslate2Reader.recognizes(firstBytes) {
        self = try CTranslate2Reader.read(file)
      } else {
        throw .unrecognizedFormat(firstBytes: Array(firstBytes.prefix(8)))
      }
    } catch {
      throw error.inFile(file.path)
    }
  }

  init(
    format: Checkpoint.Format, file: MappedFile, metadata: Metadata, tensors: [TensorInfo],
    dataOffset: Int, alignment: Int, headerRegions: [ByteMapRegion], archive: ZipArchive? = nil
  ) {
    self.format = format
    self.file = file
    self.metadata = metadata
    self.tensors = tensors
    self.dataOffset = dataOffset
    self.alignment = alignment
    self.headerRegions = headerRegions
    self.archive = archive
  }
}
