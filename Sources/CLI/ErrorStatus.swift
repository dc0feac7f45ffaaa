internal import Evaluation
internal import Generation
internal import ArgumentParser
internal import Bytes
internal import Checkpoints
internal import Documents
internal import Models
internal import RAG
internal import Store
internal import SwiftRAG
internal import Tokenizers

/// The exit codes for errors of the library.
enum ErrorStatus {
  static func of(_ error: any Error) -> ExitCode {
    switch error {
    case let failure as CommandFailure: failure.status
    case let error as StoreError: of(error)
    case let error as DocumentError: of(error)
    case is ConfigurationError: ExitStatus.configuration
    case is ModelLocator.Failure: ExitStatus.unavailable
    case let error as CheckpointError: of(error)
    case is TokenizerError, is ModelError: ExitStatus.dataError
    case is PassagePrompt.DoesNotFit: ExitStatus.dataError
    case let error as GenerationError: of(error)
    case let error as OpenAIError: of(error)
    case is JSONSchemaError: ExitStatus.dataError
    case is BytesError: ExitStatus.noInput
    case let error as WeightPreparation.Failure: of(error)
    case is SQuADDataset.Failure: ExitStatus.dataError
    default: ExitStatus.failure
    }
  }

  private static func of(_ error: StoreError) -> ExitCode {
    switch error {
    case .notFound: ExitStatus.noInput
    case .notAnIndex, .newerSchema, .olderSchema, .corrupt: ExitStatus.dataError
    case .identityMismatch, .invalidInput: ExitStatus.failure
    case .invalidQuery: ExitStatus.usage
    case .readOnly: ExitStatus.cannotCreate
    case .busy: ExitStatus.temporaryFailure
    case .diskFull, .inputOutput, .database: ExitStatus.ioError
    }
  }

  private static func of(_ error: CheckpointError) -> ExitCode {
    switch error.problem {
    case .bytes(.system), .bytes(.notRegularFile): ExitStatus.noInput
    default: ExitStatus.dataError
    }
  }

  private static func of(_ error: GenerationError) -> ExitCode {
    switch error {
    case .emptyStop, .sampler(.invalidOption): ExitStatus.usage
    case .emptyPrompt: ExitStatus.noInput
    case .promptTooLong, .model, .sampler: ExitStatus.dataError
    }
  }

  private static func of(_ error: WeightPreparation.Failure) -> ExitCode {
    switch error {
    case .nothingToPrepare: ExitStatus.unavailable
    case .busy: ExitStatus.temporaryFailure
    case .notWritable: ExitStatus.cannotCreate
    case .cancelled: ExitStatus.interrupted
    case .weights: ExitStatus.dataError
    }
  }

  private static func of(_ error: OpenAIError) -> ExitCode {
    switch error {
    case .invalidURL, .invalidKey, .untrustedServer, .offline: ExitStatus.configuration
    case .curlMissing, .cannotRunCurl, .cannotConnect, .status: ExitStatus.unavailable
    case .failed, .malformedStream, .lineTooLong, .closedEarly: ExitStatus.ioError
    case .unsupported: ExitStatus.usage
    }
  }

  private static func of(_ error: DocumentError) -> ExitCode {
    switch error {
    case .toolMissing: ExitStatus.unavailable
    case .cannotOpen, .cannotList, .notARegularFile: ExitStatus.noInput
    default: ExitStatus.dataError
    }
  }
}
