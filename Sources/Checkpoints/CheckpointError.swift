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
  /// A version of the format that this reader does not know.
  case unsupportedVersion(format: String, version: UInt32)
  /// A size or count is above what is allowed, or above what the rest of the file could hold.
  case limitExceeded(what: String, byteOffset: Int, value: UInt64, limit: UInt64)
  /// The header's text breaks the rules of its syntax.
  case invalidHeader(byteOffset: Int, reason: String)

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
  /// A name is empty, too long, not UTF-8, or holds control characters.
  case invalidName(what: String, byteOffset: Int, reason: String)
  /// Two metadata entries have one key.
  case duplicateKey(key: String, byteOffset: Int)
  /// A metadata value has a type id outside 0...12.
  case unknownValueType(key: String, byteOffset: Int, id: UInt32)
  /// An array of arrays.
  case nestedArray(key: String, byteOffset: Int)
  /// A Boolean that is neither 0 nor 1.
  case invalidBoolean(key: String, byteOffset: Int, value: UInt8)
  /// `general.alignment` is not a UInt32, or not an allowed power of two.
  case invalidAlignment(byteOffset: Int, found: String)
  /// A key that a caller needs is not there.
  case missingMetadata(key: String)
  /// A key has a value of another type than a caller needs.
  case metadataType(key: String, expected: String, found: String)

  // Tensors.
  /// Two tensors have one name.
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
  /// The tensor's bytes leave the file.
  case tensorOutsideFile(tensor: String, byteOffset: UInt64, byteCount: Int, available: Int)
  /// Two tensors share bytes.
  case overlap(first: String, second: String, byteOffset: Int)
  /// Bytes that belong to no tensor, where the format allows none.
  case hole(byteOffset: Int, byteCount: Int)
  /// The stated range does not have the size that type and shape require.
  case sizeMismatch(tensor: String, byteOffset: Int, stated: UInt64, computed: Int)
  /// A tensor that a caller needs is not there.
  case missingTensor(tensor: String)

  /// A writer was given something that its format cannot hold.
  case cannotWrite(what: String, reason: String)
}

extension CheckpointError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .inFile(let path, let problem):
      "\(printable(path, limit: .max)): \(problem.description)"
    case .bytes(let error):
      error.description
    case .unrecognizedFormat(let firstBytes):
      "the file is neither GGUF nor safetensors (first bytes: \(hexadecimal(firstBytes)))"
    case .bigEndian(let version):
      "this GGUF v\(version) file is big-endian; only little-endian files are supported: "
        + "convert it with gguf-py's gguf_convert_endian.py"
    case .unsupportedVersion(let format, let version):
      "\(format) version \(version) is not supported (GGUF: 2 and 3)"
    case .limitExceeded(let what, let byteOffset, let value, let limit):
      "\(what) at byte \(byteOffset) is \(value), more than the \(limit) possible here"
    case .invalidHeader(let byteOffset, let reason):
      "header at byte \(byteOffset): \(reason)"
    case .invalidName(let what, let byteOffset, let reason):
      "\(what) at byte \(byteOffset) \(reason)"
    case .duplicateKey(let key, let byteOffset):
      "metadata key \(quoted(key)) appears a second time at byte \(byteOffset)"
    default:
      severalFilesDescription
    }
  }

  private var severalFilesDescription: String {
    switch self {
    case .incompleteSet(let part, let count):
      "this is part \(part) of \(count); the other parts are looked for beside a file on disk"
    case .missingFile(let path):
      "\(printable(path, limit: .max)), which belongs to the same model, does not exist"
    case .partMismatch(let reason):
      reason
    case .invalidIndex(let reason):
      "not a usable index of shards: \(reason)"
    case .tensorNotInFile(let tensor):
      "the index assigns tensor \(quoted(tensor)) to this file, which does not contain it"
    case .unlistedTensor(let tensor, let shard):
      "the file contains tensor \(quoted(tensor)), which the index "
        + (shard.map { "assigns to \(quoted($0))" } ?? "does not list")
    case .tensorInTwoFiles(let tensor, let first):
      "tensor \(quoted(tensor)) is also in \(printable(first, limit: .max))"
    default:
      metadataOrTensorDescription
    }
  }

  private var metadataOrTensorDescription: String {
    switch self {
    case .unknownValueType(let key, let byteOffset, let id):
      "metadata \(quoted(key)) at byte \(byteOffset) has the unknown value type \(id)"
    case .nestedArray(let key, let byteOffset):
      "metadata \(quoted(key)) at byte \(byteOffset) is an array of arrays, which is refused"
    case .invalidBoolean(let key, let byteOffset, let value):
      "metadata \(quoted(key)) at byte \(byteOffset) is a Boolean with the value \(value)"
    case .invalidAlignment(let byteOffset, let found):
      "general.alignment at byte \(byteOffset) is \(found); "
        + "it must be a UInt32 power of two from 8 to 65536"
    case .missingMetadata(let key):
      "the file has no metadata \(quoted(key))"
    case .metadataType(let key, let expected, let found):
      "metadata \(quoted(key)) is \(found) where \(expected) is needed"
    case .missingTensor(let tensor):
      "the file has no tensor \(quoted(tensor))"
    case .cannotWrite(let what, let reason):
      "cannot write \(what): \(reason)"
    default:
      tensorDescription
    }
  }

  private var tensorDescription: String {
    switch self {
    case .duplicateTensor(let tensor, let byteOffset):
      "tensor \(quoted(tensor)) appears a second time at byte \(byteOffset)"
    case .unknownTensorType(let tensor, let byteOffset, let type):
      "tensor \(quoted(tensor)) at byte \(byteOffset) has the unsupported type \(type)"
    case .tooManyDimensions(let tensor, let byteOffset, let count, let limit):
      "tensor \(quoted(tensor)) at byte \(byteOffset) has \(count) dimensions "
        + "(at most \(limit))"
    case .invalidDimension(let tensor, let byteOffset, let value):
      "tensor \(quoted(tensor)) at byte \(byteOffset) has a dimension of \(value)"
    case .partialBlock(let tensor, let type, let innermost, let byteOffset):
      "tensor \(quoted(tensor)) at byte \(byteOffset) has rows of \(innermost) numbers, "
        + "not whole blocks of \(type.blockElementCount) as \(type.name) needs"
    case .misaligned(let tensor, let byteOffset, let alignment):
      "tensor \(quoted(tensor)) starts at byte \(byteOffset), not at a multiple of \(alignment)"
    case .tensorOutsideFile(let tensor, let byteOffset, let byteCount, let available):
      "tensor \(quoted(tensor)) needs \(byteCount) bytes from byte \(byteOffset) of the data, "
        + "which has \(available): the file is cut short or damaged"
    case .overlap(let first, let second, let byteOffset):
      "tensors \(quoted(first)) and \(quoted(second)) both claim byte \(byteOffset)"
    case .hole(let byteOffset, let byteCount):
      "\(byteCount) bytes from byte \(byteOffset) belong to no tensor"
    case .sizeMismatch(let tensor, let byteOffset, let stated, let computed):
      "tensor \(quoted(tensor)) at byte \(byteOffset) states \(stated) bytes, "
        + "but its type and shape need \(computed)"
    default:
      "damaged checkpoint"
    }
  }
}

extension CheckpointError {
  /// The file that the error is about, or nil where it is about no particular file.
  package var path: String? {
    switch self {
    case .inFile(let path, _): path
    case .bytes(.system(_, let path, _)), .bytes(.notRegularFile(let path, _)),
      .bytes(.fileChanged(let path, _)):
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

/// `text` in quotation marks, short, and safe to print: names in files are untrusted.
private func quoted(_ text: String) -> String { "'\(printable(text))'" }

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.isEmpty
    ? "none"
    : bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
