internal import Bytes

extension CheckpointError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .inFile(let path, let problem):
      "\(printable(path, limit: .max)): \(problem.description)"
    case .bytes(let error):
      error.description
    case .unrecognizedFormat(let firstBytes):
      "the file is neither GGUF nor safetensors nor PyTorch's, whisper.cpp's or CTranslate2's "
        + "(first bytes: \(hexadecimal(firstBytes)))"
    case .bigEndian(let version):
      "this GGUF v\(version) file is big-endian; only little-endian files are supported: "
        + "convert it with gguf-py's gguf_convert_endian.py"
    case .unsupportedVersion(let format, let version):
      "\(format) version \(version) is not supported (GGUF: 2 and 3; CTranslate2: 6)"
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
      torchDescription
    }
  }

  private var torchDescription: String {
    switch self {
    case .archive(let error):
      error.description
    case .unsupportedTorchFile(let reason):
      reason
    case .refusedGlobal(let global, let byteOffset):
      "the pickle imports \(quoted(global)) at byte \(byteOffset), which weights do not need: the "
        + "file may contain a program, and nothing in it was run ('swiftrag inspect' lists what it "
        + "imports)"
    case .refusedOpcode(let opcode, let byteOffset):
      "the pickle has the opcode \(opcode) at byte \(byteOffset), which torch does not write"
    case .invalidPickle(let byteOffset, let reason):
      "pickle at byte \(byteOffset): \(reason)"
    case .invalidStorage(let storage, let byteOffset, let reason):
      "storage \(quoted(storage)), which the pickle names at byte \(byteOffset), \(reason)"
    case .tensorOutsideStorage(let storage, let byteOffset, let offset, let needed, let available):
      "the tensor at byte \(byteOffset) needs \(needed) elements from element \(offset) of storage "
        + "\(quoted(storage)), which has \(available)"
    case .noStateDictionary(let reason):
      "the file has no dictionary of tensors: \(reason)"
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
      "metadata \(quoted(key)) is \(found) but must be \(expected)"
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

/// `text` in quotation marks, short, and safe to print: names in files are untrusted.
private func quoted(_ text: String) -> String { "'\(printable(text))'" }

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.isEmpty
    ? "none"
    : bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
