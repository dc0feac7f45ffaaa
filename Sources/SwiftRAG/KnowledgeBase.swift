internal import Documents
internal import Media
public import RAG
public import Store

/// An index of a person's documents, and answers from them.
///
/// ```swift
/// let knowledge = try KnowledgeBase(configuration: Configuration())
/// _ = try knowledge.add(paths: ["papers"])
/// let answer = try knowledge.ask("Which catalyst was cheapest?")
/// print(answer.text, answer.passages.first?.citation.place ?? "")
/// ```
///
/// An instance may be used from several threads at once; each call computes on all threads of its
/// runtime that are free.
public final class KnowledgeBase: Sendable {
  /// The index file.
  public let indexPath: String
  /// Settings, threads and models.
  public let runtime: Runtime
  private let encoder: any SentenceEncoder
  private let store: IndexStore
  private let pictureModel: PictureModel
  private let speechModel: SpeechModel
  private let pipeline: AnswerPipeline

  /// Opens the index, the sentence encoder and, for the first answer, the language model.
  ///
  /// - Parameters:
  ///   - runtime: settings and threads.
  ///   - indexPath: another index than the configured one.
  ///   - mayCreate: whether a missing index is created; otherwise the index is opened for reading.
  /// - Throws: if a model cannot be found or opened, or the index was made with another encoder.
  public convenience init(
    runtime: Runtime, indexPath: String? = nil, mayCreate: Bool = true
  ) throws {
    try self.init(
      runtime: runtime, indexPath: indexPath, mayCreate: mayCreate,
      backend: try runtime.answerBackend())
  }

  /// As ``init(runtime:indexPath:mayCreate:)``, with a runtime of its own.
  public convenience init(
    configuration: Configuration, indexPath: String? = nil, mayCreate: Bool = true
  ) throws {
    try self.init(
      runtime: Runtime(configuration: configuration), indexPath: indexPath, mayCreate: mayCreate)
  }

  /// Opens the index and the sentence encoder for indexing and searching, which must not fail because
  /// the language model of the settings is missing; answers are quotations.
  ///
  /// - Parameters:
  ///   - runtime: settings and threads.
  ///   - mayCreate: whether a missing index is created; otherwise the index is opened for reading.
  /// - Throws: if the encoder cannot be found or opened, or the index was made with another one.
  package convenience init(withoutLanguageModel runtime: Runtime, mayCreate: Bool = true) throws {
    try self.init(
      runtime: runtime, mayCreate: mayCreate,
      backend: ExtractiveBackend(encoder: try runtime.sentenceEncoder()))
  }

  package init(
    runtime: Runtime, indexPath: String? = nil, mayCreate: Bool = true,
    backend: any AnswerBackend
  ) throws {
    let path = indexPath ?? runtime.indexPath
    let encoder = try runtime.sentenceEncoder()
    let identity = Ingestor.identity(for: encoder)
    store =
      mayCreate
      ? try IndexStore.openOrCreate(path: path, identity: identity, workers: encoder.workers)
      : try IndexStore.open(
        path: path, mode: .readOnly, expecting: identity, workers: encoder.workers)
    self.indexPath = path
    self.encoder = encoder
    self.runtime = runtime
    pictureModel = runtime.pictureModel
    speechModel = runtime.speechModel
    pipeline = AnswerPipeline(
      retriever: Retriever(store: store, encoder: encoder, pictures: pictureModel),
      backend: backend)
  }

  private var settings: Settings { runtime.settings }

  /// Whether answers are written by a language model, piece by piece, instead of quoted.
  public var writesProse: Bool { pipeline.backend.writesProse }

  /// The files at or below `paths` that ``add(paths:checksContent:report:shouldStop:)`` would read.
  public static func documents(below paths: [String]) -> [String] {
    DocumentFinder().find(paths).files
  }

  /// Whether a file, a folder or a pattern matches any document in the index.
  ///
  /// - Throws: if the index cannot be read, or the pattern is empty.
  package func hasDocument(matching path: String) throws -> Bool {
    try store.hasDocument(passing: StoredPaths.filter(SearchFilter(paths: [path])))
  }

  /// Adds the new documents at or below `paths`, updates the changed ones, and removes those that
  /// are gone.
  ///
  /// - Parameters:
  ///   - paths: files and folders.
  ///   - checksContent: whether the bytes of every file are compared with those that were indexed,
  ///     and not only its size and modification time.
  ///   - report: receives the plan, the progress and each skipped file.
  ///   - shouldStop: polled between batches.
  /// - Returns: what was done.
  /// - Throws: if the index cannot be written, or the model of pictures or of recordings cannot be
  ///   opened.
  public func add(
    paths: [String], checksContent: Bool = false, report: (IngestEvent) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> IngestReport {
    try Ingestor(
      store: store, encoder: encoder, pictures: runtime.pictureTools(model: pictureModel),
      speech: speechModel
    ).add(paths: paths, checksContent: checksContent, report: report, shouldStop: shouldStop)
  }

  /// The passages and pictures that bear most on `text`, best first.
  ///
  /// - Parameters:
  ///   - text: a question or words; never query syntax.
  ///   - limit: how many passages at most; the configured `top_k` if nil.
  ///   - mode: how they are found; the configured `search_mode` if nil.
  ///   - filter: the documents that may be found.
  /// - Returns: the passages.
  /// - Throws: if the index cannot be read.
  public func search(
    _ text: String, limit: Int? = nil, mode: SearchMode? = nil, filter: SearchFilter = .init()
  ) throws -> [Passage] {
    try pipeline.retriever.retrieve(
      text, mode: mode ?? settings.searchMode, limit: limit ?? settings.topK,
      filter: StoredPaths.filter(filter)
    ).passages
  }

  /// The pictures most like the one in a file, best first, each followed by the text beside it.
  ///
  /// - Parameters:
  ///   - path: a picture file.
  ///   - limit: how many results at most; the configured `top_k` if nil.
  ///   - filter: the documents that may be found.
  /// - Returns: pictures and passages; none if the index has no pictures with vectors.
  /// - Throws: if the file is not a picture, or there is no picture model.
  public func search(
    pictureAt path: String, limit: Int? = nil, filter: SearchFilter = .init()
  ) throws -> [Passage] {
    // Says what to install where there is none.
    if try pictureModel.get() == nil { _ = try runtime.pictureEmbedder() }
    let bytes = try FileContents.read(path: path, limit: DocumentLimits().maximumFileByteCount)
    let picture: Picture
    do {
      picture = try Runtime.pictureDecoding.decode(bytes)
    } catch {
      throw PictureProblem.unusable(path: path, reason: "\(error)")
    }
    return try pipeline.retriever.retrieve(
      like: picture, limit: limit ?? settings.topK, filter: StoredPaths.filter(filter))
  }

  /// Answers a question from the documents, or says that they do not contain the answer.
  ///
  /// - Parameters:
  ///   - question: in plain words.
  ///   - limit: how many passages are considered; the configured `top_k` if nil.
  ///   - filter: the documents that may answer.
  ///   - conversation: the turns to which the question may refer.
  ///   - emit: receives each piece of the answer as soon as it is final.
  ///   - shouldStop: polled while the answer is written; the text written until then is kept.
  /// - Returns: the answer with its passages and evidence.
  /// - Throws: if the index cannot be read, or the language model fails.
  public func ask(
    _ question: String, limit: Int? = nil, filter: SearchFilter = .init(),
    conversation: Conversation = Conversation(), emit: (String) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Answer {
    try pipeline.answer(
      request(for: question, limit: limit, filter: filter, conversation: conversation), emit: emit,
      shouldStop: shouldStop)
  }

  /// The passages for a question and how strongly they bear on it, without an answer.
  package func request(
    for question: String, limit: Int? = nil, filter: SearchFilter = .init(),
    conversation: Conversation = Conversation()
  ) throws -> AnswerRequest {
    try pipeline.request(
      for: question, mode: settings.searchMode, limit: limit ?? settings.topK,
      filter: StoredPaths.filter(filter), conversation: conversation)
  }

  /// The prompt that a language model would be given; nil where passages are quoted.
  package func prompt(for request: AnswerRequest) throws -> PassagePrompt? {
    try pipeline.backend.prompt(for: request)
  }
}
