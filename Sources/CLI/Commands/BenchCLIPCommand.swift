internal import ArgumentParser
internal import Foundation
internal import Models
internal import RAG
internal import SwiftRAG

extension BenchCommand {
  /// The command `swiftrag bench clip`.
  struct CLIP: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "clip", abstract: "Pictures and texts per second of a CLIP.",
      discussion: """
          swiftrag bench clip -m clip-q8_0.gguf --batch 8
          swiftrag bench clip --tokens 77 --json

        Pictures are prepared already: decoding and resizing are not counted.
        """)

    @Option(help: "Pictures, and texts, in each batch.")
    var batch = 1

    @Option(
      help: "Tokens of each text, the two special ones included. (default: the model's context)")
    var tokens: Int?

    @Option(help: "How many seconds to measure each tower.")
    var seconds = 2.0

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var compute: PictureComputeOptions
    @OptionGroup var common: CommonOptions

    private struct Report: Encodable {
      let model: String
      let batch, tokens: Int
      /// Of the median batch, which varies less than the mean on a noisy machine.
      let medianPicturesPerSecond, medianTextsPerSecond: Double
      let peakResidentByteCount: Int
    }

    func run() throws {
      common.apply()
      try requireRange(batch, 1...4096, of: "--batch")
      try requireRange(seconds, 0.01...600, of: "--seconds")
      let embedder = try makeRuntime(compute.settings).pictureEmbedder()
      let tokens = tokens ?? embedder.maximumTokenCount
      try requireRange(tokens, 2...embedder.maximumTokenCount, of: "--tokens")
      let side = embedder.config.imageSize
      // Any numbers do; these are those of a grey ramp.
      let values = (0..<3 * side * side).map { Float($0 % 256) / 64 - 2 }
      let pictures = Array(repeating: PreparedPicture(side: side, values: values), count: batch)
      let text = Array(repeating: "!", count: tokens - 2).joined(separator: " ")
      let texts = Array(repeating: text, count: batch)
      let report = Report(
        model: embedder.modelName, batch: batch, tokens: tokens,
        medianPicturesPerSecond: try rate { _ = try embedder.vectors(ofPictures: pictures) },
        medianTextsPerSecond: try rate { _ = try embedder.vectors(ofTexts: texts) },
        peakResidentByteCount: peakResidentByteCount())
      if json { return try answerJSON(report, pretty: false) }
      Terminal.answer(
        String(
          format: "%.2f pictures/s, %.2f texts/s of %d tokens, batch %d, peak memory ",
          report.medianPicturesPerSecond, report.medianTextsPerSecond, tokens, batch)
          + byteText(report.peakResidentByteCount))
    }

    /// Items per second of the median call, after one to warm up.
    private func rate(_ body: () throws -> Void) throws -> Double {
      let durations = try measuredSeconds(for: seconds, warmUpCount: 1, leastCount: 3, body)
      return Double(batch) / durations[durations.count / 2]
    }
  }
}
