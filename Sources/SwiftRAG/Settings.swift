package import Kernels
public import Store

/// The settings of a program or library call, typed.
///
/// ``Configuration`` fills them from flags, environment and files; a library may also make them
/// directly:
///
/// ```swift
/// var settings = Settings()
/// settings.topK = 8
/// let runtime = Runtime(configuration: Configuration(settings: settings))
/// ```
public struct Settings: Sendable {
  /// Who writes the answers.
  public enum Backend: String, Sendable, CaseIterable {
    /// A language model if there is one, otherwise quotations.
    case auto
    /// A language model in this process.
    case native
    /// An OpenAI-compatible server.
    case openAI = "openai"
    /// Quotations of the passages; no language model.
    case quote
  }

  /// Whether the words in pictures are read by the program tesseract.
  public enum OCR: String, Sendable, CaseIterable {
    /// If it is installed.
    case auto
    /// Never.
    case off
    /// Always; without the program, indexing is an error.
    case on
  }

  /// Who writes the answers.
  public var backend = Backend.auto
  /// The language model: a GGUF file, or a name below `models/llm`; the first one there if nil.
  public var modelPath: String?
  /// The sentence encoder: a folder, a GGUF file, or a name below `models/embeddings`.
  public var embeddingModel = "all-MiniLM-L6-v2"
  /// The CLIP for pictures: a folder, a file, or a name below `models/clip`; the one there if nil.
  public var clipModel: String?
  /// A path or a name below `models/whisper`; the first model there if nil.
  public var whisperModel: String?
  /// The folder that holds `llm`, `embeddings`, `clip` and `whisper`; the usual places if nil.
  public var modelsFolder: String?
  /// The index file; `index.sqlite` in the user's data folder if nil.
  public var indexPath: String?
  /// The number of passages retrieved for a question, 1 to 100.
  public var topK = 5
  /// The most tokens that an answer may have, 1 to 100,000.
  public var maxTokens = 512
  /// The sampling temperature of a language model, 0 to 2.
  public var temperature = 0.2
  /// Threads that compute, 1 to 256; one for each physical core if 0.
  public var threads = 0
  /// The kernels that compute.
  package var kernels = KernelBackend.simd
  /// The search mode: by vectors, by words, or both.
  public var searchMode = SearchMode.hybrid
  /// Whether the words in pictures and in pages without text are read.
  public var ocr = OCR.auto
  /// Whether the questions of conversations on a terminal are kept for the next ones.
  public var keepsHistory = true
  /// The base URL of an OpenAI-compatible server.
  public var openAIBaseURL = "http://127.0.0.1:8080/v1"
  /// The name of the model at that server.
  public var openAIModel = "default"
  /// The key that the server expects.
  ///
  /// Never printed.
  public var openAIKey: String?

  /// The defaults.
  public init() {}
}

extension Settings {
  /// Parses the text of a setting and stores its value.
  ///
  /// - Returns: false, with nothing changed, unless the text is as ``Setting/requirement`` says.
  mutating func set(_ setting: Setting, from text: String) -> Bool {
    switch setting {
    case .modelBackend: assign(Self.backend(text), to: \.backend)
    case .modelPath: assign(Self.nonEmpty(text), to: \.modelPath)
    case .embeddingModel: assign(Self.nonEmpty(text), to: \.embeddingModel)
    case .clipModel: assign(Self.nonEmpty(text), to: \.clipModel)
    case .whisperModel: assign(Self.nonEmpty(text), to: \.whisperModel)
    case .modelsDirectory: assign(Self.nonEmpty(text), to: \.modelsFolder)
    case .indexPath: assign(Self.nonEmpty(text), to: \.indexPath)
    case .topK: assign(Self.number(text, in: 1...100), to: \.topK)
    case .maxTokens: assign(Self.number(text, in: 1...100_000), to: \.maxTokens)
    case .temperature: assign(Self.number(text, in: 0...2), to: \.temperature)
    case .threads: assign(Self.number(text, in: 0...256), to: \.threads)
    case .kernels: assign(KernelBackend(rawValue: text), to: \.kernels)
    case .searchMode: assign(SearchMode(rawValue: text), to: \.searchMode)
    case .ocr: assign(OCR(rawValue: text), to: \.ocr)
    case .history: assign(["on": true, "off": false][text], to: \.keepsHistory)
    case .openAIBaseURL: assign(Self.webAddress(text), to: \.openAIBaseURL)
    case .openAIModel: assign(Self.nonEmpty(text), to: \.openAIModel)
    case .openAIKey: assign(Self.visibleASCII(text), to: \.openAIKey)
    }
  }

  /// The value of a setting as text, in the form that flags and files use; nil where it has no value.
  public func text(of setting: Setting) -> String? {
    switch setting {
    case .modelBackend: backend.rawValue
    case .modelPath: modelPath
    case .embeddingModel: embeddingModel
    case .clipModel: clipModel
    case .whisperModel: whisperModel
    case .modelsDirectory: modelsFolder
    case .indexPath: indexPath
    case .topK: "\(topK)"
    case .maxTokens: "\(maxTokens)"
    case .temperature: "\(temperature)"
    case .threads: "\(threads)"
    case .kernels: kernels.rawValue
    case .searchMode: searchMode.rawValue
    case .ocr: ocr.rawValue
    case .history: keepsHistory ? "on" : "off"
    case .openAIBaseURL: openAIBaseURL
    case .openAIModel: openAIModel
    case .openAIKey: openAIKey
    }
  }

  private mutating func assign<Value>(
    _ value: Value?, to path: WritableKeyPath<Settings, Value>
  ) -> Bool {
    guard let value else { return false }
    self[keyPath: path] = value
    return true
  }

  private mutating func assign<Value>(
    _ value: Value?, to path: WritableKeyPath<Settings, Value?>
  ) -> Bool {
    guard let value else { return false }
    self[keyPath: path] = value
    return true
  }

  /// The original system's `llama_cpp` is our `native`: a GGUF file in this process.
  private static func backend(_ text: String) -> Backend? {
    ["llama_cpp", "llama-cpp", "llama.cpp"].contains(text) ? .native : Backend(rawValue: text)
  }

  private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

  private static func number<Number: LosslessStringConvertible & Comparable>(
    _ text: String, in range: ClosedRange<Number>
  ) -> Number? {
    Number(text).flatMap { range.contains($0) ? $0 : nil }
  }

  private static func webAddress(_ text: String) -> String? {
    ["http://", "https://"].contains(where: text.hasPrefix) ? text : nil
  }

  private static func visibleASCII(_ text: String) -> String? {
    text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
  }
}
