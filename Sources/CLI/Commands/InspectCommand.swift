internal import ArgumentParser
internal import Bytes
internal import Checkpoints
internal import Foundation
internal import Models
internal import Tokenizers

/// The command `swiftrag inspect FILE`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show the contents of a model file.",
    discussion: """
        swiftrag inspect model.gguf
        swiftrag inspect model.safetensors --tensors --hash
        swiftrag inspect model.gguf --map
        swiftrag inspect model.gguf --json
        swiftrag inspect model.gguf --spec
        swiftrag inspect all-MiniLM-L6-v2 --spec
        swiftrag inspect clip-vit-base-patch32 --spec
        swiftrag inspect model.gguf --template
        swiftrag inspect model-00001-of-00003.gguf
        swiftrag inspect model.safetensors.index.json
        swiftrag inspect ViT-B-32.pt

      Any part of a split GGUF file opens all parts; the index or the folder of shards opens all \
      shards. --hash reads the whole files; everything else reads only the headers.

      A PyTorch file (.pt, .pth, .bin, TorchScript) is a program for Python. None of it is run; the \
      names that it imports are listed, also where they are the reason to refuse it.
      """)

  @Argument(help: "The model: a file, an index of shards, or a folder.", completion: .file())
  var file: String

  @Flag(help: "List every tensor.")
  var tensors = false

  @Flag(help: "Show the purpose of every byte.")
  var map = false

  @Flag(help: "Compute the SHA-256 of each file and each tensor.")
  var hash = false

  @Flag(help: "Show the chat template: the recognised one, why, and the text in the file.")
  var template = false

  @Flag(help: "Show what the model computes: configuration, tensors and steps.")
  var spec = false

  @Flag(help: "Print everything as JSON.")
  var json = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    try requireExisting([file])
    if template { return try showTemplate(try Checkpoint.open(path: file).metadata) }
    if spec {
      return Terminal.answer(try specification().text)
    }
    let inspection = try Inspection(of: try open(), hashes: hash)
    if json { return try answerJSON(inspection) }
    summarise(inspection)
    if tensors || common.verbose { listTensors(inspection) }
    if map { listRegions(inspection) }
    if !tensors && !map && !common.verbose {
      Terminal.note(
        "\n--tensors lists the tensors, --map the bytes; --hash adds SHA-256; --json prints all")
    }
  }

  /// Opens the model; of a PyTorch file that is refused, lists what it imports before the error.
  private func open() throws -> Checkpoint {
    do {
      return try Checkpoint.open(path: file)
    } catch {
      guard let mapped = try? MappedFile(path: file) else { throw error }
      let imports = TorchImport.all(of: mapped).map { Inspection.ImportRow($0) }
      if json, !imports.isEmpty {
        try answerJSON(ImportReport(path: file, imports: imports))
      } else {
        listImports(imports)
      }
      throw error
    }
  }

  private struct ImportReport: Encodable {
    let path: String
    let imports: [Inspection.ImportRow]
  }

  private func specification() throws -> ModelSpecification {
    // A folder may name its weights otherwise; the error of the sentence encoder says which.
    let opened = Result { try Checkpoint.open(path: file) }
    if let checkpoint = try? opened.get() {
      if CLIPConfig.recognizes(checkpoint) { return try ModelSpecification(clip: checkpoint) }
      if WhisperConfig.recognizes(checkpoint) { return try ModelSpecification(whisper: checkpoint) }
    }
    return Paths.isFolder(file)
      ? try ModelSpecification(directory: file) : try ModelSpecification(gguf: opened.get())
  }

  private struct TemplateReport: Encodable {
    let template, reason: String
    /// The template in the file; null if it has none.
    let fileTemplate: String?
  }

  /// Prints the template, escaped.
  ///
  /// It is a program from an untrusted source and is never executed.
  private func showTemplate(_ metadata: Metadata) throws {
    let recognition = ChatTemplate.recognize(metadata)
    let text = metadata[LanguageTokenizer.GGUFKey.chatTemplate]?.stringValue
    if json {
      return try answerJSON(
        TemplateReport(
          template: recognition.template.rawValue, reason: recognition.reason, fileTemplate: text))
    }
    Terminal.answer("\(recognition.template.rawValue): \(droppingControls(recognition.reason))")
    guard let text, !text.isEmpty else { return }
    Terminal.answer("\n" + Style.bold.apply("the file's template") + " (never executed)")
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      Terminal.answer("  " + Bytes.printable(String(line), limit: .max))
    }
  }

  private func summarise(_ inspection: Inspection) {
    Terminal.answer(
      "\(inspection.format), \(byteText(inspection.byteCount)), "
        + "\(inspection.tensors.count) tensors, \(inspection.parameterCount) parameters")
    if let sha256 = inspection.sha256 { Terminal.answer("sha256 \(sha256)") }
    listFiles(inspection)
    if !inspection.metadata.isEmpty {
      Terminal.answer("\n" + Style.bold.apply("metadata"))
      let width = inspection.metadata.map(\.key.count).max() ?? 0
      for row in inspection.metadata {
        Terminal.answer(
          "  " + padded(row.key, min(width, 44)) + "  " + Style.dim.apply(padded(row.type, 16))
            + "  " + droppingControls(row.value))
      }
    }
    listImports(inspection.imports ?? [])
    Terminal.answer("\n" + Style.bold.apply("types"))
    for total in inspection.types {
      Terminal.answer(
        "  " + padded(total.type, 8) + "  \(total.tensorCount) tensors, "
          + "\(total.elementCount) numbers, \(byteText(total.byteCount))")
    }
  }

  /// Lists the names that the pickles import; those that are refused are red.
  private func listImports(_ imports: [Inspection.ImportRow]) {
    guard !imports.isEmpty else { return }
    Terminal.answer("\n" + Style.bold.apply("imports of the pickles") + " (none is called)")
    let width = min(44, imports.map(\.name.count).max() ?? 0)
    for row in imports {
      Terminal.answer(
        "  " + padded(row.name, width) + "  "
          + (row.isAllowed ? "weights" : Style.red.apply("refused")) + "  "
          + Style.dim.apply("byte \(row.byteOffset) of \(droppingControls(row.member))"))
    }
  }

  /// The files of a model that has several.
  private func listFiles(_ inspection: Inspection) {
    guard inspection.files.count > 1 else { return }
    Terminal.answer("\n" + Style.bold.apply("files"))
    for (index, file) in inspection.files.enumerated() {
      Terminal.answer(
        "  " + padded("\(index)", 3) + "  " + padded(byteText(file.byteCount), 10) + "  "
          + padded("\(file.tensorCount) tensors", 14) + "  " + droppingControls(file.path)
          + (file.sha256.map { "  " + $0.prefix(16) + "…" } ?? ""))
    }
  }

  private func listTensors(_ inspection: Inspection) {
    Terminal.answer("\n" + Style.bold.apply("tensors"))
    let width = min(60, inspection.tensors.map(\.name.count).max() ?? 0)
    for tensor in inspection.tensors {
      let shape = "[" + tensor.shape.map(String.init).joined(separator: ", ") + "]"
      Terminal.answer(
        "  " + padded(tensor.name, width) + "  " + padded(tensor.type, 6) + "  "
          + padded(shape, 16) + "  " + padded(byteText(tensor.byteCount), 10)
          + (tensor.file.map { "  file \($0)" } ?? "")
          + (tensor.sha256.map { "  " + $0.prefix(16) + "…" } ?? ""))
    }
  }

  private func listRegions(_ inspection: Inspection) {
    Terminal.answer("\n" + Style.bold.apply("bytes"))
    var lastFile: Int?
    for region in inspection.byteMap {
      if let file = region.file, file != lastFile {
        Terminal.answer("  file \(file): " + droppingControls(inspection.files[file].path))
        lastFile = file
      }
      let remark = region.isZero == false ? Style.red.apply("  not zero") : ""
      let end = region.byteOffset + region.byteCount
      Terminal.answer(
        "  " + padded("\(region.byteOffset)..<\(end)", 24) + "  "
          + padded(region.kind.rawValue, 10) + "  " + droppingControls(region.label) + remark)
    }
    let covered = inspection.byteMap.reduce(0) { $0 + $1.byteCount }
    Terminal.answer("  \(covered) of \(inspection.byteCount) bytes accounted for")
  }

  private func padded(_ text: String, _ width: Int) -> String {
    droppingControls(text).padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
  }
}
