internal import Generation
internal import Models
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

  /// The parts that are open.
  struct Opened {
    var compute: ComputeContext?
    var encoder: BERTSentenceEncoder?
    var pictures: CLIPEmbedder?
    var transcriber: Transcriber?
    var voiceDetector: SileroModel?
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

  func compute(_ opened: inout Opened) -> ComputeContext {
    if let compute = opened.compute { return compute }
    let compute = ComputeContext(
      path: settings.kernels, threadCount: settings.threads == 0 ? nil : settings.threads)
    opened.compute = compute
    return compute
  }

  /// A part, opened by the first call.
  ///
  /// - Parameters:
  ///   - part: where it is kept.
  ///   - open: opens it; no other part is opened meanwhile.
  /// - Returns: the part.
  /// - Throws: what `open` throws; the next call tries again.
  func once<Part: Sendable>(
    _ part: WritableKeyPath<Opened, Part?>, _ open: (inout Opened) throws -> Part
  ) throws -> Part {
    try opened.withLock { opened in
      if let found = opened[keyPath: part] { return found }
      let new = try open(&opened)
      opened[keyPath: part] = new
      return new
    }
  }

  /// Finds the models of this configuration.
  var locator: ModelLocator { ModelLocator(configuration: configuration) }

  /// The configured sentence encoder, opened by the first call.
  ///
  /// - Throws: ``ModelLocator/Failure`` for a missing model, and any error of reading it.
  package func sentenceEncoder() throws -> BERTSentenceEncoder {
    try once(\.encoder) { opened in
      try BERTSentenceEncoder(
        path: locator.embeddingModel(settings.embeddingModel), compute: compute(&opened))
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
