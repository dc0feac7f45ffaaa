internal import Evaluation
internal import ArgumentParser
internal import Foundation
internal import RAG
internal import SwiftRAG

extension EvalCommand {
  /// The commands `swiftrag eval answers --questions FILE --docs DIR` and `eval answers --squad FILE`.
  struct Answers: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How often answers contain the right value and cite the right document.",
      discussion: """
        Indexes the documents in a temporary file and asks each question of the set. The JSON \
        file has the lists 'answerable' (question, document, and passage: the value that the \
        answer must contain) and 'unanswerable' (question). With a language model the answers \
        are prose, otherwise quotations.

        With --squad, the paragraphs of a file in SQuAD's layout are indexed and each of its \
        questions is answered by quotation: how often is the right paragraph quoted, and how often \
        does the quotation hold the answer? With -m a language model answers, and each question is \
        asked with and without its article. --prompt compares forms of the prompt.

          swiftrag eval answers --squad xquad.en.json
          swiftrag eval answers --squad xquad.en.json --limit 200 -m smollm2.gguf \\
            --prompt instructed --prompt example
          python3 Benchmarks/pocket/pocket_library.py --out library
          swiftrag eval answers --questions library/questions.json \\
            --docs library/documents -m Tests/Fixtures/pocket/pocket-Q4_K_M.gguf
        """)

    @Option(help: "A JSON file with the lists 'answerable' and 'unanswerable'.")
    var questions: String?

    @Option(help: "The documents that the questions are about.", completion: .directory)
    var docs: String?

    @Option(help: "A JSON file in SQuAD's layout, in any language.", completion: .file())
    var squad: String?

    @Flag(help: "With --squad: measure also what each part of the choice of a quotation is worth.")
    var parts = false

    @Option(
      help: ArgumentHelp(
        "How a language model is asked: \(PromptForm.names). May be repeated.",
        valueName: "form"))
    var prompt: [PromptForm] = []

    @Option(help: PromptPassages.help)
    var passages = PromptPassages.auto

    @Option(help: "With --squad and -m: ask only this many questions, spread over the file.")
    var limit: Int?

    @Option(
      name: [.customShort("k"), .long], help: "How many passages to retrieve (default: top_k, 5).")
    var topK: Int?

    @Option(
      name: [.customShort("n"), .customLong("max-tokens")], help: "Most tokens of an answer.")
    var maxTokenCount = 64

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Language model") var languageModel: LanguageModelOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
      if (squad == nil) == (questions == nil) || (questions == nil) != (docs == nil) {
        throw ValidationError("Give --squad FILE, or --questions FILE with --docs DIR.")
      }
      if squad != nil, languageModel.model == nil, limit != nil || !prompt.isEmpty {
        throw ValidationError("--limit and --prompt need a language model: -m FILE.")
      }
      if let limit, limit < 1 {
        throw ValidationError("--limit must be at least 1, not \(limit).")
      }
    }

    func run() throws {
      common.apply()
      if let squad {
        return languageModel.model == nil
          ? try showQuotations(squad: squad) : try show(answers(squad: squad))
      }
      guard let questions, let docs else { return }
      try requireExisting([questions, docs])
      try show(answers(to: QuestionSet(path: questions), docs: docs))
    }

    /// The counts of one form of the prompt.
    private struct FormRow: Encodable {
      let prompt: PromptForm?
      let counts: AnswerEvaluation
    }

    private var forms: [PromptForm?] { prompt.isEmpty ? [nil] : prompt }

    /// Decodes greedily, so that a run can be repeated exactly.
    private func greedyRuntime() throws -> Runtime {
      let flags = [
        SettingFlag(.topK, "--top-k", topK),
        SettingFlag(.maxTokens, "--max-tokens", maxTokenCount),
        SettingFlag(.temperature, "--temperature", 0),
      ]
      return try makeRuntime(languageModel.settings + flags.compactMap { $0 })
    }

    /// The backend of each form; all share one model.
    private func backends(_ runtime: Runtime) throws -> [any AnswerBackend] {
      let backend = try runtime.answerBackend(
        model: languageModel.generatorOptions, passages: passages)
      guard let model = backend as? ModelBackend else { return [backend] }
      return forms.map { model.asking(in: $0) }
    }

    private func answers(to set: QuestionSet, docs: String) throws -> [FormRow] {
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "swiftrag-eval-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let runtime = try greedyRuntime()
      let count = set.answerable.count + set.unanswerable.count
      return try zip(forms, backends(runtime)).map { form, backend in
        let knowledge = try KnowledgeBase(
          runtime: runtime, indexPath: folder.appending(path: "index.sqlite").path,
          backend: backend)
        _ = try knowledge.add(paths: [docs])
        let bar = ProgressBar("asking", unit: "questions", total: count)
        defer { bar.finish() }
        let counts = try AnswerEvaluation.run(
          set, progress: { bar.update(done: $0, total: $1) }, ask: { try knowledge.ask($0) })
        return FormRow(prompt: form, counts: counts)
      }
    }

    private func answers(squad: String) throws -> [FormRow] {
      let dataset = try SQuADDataset(path: squad)
      let runtime = try greedyRuntime()
      let bar = ProgressBar(
        "asking", unit: "questions", total: limit ?? dataset.questions.count)
      defer { bar.finish() }
      let counts = try AnswerEvaluation.run(
        dataset: dataset, encoder: runtime.sentenceEncoder(), backends: backends(runtime),
        limit: limit, passageCount: runtime.settings.topK,
        progress: { bar.update(done: $0, total: $1) })
      return zip(forms, counts).map { FormRow(prompt: $0, counts: $1) }
    }

    private struct Row: Encodable {
      let name: String
      let counts: QuotationEvaluation.Counts
    }

    private func showQuotations(squad: String) throws {
      let dataset = try SQuADDataset(path: squad)
      let encoder = try makeRuntime(languageModel.settings).sentenceEncoder()
      let variants = parts ? QuoteWeights.withoutOnePart : []
      let bar = ProgressBar("asking", unit: "questions", total: dataset.questions.count)
      defer { bar.finish() }
      let runs = try QuotationEvaluation.run(
        dataset: dataset, encoder: encoder, weights: [.measured] + variants.map(\.weights)
      ) {
        bar.update(done: $0, total: $1)
      }
      bar.finish()
      let kinds = QuestionKind.allCases.compactMap { kind in
        runs[0].byKind[kind].map { Row(name: kind.rawValue, counts: $0) }
      }
      let others = zip(variants, runs.dropFirst()).map {
        Row(name: "without \($0.part)", counts: $1.all)
      }
      let rows = [Row(name: "all questions", counts: runs[0].all)] + kinds + others
      if json { return try answerJSON(rows) }
      Terminal.answer(EvalCommand.title(of: dataset, encoder: encoder))
      Terminal.answer(
        "                      questions  answered  right paragraph  holds answer  words  passages")
      for row in rows {
        let counts = row.counts
        Terminal.answer(
          row.name.padding(toLength: 22, withPad: " ", startingAt: 0)
            + String(
              format: "%9d  %8.3f  %15.3f  %12.3f  %5.1f  %8.2f", counts.questions,
              counts.share(counts.answered), counts.share(counts.rightParagraph),
              counts.share(counts.rightQuotation), counts.share(counts.quotedWords),
              counts.share(counts.shownPassages)))
      }
    }

    private func show(_ rows: [FormRow]) throws {
      if json {
        // Without --prompt the counts alone, as ever.
        return prompt.isEmpty
          ? try rows.first.map { try answerJSON($0.counts) } ?? () : try answerJSON(rows)
      }
      for row in rows {
        if let form = row.prompt {
          Terminal.answer((form == forms[0] ? "" : "\n") + form.rawValue)
        }
        show(row.counts)
      }
    }

    private func show(_ evaluation: AnswerEvaluation) {
      func line(_ name: String, _ count: Int, of total: Int) {
        Terminal.answer(
          name.padding(toLength: 44, withPad: " ", startingAt: 0)
            + String(
              format: "%4d of %4d  %.3f", count, total, Double(count) / Double(max(1, total))))
      }
      let all = evaluation.answerableCount
      line("answered", evaluation.answeredCount, of: all)
      line("right value", evaluation.rightValueCount, of: all)
      line("right citation", evaluation.rightCitationCount, of: all)
      line("right value and citation", evaluation.rightCount, of: all)
      line(
        "right, but marked as unsupported", evaluation.rightDoubtedCount, of: evaluation.rightCount)
      line(
        "wrong, and marked as unsupported", evaluation.wrongDoubtedCount, of: evaluation.wrongCount)
      line(
        "unanswerable, refused for weak evidence", evaluation.weakEvidenceCount,
        of: evaluation.unanswerableCount)
      line(
        "unanswerable, declined by the model", evaluation.declinedCount,
        of: evaluation.unanswerableCount)
    }
  }
}
