package import Bytes

extension CheckpointError: CategorizedError {
  package var subjectPath: String? { path }

  package var category: ErrorCategory {
    switch self {
    case .inFile(_, let problem): problem.category
    case .bytes(.system), .bytes(.notRegularFile), .missingFile: .missingInput
    case .archive(let error): error.category
    case .bytes, .unrecognizedFormat, .bigEndian, .unsupportedVersion, .limitExceeded,
      .invalidHeader, .invalidName, .duplicateKey, .unknownValueType, .nestedArray, .invalidBoolean,
      .invalidAlignment, .missingMetadata, .metadataType, .duplicateTensor, .unknownTensorType,
      .tooManyDimensions, .invalidDimension, .partialBlock, .misaligned, .tensorOutsideFile,
      .overlap, .hole, .sizeMismatch, .missingTensor, .incompleteSet, .partMismatch, .invalidIndex,
      .tensorNotInFile, .unlistedTensor, .tensorInTwoFiles, .cannotWrite, .unsupportedTorchFile,
      .refusedGlobal, .refusedOpcode, .invalidPickle, .invalidStorage, .tensorOutsideStorage,
      .noStateDictionary:
      .invalidData
    }
  }
}
