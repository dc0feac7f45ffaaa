internal import Generation
internal import ArgumentParser
internal import Foundation
internal import Kernels
internal import RAG
internal import SwiftRAG

/// The command `swiftrag doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check that everything that answers need is there.")

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var common: CommonOptions

  /// One thing that was checked.
  struct Check: Encodable {
    enum State: String, Encodable {
      case good, warning, bad
    }

    let name: String
    let state: State
    let detail: String
  }

  func run() throws {
    common.apply()
    let configuration = try resolveConfiguration([:])
    let encoder = Result { try KnowledgeBase.loadEncoder(configuration: configuration) }
    let checks =
      [processor(), program("pdftotext", package: "poppler-utils", use: "PDF files")]
      + [
        model(encoder), languageModel(configuration), index(configuration, encoder),
        sampleLibrary(),
      ]
    if json {
      try answerJSON(checks)
    } else {
      for check in checks {
        let mark =
          switch check.state {
          case .good: Style.green.apply("ok     ")
          case .warning: Style.highlight.apply("warning")
          case .bad: Style.red.apply("missing")
          }
        Terminal.answer(
          "\(mark)  \(check.name.padding(toLength: 14, withPad: " ", startingAt: 0))  \(check.detail)"
        )
      }
    }
    if checks.contains(where: { $0.state == .bad }) { throw ExitStatus.unavailable }
  }

  private func processor() -> Check {
    let detected = InstructionSet.detected
    let supported = InstructionSet.supported
    let limit = detected == supported ? "" : ", lowered by SWIFTRAG_ISA from \(supported.rawValue)"
    return Check(
      name: "kernels", state: detected == .scalar ? .warning : .good,
      detail: "\(detected.rawValue)\(limit), \(physicalCoreCount()) physical cores")
  }

  private func program(_ name: String, package: String, use: String) -> Check {
    let folders = (Folders.processEnvironment["PATH"] ?? "").split(separator: ":")
    if let folder = folders.first(where: {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }) {
      return Check(name: name, state: .good, detail: "\(folder)/\(name)")
    }
    return Check(
      name: name, state: .warning,
      detail: "not found, needed for \(use): sudo apt-get install \(package)")
  }

  private func model(_ encoder: Result<BERTSentenceEncoder, any Error>) -> Check {
    do {
      let encoder = try encoder.get()
      _ = try encoder.vector(of: "a test")
      return Check(
        name: "encoder", state: .good,
        detail: "\(encoder.modelName), \(encoder.dimension) elements, "
          + "at most \(encoder.maximumTokenCount) tokens, "
          + "\(byteText(encoder.packedByteCount)) of weights")
    } catch {
      return Check(name: "encoder", state: .bad, detail: "\(error)")
    }
  }

  private func languageModel(_ configuration: Configuration) -> Check {
    let name = "language model"
    let backend = configuration.text(.modelBackend) ?? "auto"
    if backend == "openai" { return server(configuration, name: name) }
    if backend == "quote" {
      return Check(
        name: name, state: .good, detail: "not used: model_backend is quote, answers are quotations"
      )
    }
    do {
      let path = try ModelLocator(configuration: configuration)
        .languageModel(configuration.text(.modelPath))
      try NativeGenerator.checkHeader(path: path)
      guard let file = ModelLocator.preparedFiles(ofModelAt: path).first else {
        return Check(
          name: name, state: .good,
          detail: "\(path); swiftrag models prepare makes it start quickly")
      }
      guard let problem = file.problem else {
        return Check(name: name, state: .good, detail: "\(path), prepared in \(file.path)")
      }
      return Check(
        name: name, state: .warning,
        detail: "\(path); \(file.path) is not used: \(problem): swiftrag models prepare")
    } catch ModelLocator.Failure.noLanguageModel where backend == "auto" {
      return Check(
        name: name, state: .good,
        detail: "none: answers are quotations; put a GGUF file into models/llm")
    } catch {
      return Check(name: name, state: .bad, detail: "\(error)")
    }
  }

  private func server(_ configuration: Configuration, name: String) -> Check {
    do {
      let generator = try KnowledgeBase.loadRemoteGenerator(configuration: configuration)
      return Check(
        name: name, state: .good,
        detail: "\(generator.name) at \(generator.address.url); whether it answers shows "
          + "curl \(generator.address.url)/models")
    } catch {
      return Check(name: name, state: .bad, detail: "\(error)")
    }
  }

  private func index(
    _ configuration: Configuration, _ encoder: Result<BERTSentenceEncoder, any Error>
  ) -> Check {
    let path = KnowledgeBase.defaultIndexPath(configuration: configuration)
    guard FileManager.default.fileExists(atPath: path) else {
      return Check(
        name: "index", state: .good, detail: "none yet at \(path): swiftrag add PATH makes it")
    }
    do {
      let catalog = try IndexCatalog(path: path)
      let detail = "\(path), documents: \(try catalog.documents().count)"
      let model = try catalog.model()
      let encoder = try encoder.get()
      guard model.sha256 == encoder.modelHash else {
        return Check(
          name: "index", state: .warning,
          detail: detail + ", made with \(printable(model.name)), not \(encoder.modelName): "
            + "swiftrag index rebuild")
      }
      return Check(name: "index", state: .good, detail: detail)
    } catch {
      return Check(name: "index", state: .bad, detail: "\(error)")
    }
  }

  private func sampleLibrary() -> Check {
    guard let path = Folders.sampleLibrary else {
      return Check(
        name: "sample library", state: .warning, detail: "not beside the program; run --docs DIR")
    }
    return Check(name: "sample library", state: .good, detail: path)
  }
}
