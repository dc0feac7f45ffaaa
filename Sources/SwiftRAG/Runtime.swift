internal import Generation
package import Kernels
package import RAG
internal import Synchronization

/// The parts that a process opens once and shares: settings, kernels, threads and the sentence encoder.
///
/// All models and searches of a runtime compute on one pool of threads, so a program with one
/// runtime has as many compute threads as its settings say. The pool starts with the first model; a
/// runtime that opens none starts no thread.
///
/// ```swift
/// let runtime = Runtime(configuration: try Configuration())
/// let papers = try KnowledgeBase(runtime: runtime, indexPath: "papers.sqlite")
/// let letters = try KnowledgeBase(runtime: runtime, indexPath: "letters.sqlite")
/// ```
public final class Runtime: Sendable {
  /// The settings with their origins.
  public let configuration: Configuration

  private struct Opened {
    var compute: ComputeContext?
    var encoder: BERTSentenceEncoder?
    var pictures: CLIPEmbedder?
    var transcriber: Transcriber?
  }

  private let opened = Mutex(Opened())

  /// A runtime; nothing is opened yet.
  public init(configuration: Configuration) {
    self.configuration = configuration
  }

  /// The values of the settings.
  public var settings: Settings { configuration.settings }

  /// The kernels and the only threads that compute; they start with the first call.
  package var compute: ComputeContext {
    opened.withLock { compute(&$0) }
  }

  private func compute(_ opened: inout Opened) -> ComputeContext {
    if let compute = opened.compute { return compute }
    let compute = ComputeContext(
      path: settings.kernels, threadCount: settings.threads == 0 ? nil : settings.threads)
    opened.compute = compute
    return compute
  }

  /// The configured sentence encoder, opened by the first call.
  ///
  /// - Throws: ``ModelLocator/Failure`` if there is no such model, and the errors of reading it.
  package func sentenceEncoder() throws -> BERTSentenceEncoder {
    try opened.withLock { opened in
      if let encoder = opened.encoder { return encoder }
      let path = try ModelLocator(configuration: configuration)
        .embeddingModel(settings.embeddingModel)
      let encoder = try BERTSentenceEncoder(path: path, compute: compute(&opened))
      opened.encoder = encoder
      return encoder
    }
  }

  /// The CLIP at a path, opened by the first call.
  func openPictureEmbedder(path: String) throws -> CLIPEmbedder {
    try opened.withLock { opened in
      if let embedder = opened.pictures { return embedder }
      let embedder = try CLIPEmbedder(
        path: path, mergesPath: Folders.clipMerges, compute: compute(&opened))
      opened.pictures = embedder
      return embedder
    }
  }

  /// The Whisper at a path, opened by the first call.
  func openTranscriber(path: String) throws -> Transcriber {
    try opened.withLock { opened in
      if let transcriber = opened.transcriber { return transcriber }
      let transcriber = try Transcriber.open(path: path, compute: compute(&opened)) {
        Folders.whisperTokens(isMultilingual: $0)
      }
      opened.transcriber = transcriber
      return transcriber
    }
  }

  /// The index that is used unless another is named: `index_path`, or `index.sqlite` in the user's
  /// data folder.
  public var indexPath: String {
    settings.indexPath ?? Folders.data(environment: Folders.processEnvironment) + "/index.sqlite"
  }

  /// The index of the bundled sample library.
  public static var sampleIndexPath: String {
    Folders.data(environment: Folders.processEnvironment) + "/sample.sqlite"
  }
}
