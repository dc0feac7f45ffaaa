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
      Figures of a shared machine vary; `make bench` compares with other programs in one run.

        swiftrag bench embed --tokens 128 --batch 32
        swiftrag bench search --vectors v.npy --queries q.npy
        swiftrag bench index ~/papers
        swiftrag bench model --arch mistral --size full --out mistral.gguf
      """,
    subcommands: [
      Embed.self, Search.self, Index.self, Model.self, Memory.self,
      LLM.self, Logits.self,
    ])

  /// The command `swiftrag bench embed`.
  struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sentences a second of the sentence encoder.")

    @Option(help: "Tokens of each sequence, special tokens included.")
    var tokens = 128

    @Option(help: "Sequences in a batch.")
    var batch = 1

    @Option(help: "For how long.")
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
      /// Of the median batch; steadier than the mean on a noisy machine.
      let medianSentencesPerSecond: Double
      let batches: Int
      let peakResidentByteCount: Int
    }

    func run() throws {
      common.apply()
      let encoder = try KnowledgeBase.loadEncoder(
        configuration: try resolveConfiguration(compute.settings))
      guard (2...encoder.maximumTokenCount).contains(tokens), (1...4096).contains(batch),
        seconds > 0, seconds <= 600
      else {
        throw CommandFailure(
          "tokens must be 2 to \(encoder.maximumTokenCount), batch 1 to 4096, seconds up to 600",
          status: ExitStatus.usage)
      }
      // Ids of ordinary words; the work does not depend on which.
      let sequence = (0..<tokens).map { Int32(1996 + $0 % 1000) }
      let sequences = Array(repeating: sequence, count: batch)
      for _ in 0..<3 { _ = try encoder.vectors(ofTokens: sequences) }
      var durations: [Double] = []
      let clock = ContinuousClock()
      let start = clock.now
      while (clock.now - start).inSeconds < seconds {
        let before = clock.now
        _ = try encoder.vectors(ofTokens: sequences)
        durations.append((clock.now - before).inSeconds)
        if Interrupts.isRequested { throw ExitStatus.interrupted }
      }
      durations.sort()
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

    @Option(name: [.customShort("k"), .long], help: "How many vectors a query finds.")
    var k = 10

    @OptionGroup var worker: ThreadOptions

    @Flag(help: "Print JSON, with the rows that each query found.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let result = try SearchBenchmark.run(
        vectorsPath: vectors, queriesPath: queries, k: k, threadCount: worker.threads)
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
      abstract: "Indexing of documents against the embedding that it contains.")

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @Option(help: "How often; medians are reported.")
    var rounds = 3

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var compute: ComputeOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      try requireExisting(paths)
      let encoder = try KnowledgeBase.loadEncoder(
        configuration: try resolveConfiguration(compute.settings))
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

/// The largest resident set of this process so far, in bytes; 0 where the system does not report it.
func peakResidentByteCount() -> Int { ProcFile.peakResidentByteCount ?? 0 }
