package import Bytes

/// An opened model: its metadata, and the place of each tensor in one or several files.
///
/// A model is one file (GGUF, safetensors, PyTorch, whisper.cpp, CTranslate2), the parts of a split GGUF file, or shards with
/// an index. Opening reads the headers only. It checks that every tensor's range is inside its
/// file and that tensors overlap only where the format permits it, so kernels read `bytes(of:)`
/// without checks of their own. Models check the shapes that they need.
package final class Checkpoint: Sendable {
  /// The file formats, recognised by their first bytes.
  package enum Format: Sendable, Equatable {
    /// GGUF of ggml and llama.cpp, version 2 or 3.
    case gguf(version: UInt32)
    /// safetensors of Hugging Face.
    case safetensors
    /// A file of `torch.save` or `torch.jit.save`.
    case torch(TorchContainer)
    /// A `.bin` file of whisper.cpp.
    case whisperGGML
    /// A `model.bin` of CTranslate2.
    case cTranslate2
  }

  /// The layout of a PyTorch file: how its pickle and its storages are stored.
  package enum TorchContainer: Sendable, Equatable {
    /// A ZIP archive of `torch.save`, since 1.6.
    case zip
    /// A ZIP archive of `torch.jit.save`.
    case script
    /// Pickles and numbers one after the other, before 1.6.
    case legacy
  }

  /// The path that represents the whole model in messages; derived files are put beside it.
  ///
  /// The file itself; of a split GGUF file the first part, whichever part was opened; of shards the
  /// index file. It is the name given to `open(file:)` for bytes that come from no file.
  package let path: String
  /// The format of the files.
  package let format: Format
  /// The files, in the order of their part numbers (GGUF) or names (safetensors); at least one.
  package let files: [CheckpointFile]
  /// The metadata, in file order: those of the first file.
  package let metadata: Metadata
  /// The tensors: file by file, in the order of each file's header.
  package let tensors: [TensorInfo]

  private let indexByName: [String: Int]
  private let rearranged = RearrangedTensors()

  /// Joins parsed files into one checkpoint.
  ///
  /// - Precondition: `parsed` is not empty, all ranges are checked, and no two tensors have the
  ///   same name.
  init(path: String, parsed: [ParsedFile]) {
    self.path = path
    format = parsed[0].format
    metadata = parsed[0].metadata
    var tensors: [TensorInfo] = []
    files = parsed.enumerated().map { index, part in
      let start = tensors.count
      tensors += part.tensors.map { $0.inFile(index) }
      return CheckpointFile(part, tensorIndices: start..<tensors.count)
    }
    self.tensors = tensors
    indexByName = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor called `name`, or nil.
  package func tensor(named name: String) -> TensorInfo? {
    indexByName[name].map { tensors[$0] }
  }

  /// The tensor called `name`.
  ///
  /// - Throws: `CheckpointError.missingTensor`, naming the checkpoint.
  package func requiredTensor(_ name: String) throws(CheckpointError) -> TensorInfo {
    guard let tensor = tensor(named: name) else {
      throw CheckpointError.missingTensor(tensor: name).inFile(path)
    }
    return tensor
  }

  /// The tensor's bytes, valid only while the checkpoint is alive (see `MappedFile.bytes`).
  ///
  /// In a GGUF file they start at a multiple of the file's alignment. A safetensors file guarantees
  /// no alignment, so numbers are loaded unaligned. A tensor with `strides` is put into row-major
  /// order on first use; the copy is kept.
  ///
  /// - Precondition: `tensor` is one of this checkpoint's `tensors`.
  package func bytes(of tensor: TensorInfo) -> UnsafeRawBufferPointer {
    let bytes = unsafe UnsafeRawBufferPointer(
      rebasing: files[tensor.fileIndex].file.bytes[tensor.byteRange])
    return tensor.strides == nil
      ? unsafe bytes : unsafe rearranged.bytes(of: tensor, source: bytes)
  }

  /// The tensor's bytes as the source of a writer, which copies them without conversion.
  ///
  /// - Precondition: `tensor` is one of this checkpoint's `tensors`.
  package func source(of tensor: TensorInfo) -> TensorSource {
    guard tensor.strides != nil else {
      return .file(files[tensor.fileIndex].file, tensor.byteRange)
    }
    return .stream { sink throws(CheckpointError) in unsafe try sink.append(self.bytes(of: tensor))
    }
  }

  /// The purpose of every byte of file `index`, in file order, without gap or overlap.
  ///
  /// - Precondition: `index` is in `files.indices`.
  /// - Complexity: O(t log t) for the t tensors of the file.
  package func byteMap(ofFile index: Int) -> [ByteMapRegion] {
    let file = files[index]
    return completeByteMap(
      parsed: file.headerRegions, tensors: Array(tensors[file.tensorIndices]),
      alignment: file.alignment, fileByteCount: file.file.byteCount)
  }
}

extension Checkpoint {
  /// The size of all files together.
  package var byteCount: Int { files.reduce(0) { $0 &+ $1.file.byteCount } }

  /// The alignment of the first file's tensors, in bytes (1 for safetensors).
  package var alignment: Int { files[0].alignment }

  /// Whether the bytes are mapped or in memory; the same for all files.
  package var backing: MappedFile.Backing { files[0].file.backing }

  /// The latest modification time of the files, in nanoseconds since 1970; nil for bytes that come
  /// from no file.
  package var modifiedNanoseconds: Int64? {
    files.compactMap(\.file.modifiedNanoseconds).max()
  }

  /// Verifies that no file was replaced, resized or written to since it was opened.
  ///
  /// - Throws: `BytesError.fileChanged`, or `.system` where a path has vanished.
  package func checkUnchanged() throws(BytesError) {
    for file in files { try file.file.checkUnchanged() }
  }

  /// Checks the checksums that the files have for their tensors' data: those of ZIP archives.
  ///
  /// - Throws: `CheckpointError.archive` naming the file and the member.
  /// - Complexity: O(data).
  package func verifyChecksums() throws(CheckpointError) {
    for file in files { try file.verifyChecksums() }
  }

  /// Returns the resident pages of all mapped files to the system (see `MappedFile.releasePages`).
  package func releasePages() {
    for file in files { file.file.releasePages() }
  }

  /// Feeds every byte before the tensors' data to `hasher`, file by file.
  ///
  /// For one file these are the bytes `0..<dataOffset`, and of PyTorch's files, which have no header
  /// in front, everything but the storages. Headers of several files follow each other without
  /// separator: each states its own length.
  ///
  /// - Throws: `BytesError.cryptography`.
  package func hashHeaders(into hasher: SHA256Hasher) throws(BytesError) {
    for file in files {
      unsafe try hasher.update(
        UnsafeRawBufferPointer(rebasing: file.file.bytes[..<file.dataOffset]))
      for region in file.headerRegions where region.byteRange.lowerBound >= file.dataOffset {
        unsafe try hasher.update(
          UnsafeRawBufferPointer(rebasing: file.file.bytes[region.byteRange]))
      }
    }
  }
}
