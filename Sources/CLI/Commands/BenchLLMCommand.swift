internal import SwiftRAG
internal import Bytes
internal import Evaluation
internal import ArgumentParser
internal import Checkpoints
internal import Foundation
internal import Kernels
internal import Models
internal import RAG

/// The flags of a command that measures a language model.
struct MeasuredModelOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "The GGUF file.", completion: .file())
  var model: String

  @OptionGroup var memory: ModelMemoryOptions

  @Option(help: "Tokens in each batch of the prompt.")
  var batch = 512

  /// Opens the file and creates a session for `contextTokenCount` tokens.
  func session(contextTokenCount: Int) throws -> LlamaSession {
    try requireRange(batch, 1...65536, of: "--batch")
    let compute = memory.worker.runtime.compute
    let checkpoint = try Checkpoint.open(path: model)
    let model = try LlamaModel(
      gguf: checkpoint, compute: compute,
      options: memory.loadOptions(contextTokenCount: contextTokenCount))
    return try LlamaSession(
      model: model, contextTokenCount: contextTokenCount, cacheType: memory.cacheType,
      batchTokenCount: batch)
  }
}

extension BenchCommand {
  /// The command `swiftrag bench llm`.
  struct LLM: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "llm",
      abstract: "Speed of a language model: prefill and decode, in tokens per second.",
      discussion: """
          swiftrag bench llm -m mistral.gguf
          swiftrag bench llm -m model.gguf --decode 32 --depth 4096 --json

        The weights come from the file that `models prepare` wrote, if there is one. \
        --no-prepared reorders them while loading, --no-repack computes on the model's file \
        itself.
        """)

    @OptionGroup var options: MeasuredModelOptions

    @Option(help: "Tokens in the prompt.")
    var prefill = 128

    @Option(help: "Tokens to decode one by one.")
    var decode = 64

    @Option(help: "Tokens in the cache before the decoded ones.")
    var depth = 0

    @Option(help: "Capacity of the cache in tokens (default: as many as needed).")
    var context: Int?

    @Flag(help: "Answer JSON requests on standard input, one per line (for Benchmarks/peers).")
    var requests = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    /// `{"prefill": N}` or `{"decode": N, "depth": N}`.
    private struct Request: Decodable {
      let prefill: Int?
      let decode: Int?
      let depth: Int?
    }

    private struct Started: Encodable {
      let weights: String
      let loadSeconds: Double
      /// From opening the file to the logits of one token.
      let firstTokenSeconds: Double
    }

    private struct Measured: Encodable {
      let seconds: Double
      let peakResidentByteCount: Int
    }

    private struct Report: Encodable {
      let model: String
      /// `prepared`, `reordered` or `in place`.
      let weights: String
      let loadSeconds: Double
      let firstTokenSeconds: Double
      let prefillTokensPerSecond: Double
      let decodeTokensPerSecond: Double
      let depth: Int
      let peakResidentByteCount: Int
    }

    func run() throws {
      common.apply()
      let limit = 1 << 20
      try requireRange(prefill, 1...limit - 1, of: "--prefill")
      try requireRange(decode, 1...limit - 1, of: "--decode")
      try requireRange(depth, 0...limit - 1 - decode, of: "--depth")
      let start = ContinuousClock.now
      let session = try options.session(
        contextTokenCount: context ?? max(prefill, depth + decode + 1))
      let loadSeconds = (ContinuousClock.now - start).inSeconds
      try session.evaluate([1], logits: .last)
      let loader = session.model.loader
      let weights =
        loader.isPrepared ? "prepared" : options.memory.noRepack ? "in place" : "reordered"
      for rejection in loader.rejections {
        Terminal.note("\(rejection.path) is not used: \(rejection.reason)")
      }
      let started = Started(
        weights: weights, loadSeconds: loadSeconds,
        firstTokenSeconds: (ContinuousClock.now - start).inSeconds)
      let benchmark = LlamaBenchmark(session: session)
      if requests { return try serve(benchmark, started: started) }
      let prefillSeconds = try benchmark.prefillSeconds(tokenCount: prefill)
      let decodeSeconds = try benchmark.decodeSeconds(tokenCount: decode, depth: depth)
      try answer(
        Report(
          model: options.model, weights: weights, loadSeconds: started.loadSeconds,
          firstTokenSeconds: started.firstTokenSeconds,
          prefillTokensPerSecond: Double(prefill) / prefillSeconds,
          decodeTokensPerSecond: Double(decode) / decodeSeconds, depth: depth,
          peakResidentByteCount: peakResidentByteCount()))
    }

    private func answer(_ report: Report) throws {
      if json { return try answerJSON(report, pretty: false) }
      Terminal.answer(
        String(
          format: "load %.2f s, first token after %.2f s, weights %@", report.loadSeconds,
          report.firstTokenSeconds, report.weights))
      Terminal.answer(
        String(format: "prefill of %d: %.1f tokens/s", prefill, report.prefillTokensPerSecond))
      Terminal.answer(
        String(
          format: "decode of %d after %d: %.2f tokens/s, peak memory %@", decode, depth,
          report.decodeTokensPerSecond, byteText(report.peakResidentByteCount)))
    }

    /// Answers each line of standard input with one line, so that a script can alternate between
    /// programs.
    private func serve(_ benchmark: LlamaBenchmark, started: Started) throws {
      try answerJSON(started, pretty: false)
      while let line = readLine() {
        let request: Request
        do { request = try JSONDecoder().decode(Request.self, from: Data(line.utf8)) } catch {
          throw CommandFailure("not a request: \(droppingControls(line))", .invalidData)
        }
        guard request.prefill ?? 1 > 0, request.decode ?? 1 > 0, request.depth ?? 0 >= 0 else {
          throw CommandFailure(
            "not a valid number of tokens: \(droppingControls(line))", .invalidData)
        }
        let seconds =
          if let count = request.prefill {
            try benchmark.prefillSeconds(tokenCount: count)
          } else {
            try benchmark.decodeSeconds(
              tokenCount: request.decode ?? 1, depth: request.depth ?? 0)
          }
        try answerJSON(
          Measured(seconds: seconds, peakResidentByteCount: peakResidentByteCount()),
          pretty: false)
      }
    }
  }
}
