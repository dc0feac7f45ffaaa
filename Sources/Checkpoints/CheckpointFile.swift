package import Bytes

/// One file of a checkpoint.
package struct CheckpointFile: Sendable {
  /// The open file; it stays open as long as the checkpoint is alive.
  package let file: MappedFile
  /// The end of the header and start of the tensors' data, in bytes.
  package let dataOffset: Int
  /// Every tensor of the file starts at a multiple of this (1 for safetensors).
  package let alignment: Int
  /// The positions of this file's tensors in `Checkpoint.tensors`.
  package let tensorIndices: Range<Int>

  /// The regions of the header, contiguous from byte 0.
  let headerRegions: [ByteMapRegion]

  init(_ parsed: ParsedFile, tensorIndices: Range<Int>) {
    file = parsed.file
    dataOffset = parsed.dataOffset
    alignment = parsed.alignment
    headerRegions = parsed.headerRegions
    self.tensorIndices = tensorIndices
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

  /// Recognises the format by the first bytes and reads the header.
  ///
  /// - Throws: `CheckpointError` naming the file; a damaged file gives no partial result.
  /// - Complexity: O(header), one pass.
  init(_ file: MappedFile) throws(CheckpointError) {
    let firstBytes = (try? file.copyBytes(0..<min(16, file.byteCount))) ?? []
    do throws(CheckpointError) {
      if GGUFReader.recognizes(firstBytes) {
        self = try GGUFReader.read(file)
      } else if SafetensorsReader.recognizes(firstBytes) {
        self = try SafetensorsReader.read(file)
      } else {
        throw .unrecognizedFormat(firstBytes: Array(firstBytes.prefix(8)))
      }
    } catch {
      throw error.inFile(file.path)
    }
  }

  init(
    format: Checkpoint.Format, file: MappedFile, metadata: Metadata, tensors: [TensorInfo],
    dataOffset: Int, alignment: Int, headerRegions: [ByteMapRegion]
  ) {
    self.format = format
    self.file = file
    self.metadata = metadata
    self.tensors = tensors
    self.dataOffset = dataOffset
    self.alignment = alignment
    self.headerRegions = headerRegions
  }
}
