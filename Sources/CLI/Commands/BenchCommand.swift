internal import Kernels
internal import Bytes
internal import Evaluation
internal import ArgumentParser
internal import Foundation
internal import RAG
internal import Store
internal import SwiftRAG

/// The commands `swiftrag bench embed`, `bench search`, `bench index` and `bench model`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed on this machine.",
    discussion: """
      Results vary on a shared machine; `make bench` compares with other programs in one run.

        swiftrag bench embed --tokens 128 --batch 32
        swiftrag bench search --vectors v.npy --queries q.npy
        swiftrag bench index ~/papers
        swiftrag bench clip --batch 8
        swiftrag bench model --arch mistral --size full --out mistral.gguf
      """,
    subcommands: [
      Embed.self, Search.self, Index.self, Model.self, Memory.self,
      LLM.self, Logits.self, CLIP.self, Whisper.self,
    ])

  /// The command `swiftrag bench embed`.
  struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sentences per second of the sentence encoder.")

    @Option(help: "Tokens in each sequence, including special tokens.")
    var tokens = 128

    @Option(help: "Sequences in each batch.")
    var batch = 1

    @Option(help: "How many seconds to measure.")
    var seconds = 2.0

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var compute: ComputeOptions
    @OptionGroup var common: CommonOptions

    private struct Report: Encodable {
      let model: String
      let tokens: Int
      let batch: Int
      let sentencesPerSecond: Double
      /// Of the median batch, which varies less than the mean on a noisy machine.
      let medianSentencesPerSecond: Double
      let batches: Int
      let peakResidentByteCount: Int
    }

    func run() throws {
      common.apply()
      let encoder = try makeRuntime(compute.settings).sentenceEncoder()
      try requireRange(tokens, 2...encoder.maximumTokenCount, of: "--tokens")
      try requireRange(batch, 1...4096, of: "--batch")
      try requireRange(seconds, 0.01...600, of: "--seconds")
      // Ids of ordinary words; which ones does not change the work.
      let sequence = (0..<tokens).map { Int32(1996 + $0 % 1000) }
      let sequences = Array(repeating: sequence, count: batch)
      let durations = try measuredSeconds(for: seconds, warmUpCount: 3, leastCount: 1) {
        _ = try encoder.vectors(ofTokens: sequences)
      }
      let report = Report(
        model: encoder.modelName, tokens: tokens, batch: batch,
        sentencesPerSecond: Double(batch * durations.count) / durations.reduce(0, +),
        medianSentencesPerSecond: Double(batch) / durations[durations.count / 2],
        batches: durations.count, peakResidentByteCount: peakResidentByteCount())
      if json { return try answerJSON(report, pretty: false) }
      Terminal.answer(
        String(
          format: "%.1f sentences/s (median batch %.1f), peak memory %@",
          report.sentencesPerSecond, report.medianSentencesPerSecond,
          byteText(report.peakResidentByteCount)))
    }
  }

  /// The command `swiftrag bench search`.
  struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Latency of exact vector search over NumPy files.")

    @Option(help: "Float32 [vectors, dimension].", completion: .file())
    var vectors: String

    @Option(help: "Float32 [queries, dimension].", completion: .file())
    var queries: String

    @Option(name: [.customShort("k"), .long], help: "How many vectors to find for each query.")
    var k = 10

    @OptionGroup var worker: ThreadOptions

    @Flag(help: "Print JSON, including the rows found for each query.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      try requireExisting([vectors, queries])
      let result = try SearchBenchmark.run(
        vectorsPath: vectors, queriesPath: queries, k: k, pool: worker.runtime.compute.pool)
      if json { return try answerJSON(result, pretty: false) }
      Terminal.answer(
        String(
          format: "%d vectors: p50 %.2f ms, p99 %.2f ms, index %@", result.vectorCount,
          result.p50Milliseconds, result.p99Milliseconds, byteText(result.indexByteCount)))
    }
  }
}

extension BenchCommand {
  /// The command `swiftrag bench index PATH...`.
  struct Index: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare indexing documents with embedding them alone.")

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @Option(help: "How many rounds; the medians are reported.")
    var rounds = 3

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var compute: ComputeOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      try requireRange(rounds, 1...1_000, of: "--rounds")
      try requireExisting(paths)
      let encoder = try makeRuntime(compute.settings).sentenceEncoder()
      let result = try IngestBenchmark.run(paths: paths, encoder: encoder, rounds: rounds) {
        Terminal.note($0)
      }
      if json { return try answerJSON(result) }
      Terminal.answer(
        String(
          format: "%d documents, %d chunks, %d tokens, index %@", result.documentCount,
          result.chunkCount, result.tokenCount, byteText(result.indexByteCount)))
      Terminal.answer(
        String(
          format: "embedding %.1f chunks/s, indexing %.1f chunks/s: overhead %.1f %%",
          result.embeddingChunksPerSecond, result.indexingChunksPerSecond, result.overhead * 100))
      Terminal.answer(String(format: "unchanged %.0f files/s", result.unchangedFilesPerSecond))
    }
  }
}

/// The seconds that each of repeated calls takes.
///
/// - Parameters:
///   - seconds: the length of the measurement.
///   - warmUpCount: calls before it.
///   - leastCount: calls that are measured however long they take.
///   - body: the call.
/// - Returns: ascending.
/// - Throws: what `body` throws, and `ExitCode.interrupted`.
func measuredSeconds(
  for seconds: Double, warmUpCount: Int, leastCount: Int, _ body: () throws -> Void
) throws -> [Double] {
  for _ in 0..<warmUpCount { try body() }
  var durations: [Double] = []
  let clock = ContinuousClock()
  let start = clock.now
  while durations.count < leastCount || (clock.now - start).inSeconds < seconds {
    durations.append(try clock.measure(body).inSeconds)
    if Interrupts.isRequested { throw ExitCode.interrupted }
  }
  return durations.sorted()
}

/// The largest resident set of this process so far, in bytes; 0 where the system does not report it.
func peakResidentByteCount() -> Int { ProcFile.peakResidentByteCount ?? 0 }
