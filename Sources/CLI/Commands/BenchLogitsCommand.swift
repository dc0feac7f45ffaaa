internal import Bytes
internal import Evaluation
internal import ArgumentParser
internal import Models

extension BenchCommand {
  /// The command `swiftrag bench logits`.
  struct Logits: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the logits of given tokens to a NumPy file, to compare programs.",
      discussion: """
          swiftrag bench logits -m model.gguf --ids ids.txt --npy l.npy --cache f32

        Tests/Reference/llama_parity.py compares them with those of llama.cpp.
        """)

    @OptionGroup var options: MeasuredModelOptions

    @Option(help: "A file with token ids, separated by white space.", completion: .file())
    var ids: String

    @Option(help: "The file to write: Float32 [tokens, vocabulary].", completion: .file())
    var npy: String

    @Option(help: "How many tokens to decode greedily after the first id.")
    var greedy = 0

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    private struct Report: Encodable {
      let tokens: Int
      let greedy: [Int32]
    }

    func run() throws {
      common.apply()
      let tokens = try tokenIDs(inFile: ids)
      try requireRange(greedy, 0...65536, of: "--greedy")
      let session = try options.session(contextTokenCount: max(tokens.count, greedy + 1))
      let benchmark = LlamaBenchmark(session: session)
      let logits = try benchmark.logits(of: tokens)
      try NumPyWriter.write(logits, columns: session.model.config.vocab, to: npy)
      let report = Report(
        tokens: tokens.count, greedy: try benchmark.greedy(after: [tokens[0]], count: greedy))
      if json { return try answerJSON(report, pretty: false) }
      Terminal.answer(report.greedy.map(String.init).joined(separator: " "))
    }
  }
}
