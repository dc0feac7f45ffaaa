package import Bytes

/// Why a checkpoint cannot be opened, read or written.
///
/// Each case names the field or tensor, the byte offset, and what was found against what is
/// allowed, so that a person can look at the file with `swiftrag inspect` or a hex viewer. What
/// `Checkpoint`, `Metadata` and the writers throw names the file as well (`inFile`).
package indirect enum CheckpointError: Error, Sendable, Equatable {
  /// A problem with the file at `path`; `problem` is never an `inFile` itself.
  case inFile(path: String, problem: CheckpointError)

  /// The file could not be opened, ends too early, or states sizes beyond 64 bits.
  case bytes(BytesError)

  // The container.
  /// The first bytes belong to none of the formats.
  case unrecognizedFormat(firstBytes: [UInt8])
  /// A GGUF file for big-endian machines.
  case bigEndian(version: UInt32)
  /// A version of the format that is not supported.
  case unsupportedVersion(format: String, version: UInt32)
  /// A size or count is above its limit, or above what the rest of the file can contain.
  case limitExceeded(what: String, byteOffset: Int, value: UInt64, limit: UInt64)
  /// The header's text breaks the rules of its syntax.
  case invalidHeader(byteOffset: Int, reason: String)

  // PyTorch files.
  /// The ZIP archive breaks a rule, or contradicts itself.
  case archive(ZipError)
  /// A file of PyTorch, or like one, of a kind that is not read.
  case unsupportedTorchFile(reason: String)
  /// The pickle imports a name that weights have no need of.
  case refusedGlobal(global: String, byteOffset: Int)
  /// The pickle has an opcode that torch does not write.
  case refusedOpcode(opcode: String, byteOffset: Int)
  /// The pickle breaks the rules of the stack machine, or describes something impossible.
  case invalidPickle(byteOffset: Int, reason: String)
  /// A storage is missing, or does not have the size that the pickle states.
  case invalidStorage(storage: String, byteOffset: Int, reason: String)
  /// A tensor extends beyond its storage; counts are elements.
  case tensorOutsideStorage(
    storage: String, byteOffset: Int, elementOffset: Int, needed: Int, available: Int)
  /// The pickle does not describe a dictionary of tensors.
  case noStateDictionary(reason: String)

  // Models of several files.
  /// A part of a split file was opened where the other parts cannot be found.
  case incompleteSet(part: Int, count: Int)
  /// Another file of the model does not exist.
  case missingFile(path: String)
  /// A part contradicts its name or the other parts.
  case partMismatch(reason: String)
  /// The index of the shards is not JSON, or does not have the expected content.
  case invalidIndex(reason: String)
  /// The index assigns a tensor to a shard that does not contain it.
  case tensorNotInFile(tensor: String)
  /// A shard contains a tensor that the index does not list, or assigns to another shard.
  case unlistedTensor(tensor: String, listedIn: String?)
  /// A second file of the model defines a tensor that the file `first` defines.
  case tensorInTwoFiles(tensor: String, first: String)

  // Metadata.
  /// A name is empty, too long, not UTF-8, or contains control characters.
  case invalidName(what: String, byteOffset: Int, reason: String)
  /// Two metadata entries have the same key.
  case duplicateKey(key: String, byteOffset: Int)
  /// A metadata value has a type id outside 0...12.
  case unknownValueType(key: String, byteOffset: Int, id: UInt32)
  /// An array of arrays.
  case nestedArray(key: String, byteOffset: Int)
  /// A Boolean that is neither 0 nor 1.
  case invalidBoolean(key: String, byteOffset: Int, value: UInt8)
  /// `general.alignment` is not a UInt32, or not an allowed power of two.
  case invalidAlignment(byteOffset: Int, found: String)
  /// A key that a caller requires is missing.
  case missingMetadata(key: String)
  /// A value has a different type than a caller requires.
  case metadataType(key: String, expected: String, found: String)

  // Tensors.
  /// Two tensors have the same name.
  case duplicateTensor(tensor: String, byteOffset: Int)
  /// A tensor's type is unknown, was removed from ggml, or packs parts of a byte.
  case unknownTensorType(tensor: String, byteOffset: Int, type: String)
  /// More dimensions than the format allows.
  case tooManyDimensions(tensor: String, byteOffset: Int, count: UInt64, limit: Int)
  /// A dimension of zero where the format's own tools write none, or one of 2^63 or more.
  case invalidDimension(tensor: String, byteOffset: Int, value: UInt64)
  /// The innermost dimension is not whole blocks of the type.
  case partialBlock(tensor: String, type: TensorType, innermost: Int, byteOffset: Int)
  /// The tensor does not start at a multiple of the file's alignment.
  case misaligned(tensor: String, byteOffset: Int, alignment: Int)
  /// The tensor's bytes extend beyond the file.
  case tensorOutsideFile(tensor: String, byteOffset: UInt64, byteCount: Int, available: Int)
  /// Two tensors share bytes.
  case overlap(first: String, second: String, byteOffset: Int)
  /// Bytes that belong to no tensor, where the format permits none.
  case hole(byteOffset: Int, byteCount: Int)
  /// The stated range does not have the size that type and shape require.
  case sizeMismatch(tensor: String, byteOffset: Int, stated: UInt64, computed: Int)
  /// A tensor that a caller requires is missing.
  case missingTensor(tensor: String)

  /// A writer was given something that its format cannot express.
  case cannotWrite(what: String, reason: String)
}

extension CheckpointError {
  /// The file that the error is about, or nil where it is about no particular file.
  package var path: String? {
    switch self {
    case .inFile(let path, _): path
    case .bytes(.system(_, let path, _)), .bytes(.notRegularFile(let path, _)),
      .bytes(.fileChanged(let path, _)), .archive(.notAnArchive(let path)):
      path
    default: nil
    }
  }

  /// The error without the name of the file, for callers that name it themselves.
  package var problem: CheckpointError {
    if case .inFile(_, let problem) = self { problem } else { self }
  }

  /// The error with the name of its file; unchanged where it names one already.
  package func inFile(_ path: String) -> CheckpointError {
    self.path == nil ? .inFile(path: path, problem: self) : self
  }
}
