internal import Generation
internal import Documents
internal import Kernels
public import RAG
public import Store

/// A person's documents, indexed, and the answers that they hold.
///
/// ```swift
/// let knowledge = try KnowledgeBase(configuration: Configuration())
/// _ = try knowledge.add(paths: ["papers"])
/// let answer = try knowledge.ask("Which catalyst was cheapest?")
/// print(answer.text, answer.passages.first?.citation.place ?? "")
/// ```
///
/// One instance may be used from several threads; each call takes all cores while it computes.
public final class KnowledgeBase: Sendable {
  /// The index file.
  public let indexPath: String
  /// The settings in force.
  public let configuration: Configuration
  private let encoder: any SentenceEncoder
  private let store: IndexStore
  private let backend: any AnswerBackend

  /// Opens the index and the sentence encoder.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - indexPath: another index than the configured one.
  ///   - mayCreate: whether an index is made when there is none.
  /// - Throws: when the model cannot be found or opened, or the index cannot be used with it.
  public convenience init(
    configuration: Configuration, indexPath: String? = nil, mayCreate: Bool = true
  ) throws {
    let encoder = try Self.loadEncoder(configuration: configuration)
    try self.init(
      configuration: configuration, indexPath: indexPath, mayCreate: mayCreate, encoder: encoder,
      backend: try Self.modelBackend(configuration: configuration))
  }

  package init(
    configuration: Configuration, indexPath: String? = nil, mayCreate: Bool = true,
    encoder: any SentenceEncoder, backend: (any AnswerBackend)? = nil
  ) throws {
    let path = indexPath ?? Self.defaultIndexPath(configuration: configuration)
    let identity = Ingestor.identity(for: encoder)
    store =
      mayCreate
      ? try IndexStore.openOrCreate(path: path, identity: identity)
      : try IndexStore.open(path: path, mode: .readOnly, expecting: identity)
    self.indexPath = path
    self.configuration = configuration
    self.encoder = encoder
    self.backend = backend ?? ExtractiveBackend(encoder: encoder)
  }

  /// The index that is used when nobody names one.
  public static func defaultIndexPath(configuration: Configuration) -> String {
    configuration.text(.indexPath)
      ?? Folders.data(environment: Folders.processEnvironment) + "/index.sqlite"
  }

  /// The index of the bundled sample library.
  public static var sampleIndexPath: String {
    Folders.data(environment: Folders.processEnvironment) + "/sample.sqlite"
  }

  /// Opens the configured sentence encoder.
  package static func loadEncoder(configuration: Configuration) throws -> BERTSentenceEncoder {
    let threads = configuration.integer(.threads)
    let kernels = configuration.text(.kernels).flatMap(KernelBackend.init(rawValue:)) ?? .simd
    let compute = ComputeContext(path: kernels, threadCount: threads == 0 ? nil : threads)
    let name = configuration.text(.embeddingModel) ?? ""
    let path = try ModelLocator(configuration: configuration).embeddingModel(name)
    return try BERTSentenceEncoder(path: path, compute: compute)
  }

  /// Whether answers are written by a language model, piece by piece, instead of quoted.
  public var writesProse: Bool { !(backend is ExtractiveBackend) }

  /// The prompt that a language model would get for a question; nil where passages are quoted.
  package func prompt(
    for question: String, filter: SearchFilter, history: [ConversationTurn] = []
  ) throws -> PassagePrompt? {
    guard let backend = backend as? ModelBackend else { return nil }
    let passages = try search(Self.query(for: question, history: history), filter: filter)
    guard !passages.isEmpty else { return nil }
    return try backend.prompt(
      for: AnswerRequest(question: question, passages: passages, history: history))
  }

  /// The files below `paths` that would be read.
  public static func documents(below paths: [String]) -> [String] {
    DocumentFinder().find(paths).files
  }

  /// Adds what is new below `paths`, updates what changed, forgets what vanished.
  ///
  /// - Parameters:
  ///   - paths: files and folders.
  ///   - report: told of the plan, the progress and each skipped file.
  ///   - shouldStop: asked between batches.
  /// - Returns: what was done.
  /// - Throws: when the index cannot be written.
  public func add(
    paths: [String], report: (IngestEvent) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> IngestReport {
    try Ingestor(store: store, encoder: encoder)
      .add(paths: paths, report: report, shouldStop: shouldStop)
  }

  /// The passages that bear most on `text`, the best first.
  public func search(
    _ text: String, limit: Int? = nil, mode: SearchMode? = nil, filter: SearchFilter = .init()
  ) throws -> [Passage] {
    try retriever.passages(
      for: text, mode: mode ?? configuredMode, limit: limit ?? configuration.integer(.topK),
      filter: filter)
  }

  private var retriever: Retriever { Retriever(store: store, encoder: encoder) }

  private var configuredMode: SearchMode {
    configuration.text(.searchMode).flatMap(SearchMode.init(rawValue:)) ?? .hybrid
  }

  /// Answers a question from the documents, or says that they do not hold the answer.
  ///
  /// - Parameters:
  ///   - question: in plain words.
  ///   - limit: how many passages are considered.
  ///   - filter: which documents may answer.
  ///   - history: the conversation so far; a short question is searched for together with the last
  ///     one, to which it may refer.
  ///   - emit: given each piece of the answer as it is ready.
  ///   - shouldStop: asked while the answer is written; what was said until then is kept.
  /// - Returns: the answer with its passages and evidence.
  /// - Throws: when the index cannot be read, or the language model fails.
  public func ask(
    _ question: String, limit: Int? = nil, filter: SearchFilter = .init(),
    history: [ConversationTurn] = [], emit: (String) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Answer {
    let query = Self.query(for: question, history: history)
    let mode = configuredMode
    let vector = try retriever.vector(of: query, mode: mode)
    let passages = try retriever.passages(
      for: query, mode: mode, limit: limit ?? configuration.integer(.topK), filter: filter,
      vector: vector)
    let evidence = Evidence(question: query, passages: passages)
    guard evidence.isSufficient else {
      return Answer(
        question: question, isAnswered: false, text: "", passages: passages, evidence: evidence,
        backend: backend.name)
    }
    let request = AnswerRequest(
      question: question, passages: passages, history: history,
      questionVector: query == question && !vector.isEmpty ? vector : nil)
    let answer = try backend.answer(request, emit: emit, shouldStop: shouldStop)
    return Answer(
      question: question, isAnswered: !answer.declines, text: answer.text,
      passages: answer.passages, evidence: evidence, backend: backend.name,
      citedNumbers: answer.citedNumbers, unsupportedSentences: answer.unsupportedSentences,
      finish: answer.finish?.rawValue)
  }

  /// What is searched for: "And for children?" alone would find nothing.
  static func query(for question: String, history: [ConversationTurn]) -> String {
    guard let last = history.last, ContentWords.of(question).count < 3 else { return question }
    return last.question + " " + question
  }
}
