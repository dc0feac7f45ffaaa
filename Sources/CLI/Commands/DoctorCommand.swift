internal import Bytes
internal import Generation
internal import ArgumentParser
internal import Documents
internal import Foundation
internal import Kernels
internal import Models
internal import RAG
internal import SwiftRAG

/// The command `swiftrag doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check that everything needed for answers is installed.")

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var common: CommonOptions

  /// The result of one check.
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
    let runtime = try makeRuntime()
    let encoder = Result { try runtime.sentenceEncoder() }
    let checks =
      [processor(), memory(), Self.libraries(), settings(runtime)] + programs()
      + [
        model(encoder), languages(encoder), pictureModel(runtime), speechModel(runtime),
        languageModel(runtime), modelsFolder(runtime), index(runtime, encoder), disk(runtime),
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
    if checks.contains(where: { $0.state == .bad }) { throw ExitCode(.unavailable) }
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
    if let path = ChildProcess.find(name) { return Check(name: name, state: .good, detail: path) }
    return Check(
      name: name, state: .warning,
      detail: "not found, needed for \(use): sudo apt-get install \(package)")
  }

  private func programs() -> [Check] {
    [
      program("pdftotext", package: "poppler-utils", use: "PDF files"),
      program(
        "tesseract", package: TextRecognizer.debianPackage,
        use: "words in pictures and scanned pages"),
      program("ffmpeg", package: "ffmpeg", use: "recordings in M4A, MP4 and other formats"),
      program("curl", package: "curl", use: "swiftrag models pull and model_backend openai"),
    ]
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

  /// Whether the encoder knows languages beside English, by how it cuts a sentence of each.
  private func languages(_ encoder: Result<BERTSentenceEncoder, any Error>) -> Check {
    let name = "languages"
    guard let encoder = try? encoder.get() else {
      return Check(name: name, state: .warning, detail: "unknown without an encoder")
    }
    let known = Self.sentences.filter { encoder.fit(of: $0.sentence) == .good }.map { $0.language }
    guard known.count < Self.sentences.count else {
      return Check(name: name, state: .good, detail: known.joined(separator: ", ") + " and more")
    }
    return Check(
      name: name, state: .good,
      detail: "\(known.joined(separator: ", ")); other languages are searched by words; to search "
        + "them by meaning, use a multilingual encoder, " + MultilingualEncoder.hint)
  }

  private static let sentences: [(language: String, sentence: String)] = [
    (
      "English",
      "The landlord keeps the roof and the outside walls of the house in good repair."
    ),
    (
      "German",
      "Der Vermieter hält das Dach und die Außenwände instand, der Mieter bezahlt kleine Reparaturen."
    ),
    (
      "Spanish",
      "El propietario mantiene el tejado y las paredes exteriores, y el inquilino paga el resto."
    ),
    ("Russian", "Арендодатель поддерживает крышу и наружные стены дома в порядке."),
    ("Arabic", "يحافظ المالك على السقف والجدران الخارجية للبيت"),
    ("Chinese", "房东负责维修屋顶和外墙，租客支付公寓内的小修理费用。"),
  ]

  private func pictureModel(_ runtime: Runtime) -> Check {
    let name = "picture model"
    do {
      guard let embedder = try runtime.pictureEmbedderIfPresent() else {
        return Check(
          name: name, state: .good,
          detail: "none, so pictures are found by their captions and names alone; "
            + "swiftrag models pull clip")
      }
      return Check(
        name: name, state: .good, detail: "\(embedder.modelName), \(embedder.dimension) elements")
    } catch {
      return Check(name: name, state: .bad, detail: "\(error)")
    }
  }

  private func languageModel(_ runtime: Runtime) -> Check {
    let name = "language model"
    let settings = runtime.settings
    if settings.backend == .openAI { return server(runtime, name: name) }
    if settings.backend == .quote {
      return Check(
        name: name, state: .good, detail: "not used: model_backend is quote, answers are quotations"
      )
    }
    do {
      let path = try ModelLocator(configuration: runtime.configuration)
        .languageModel(settings.modelPath)
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
    } catch ModelLocator.Failure.noLanguageModel where settings.backend == .auto {
      return Check(
        name: name, state: .good,
        detail: "none, so answers are quotations; swiftrag models pull mistral")
    } catch {
      return Check(name: name, state: .bad, detail: "\(error)")
    }
  }

  private func server(_ runtime: Runtime, name: String) -> Check {
    do {
      let generator = try runtime.remoteLanguageModel()
      return Check(
        name: name, state: .good,
        detail: "\(generator.name) at \(generator.address.url), not contacted; to test it: "
          + "curl \(generator.address.url)/models")
    } catch {
      return Check(name: name, state: .bad, detail: "\(error)")
    }
  }

  private func index(
    _ runtime: Runtime, _ encoder: Result<BERTSentenceEncoder, any Error>
  ) -> Check {
    let path = runtime.indexPath
    guard FileManager.default.fileExists(atPath: path) else {
      return Check(
        name: "index", state: .good, detail: "none yet at \(path): swiftrag add PATH creates it")
    }
    do {
      let catalog = try IndexCatalog(path: path)
      let detail = "\(path), documents: \(try catalog.documents().count)"
      let model = try catalog.model()
      let encoder = try encoder.get()
      guard model.sha256 == encoder.modelHash else {
        return Check(
          name: "index", state: .warning,
          detail: detail + ", made with \(droppingControls(model.name)), not \(encoder.modelName): "
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
        name: "sample library", state: .warning,
        detail: "not installed; use swiftrag run --docs DIR")
    }
    return Check(name: "sample library", state: .good, detail: path)
  }
}
