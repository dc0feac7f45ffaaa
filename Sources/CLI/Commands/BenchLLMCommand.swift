internal import Evaluation
internal import ArgumentParser
internal import Checkpoints
internal import Foundation
internal import Kernels
internal import Models
internal import RAG

/// The flags of the commands that measure a language model.
struct MeasuredModelOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "The GGUF file.", completion: .file())
  var model: String

  @OptionGroup var memory: ModelMemoryOptions

  @Option(help: "Tokens of a batch.")
  var batch = 512

  /// Opens the file and makes a session for `contextTokenCount` tokens.
  func session(contextTokenCount: Int) throws -> LlamaSession {
    guard (1...65536).contains(batch) else {
      throw CommandFailure("batch must be 1 to 65536", status: ExitStatus.usage)
    }
    let compute = ComputeContext(threadCount: memory.worker.threads)
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
      commandName: "llm", abstract: "Prefill and decode of a language model, in tokens a second.",
      discussion: """
          swiftrag bench llm -m mistral.gguf
          swiftrag bench llm -m model.gguf --decode 32 --depth 4096 --json

        Weights come from a file of `models prepare` where there is one; --no-prepared reorders \
        them at load, --no-repack computes on the model's file itself.
        """)

    @OptionGroup var options: MeasuredModelOptions

    @Option(help: "Tokens of the prompt.")
    var prefill = 128

    @Option(help: "Tokens that are decoded one by one.")
    var decode = 64

    @Option(help: "Tokens that stand before the decoded ones.")
    var depth = 0

    @Option(help: "Tokens that the cache has room for (default: what the others need).")
    var context: Int?

    @Flag(help: "Answer JSON requests on stdin, one a line (for Benchmarks/peers).")
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
      guard prefill > 0, decode > 0, depth >= 0, prefill < 1 << 20, depth + decode < 1 << 20 else {
        throw CommandFailure(
          "prefill and decode must be at least 1, and all below 1,048,576",
          status: ExitStatus.usage)
      }
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
          format: "decode of %d behind %d: %.2f tokens/s, peak memory %@", decode, depth,
          report.decodeTokensPerSecond, byteText(report.peakResidentByteCount)))
    }

    /// One line for each line of stdin, so that a script can take turns between programs.
    private func serve(_ benchmark: LlamaBenchmark, started: Started) throws {
      try answerJSON(started, pretty: false)
      while let line = readLine() {
        let request: Request
        do { request = try JSONDecoder().decode(Request.self, from: Data(line.utf8)) } catch {
          throw CommandFailure("no request: \(printable(line))", status: ExitStatus.dataError)
        }
        guard request.prefill ?? 1 > 0, request.decode ?? 1 > 0, request.depth ?? 0 >= 0 else {
          throw CommandFailure(
            "no counts of tokens: \(printable(line))", status: ExitStatus.dataError)
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
