internal import ArgumentParser
internal import Bytes
internal import Foundation
internal import RAG
internal import SwiftRAG

/// The command `swiftrag embed`.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed", abstract: "Turn texts into vectors.",
    discussion: """
        swiftrag embed "a sentence" --json
        swiftrag embed --file sentences.txt --npy vectors.npy
        cat texts.jsonl | swiftrag embed - --input-jsonl --jsonl

      A text longer than the model's limit is cut there, with a note on standard error.
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
    let encoder = try makeRuntime(compute.settings).sentenceEncoder()
    var vectors: [Float] = []
    var truncatedCount = 0
    let bar = ProgressBar("embedding", unit: "texts", total: texts.count)
    defer { bar.finish() }
    for start in stride(from: 0, to: texts.count, by: 64) {
      let batch = try encoder.vectors(of: Array(texts[start..<min(start + 64, texts.count)]))
      vectors += batch.vectors
      truncatedCount += batch.truncatedCount
      bar.update(done: min(start + 64, texts.count))
      if Interrupts.isRequested { throw ExitCode.interrupted }
    }
    bar.finish()
    if truncatedCount > 0 {
      Terminal.note(
        "\(truncatedCount) of \(texts.count) texts had more than \(encoder.maximumTokenCount) "
          + "tokens and were cut there")
    }
    try write(vectors, encoder: encoder, truncatedCount: truncatedCount)
  }

  private func write(
    _ vectors: [Float], encoder: BERTSentenceEncoder, truncatedCount: Int
  ) throws {
    if let npy {
      try NumPyWriter.write(vectors, columns: encoder.dimension, to: npy)
      Terminal.note("\(vectors.count / encoder.dimension) vectors in \(npy)")
      if !json && !jsonl { return }
    }
    let rows = stride(from: 0, to: vectors.count, by: encoder.dimension).map {
      Array(vectors[$0..<$0 + encoder.dimension])
    }
    if json {
      return try answerJSON(
        Report(
          model: encoder.modelName, dimension: encoder.dimension, truncated: truncatedCount,
          vectors: rows), pretty: false)
    }
    for row in rows { Terminal.answer("[" + row.map { "\($0)" }.joined(separator: ",") + "]") }
  }

  private func allTexts() throws -> [String] {
    if let file {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw CommandFailure("\(file): cannot be read", .missingInput)
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
    commandName: "similar", abstract: "Show how close texts are in meaning (cosine, -1 to 1).",
    discussion: """
        swiftrag similar "a cat sleeps" "a kitten is napping" "stock prices fell"

      The first text is compared with each of the others.
      """)

  @Argument(help: "Two or more texts.")
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
    let encoder = try makeRuntime(compute.settings).sentenceEncoder()
    let vectors = try encoder.vectors(of: texts).vectors
    let rows = (1..<texts.count).map { index in
      let cosine = (0..<encoder.dimension).reduce(0.0) {
        $0 + Double(vectors[$1]) * Double(vectors[index * encoder.dimension + $1])
      }
      return Row(text: texts[index], cosine: cosine)
    }
    if json { return try answerJSON(rows) }
    for row in rows {
      Terminal.answer(String(format: "%.4f  ", row.cosine) + droppingControls(row.text))
    }
  }
}
