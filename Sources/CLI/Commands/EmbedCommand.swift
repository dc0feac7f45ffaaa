internal import ArgumentParser
internal import Bytes
internal import Foundation
internal import RAG
internal import SwiftRAG

/// The command `swiftrag embed`.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed", abstract: "Turn texts, or pictures, into vectors.",
    discussion: """
        swiftrag embed "a sentence" --json
        swiftrag embed --file sentences.txt --npy vectors.npy
        cat texts.jsonl | swiftrag embed - --input-jsonl --jsonl
        swiftrag embed --model multilingual-e5-small --as query "Wo ist das Rathaus?"
        swiftrag embed --model clip photo.jpg "a cat on a keyboard"

      A text longer than the model's limit is cut there, with a note on standard error. CLIP embeds \
      pictures and texts into one space: an argument that names a file is a picture.
      """)

  @Argument(help: "Texts, one vector each; - reads one text per line from standard input.")
  var texts: [String] = []

  @Option(help: "A file with one text per line.", completion: .file())
  var file: String?

  @Flag(help: "The lines of the input are JSON strings.")
  var inputJsonl = false

  @Flag(help: "Print one JSON object with all vectors.")
  var json = false

  @Flag(help: "Print one JSON array of numbers per text (the default).")
  var jsonl = false

  @Option(help: "Write a NumPy file, Float32 [texts, dimension].", completion: .file())
  var npy: String?

  /// The purpose of the texts.
  enum Role: String, CaseIterable, ExpressibleByArgument {
    case plain, query, passage

    var role: TextRole {
      switch self {
      case .plain: .plain
      case .query: .query
      case .passage: .passage
      }
    }
  }

  @Option(
    name: .customLong("as"),
    help: "Put what the model expects before a query or a passage; plain adds nothing.")
  var role = Role.plain

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var common: CommonOptions

  private struct Report: Encodable {
    let model: String
    let dimension: Int
    let truncated: Int
    let vectors: [[Float]]
  }

  func validate() throws {
    if texts.isEmpty && file == nil {
      throw ValidationError("Give texts, - for standard input, or --file FILE.")
    }
    if !texts.isEmpty && file != nil { throw ValidationError("Give texts or --file, not both.") }
  }

  func run() throws {
    common.apply()
    let texts = try allTexts()
    if let runtime = try compute.pictureRuntime() { return try embedJointly(texts, runtime) }
    let encoder = try makeRuntime(compute.settings).sentenceEncoder()
    var vectors: [Float] = []
    var truncatedCount = 0
    let bar = ProgressBar("embedding", unit: "texts", total: texts.count)
    defer { bar.finish() }
    for start in stride(from: 0, to: texts.count, by: 64) {
      let batch = try encoder.embeddings(
        of: Array(texts[start..<min(start + 64, texts.count)]), as: role.role)
      vectors += batch.vectors
      truncatedCount += batch.truncatedCount
      bar.update(done: min(start + 64, texts.count))
      if Interrupts.isRequested { throw ExitCode.interrupted }
    }
    bar.finish()
    noteTruncated(truncatedCount, of: texts.count, limit: encoder.maximumTokenCount)
    try write(
      vectors, model: encoder.modelName, dimension: encoder.dimension,
      truncatedCount: truncatedCount)
  }

  /// Pictures and texts by CLIP.
  private func embedJointly(_ texts: [String], _ runtime: Runtime) throws {
    let embedder = try runtime.pictureEmbedder()
    // Only arguments name files; the lines of a file are texts.
    let isArguments = file == nil && self.texts != ["-"]
    let inputs = isArguments ? jointInputs(texts) : texts.map { .text($0) }
    let bar = ProgressBar("embedding", unit: "inputs", total: inputs.count)
    defer { bar.finish() }
    let result = try runtime.vectors(of: inputs, embedder: embedder) { done in
      bar.update(done: done)
      if Interrupts.isRequested { throw ExitCode.interrupted }
    }
    bar.finish()
    noteTruncated(
      result.truncatedCount, of: texts.count, limit: embedder.maximumTokenCount)
    try write(
      result.vectors, model: embedder.modelName, dimension: embedder.dimension,
      truncatedCount: result.truncatedCount)
  }

  private func noteTruncated(_ truncatedCount: Int, of count: Int, limit: Int) {
    guard truncatedCount > 0 else { return }
    Terminal.note(
      "\(truncatedCount) of \(count) texts had more than \(limit) tokens and were cut there")
  }

  private func write(
    _ vectors: [Float], model: String, dimension: Int, truncatedCount: Int
  ) throws {
    if let npy {
      try NumPyWriter.write(vectors, columns: dimension, to: npy)
      Terminal.note("\(vectors.count / dimension) vectors in \(npy)")
      if !json && !jsonl { return }
    }
    let rows = stride(from: 0, to: vectors.count, by: dimension).map {
      Array(vectors[$0..<$0 + dimension])
    }
    if json {
      return try answerJSON(
        Report(
          model: model, dimension: dimension, truncated: truncatedCount, vectors: rows),
        pretty: false)
    }
    for row in rows { Terminal.answer("[" + row.map { "\($0)" }.joined(separator: ",") + "]") }
  }

  private func allTexts() throws -> [String] {
    if let file {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw CommandFailure("\(file): cannot be read", .missingInput, path: file)
      }
      return try lines(of: data, named: file)
    }
    guard texts == ["-"] else { return texts }
    return try lines(of: standardInput(), named: "standard input")
  }

  private func lines(of data: Data, named name: String) throws -> [String] {
    var pieces = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if pieces.last?.isEmpty == true { pieces.removeLast() }
    guard !pieces.isEmpty else {
      throw CommandFailure("\(name): no text", .missingInput)
    }
    return try pieces.enumerated().map { index, piece in
      guard inputJsonl else { return String(decoding: piece, as: UTF8.self) }
      guard let text = try? JSONDecoder().decode(String.self, from: Data(piece)) else {
        throw CommandFailure(
          "\(name), line \(index + 1): not a JSON string", .invalidData)
      }
      return text
    }
  }
}

/// The command `swiftrag similar A B...`.
struct SimilarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similar",
    abstract: "Show how close texts, or pictures, are in meaning (cosine, -1 to 1).",
    discussion: """
        swiftrag similar "a cat sleeps" "a kitten is napping" "stock prices fell"
        swiftrag similar --model clip photo.jpg other.jpg "a red bicycle"

      The first text is compared with each of the others. CLIP compares pictures and texts: an \
      argument that names a file is a picture.
      """)

  @Argument(help: "Two or more texts; for CLIP also pictures.")
  var texts: [String]

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var common: CommonOptions

  private struct Row: Encodable {
    let text: String
    let cosine: Double
  }

  func validate() throws {
    if texts.count < 2 { throw ValidationError("Give at least two texts.") }
  }

  func run() throws {
    common.apply()
    let (vectors, dimension) = try vectors()
    let rows = (1..<texts.count).map { index in
      let cosine = (0..<dimension).reduce(0.0) {
        $0 + Double(vectors[$1]) * Double(vectors[index * dimension + $1])
      }
      return Row(text: texts[index], cosine: cosine)
    }
    if json { return try answerJSON(rows) }
    for row in rows {
      Terminal.answer(String(format: "%.4f  ", row.cosine) + droppingControls(row.text))
    }
  }

  /// `[texts, dimension]`, row-major, each of unit length.
  private func vectors() throws -> (vectors: [Float], dimension: Int) {
    if let runtime = try compute.pictureRuntime() {
      let embedder = try runtime.pictureEmbedder()
      let inputs = jointInputs(texts)
      return (try runtime.vectors(of: inputs, embedder: embedder).vectors, embedder.dimension)
    }
    let encoder = try makeRuntime(compute.settings).sentenceEncoder()
    return (try encoder.vectors(of: texts, as: .query).vectors, encoder.dimension)
  }
}

/// The inputs that arguments mean; a text that looks like the name of a picture is noted, since the
/// name may be mistyped.
private func jointInputs(_ arguments: [String]) -> [JointInput] {
  let endings = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff"]
  return arguments.map { argument in
    let input = JointInput(argument: argument)
    if case .text = input, endings.contains(URL(filePath: argument).pathExtension.lowercased()) {
      Terminal.note("\(shownName(argument)): no such file, so it is taken as a text")
    }
    return input
  }
}
