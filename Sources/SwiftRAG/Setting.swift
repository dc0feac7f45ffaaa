internal import Bytes

/// The names of the settings that a user can give by flag, environment or file.
///
/// One table holds each setting's name in `config.yaml`, the environment variables that set it, and
/// the values that it accepts. ``Settings`` holds the values themselves. `swiftrag config show`
/// prints both.
public enum Setting: String, CaseIterable, Sendable {
  /// Who writes the answers: `native` (a language model in this process), `openai` (a server),
  /// `quote` (the passages themselves), or `auto`: `native` if there is a model, otherwise `quote`.
  case modelBackend = "model_backend"
  /// The file of the language model.
  case modelPath = "model_path"
  /// The sentence encoder: a folder, a file, or a name below `models/embeddings`.
  case embeddingModel = "embedding_model"
  /// The CLIP for pictures: a folder, a file, or a name below `models/clip`.
  case clipModel = "clip_model"
  /// The Whisper for recordings: a folder, a file, or a name below `models/whisper`.
  case whisperModel = "whisper_model"
  /// The folder that holds `llm`, `embeddings`, `clip` and `whisper`.
  case modelsDirectory = "models_dir"
  /// The index file.
  case indexPath = "index_path"
  /// The number of passages to retrieve.
  case topK = "top_k"
  /// The most tokens that an answer may have.
  case maxTokens = "max_tokens"
  /// The sampling temperature of a language model.
  case temperature = "temperature"
  /// Threads that compute; 0 means one for each physical core.
  case threads = "threads"
  /// The kernels that compute: `reference`, `simd` or `blas`.
  case kernels = "kernels"
  /// The search mode: `hybrid`, `dense` or `keyword`.
  case searchMode = "search_mode"
  /// Whether the words in pictures are read: `auto` (where tesseract is installed), `off` or `on`.
  case ocr = "ocr"
  /// Whether the questions of conversations are kept for the next ones: `on` or `off`.
  case history = "history"
  /// The base URL of an OpenAI-compatible server.
  case openAIBaseURL = "openai_base_url"
  /// The name of the model at that server.
  case openAIModel = "openai_model"
  /// The key that the server expects; never printed.
  case openAIKey = "openai_api_key"

  /// The environment variables that set it, in order of precedence: first ours, then those of the
  /// system that swiftrag replaces or of OpenAI's clients.
  public var environmentNames: [String] {
    let own = "SWIFTRAG_" + rawValue.uppercased()
    switch self {
    case .modelPath: return [own, "TEXT_MODEL_PATH"]
    case .clipModel: return [own, "CLIP_MODEL_PATH"]
    case .whisperModel: return [own, "WHISPER_CPP_MODEL"]
    case .modelsDirectory: return [own, "SWIFTRAG_MODELS"]
    case .indexPath: return [own, "SWIFTRAG_INDEX"]
    case .openAIBaseURL: return [own, "OPENAI_BASE_URL"]
    case .openAIModel: return [own, "OPENAI_MODEL"]
    case .openAIKey: return [own, "OPENAI_API_KEY"]
    case .modelBackend, .embeddingModel, .topK, .maxTokens, .temperature, .threads, .kernels,
      .searchMode, .ocr, .history:
      return [own]
    }
  }

  /// Whether its value is the path of a file or folder, or may be one.
  var isPath: Bool {
    switch self {
    case .modelPath, .embeddingModel, .clipModel, .whisperModel, .modelsDirectory, .indexPath: true
    case .modelBackend, .topK, .maxTokens, .temperature, .threads, .kernels, .searchMode, .ocr,
      .history, .openAIBaseURL, .openAIModel, .openAIKey:
      false
    }
  }

  /// The setting that a person may have meant with a name that is not one; nil if none is close.
  public static func suggestion(for name: String) -> Setting? {
    let plain = name.replacing("-", with: "_")
    return closestName(to: plain, in: allCases.map(\.rawValue)).flatMap { Setting(rawValue: $0) }
  }

  /// Whether its value must not be printed.
  public var isSecret: Bool { self == .openAIKey }

  /// The valid values, as the end of a sentence that begins with "must be".
  public var requirement: String {
    switch self {
    case .modelBackend: "auto, native (also llama_cpp), openai or quote"
    case .modelPath, .embeddingModel, .clipModel, .whisperModel, .modelsDirectory, .indexPath:
      "a path or a name"
    case .topK: "a whole number between 1 and 100"
    case .maxTokens: "a whole number between 1 and 100000"
    case .temperature: "a number between 0 and 2"
    case .threads: "a whole number between 0 and 256"
    case .kernels: "reference, simd or blas"
    case .searchMode: "hybrid, dense or keyword"
    case .ocr: "auto, off or on"
    case .history: "on or off"
    case .openAIBaseURL: "an http or https address such as http://127.0.0.1:8080/v1"
    case .openAIModel: "a name"
    case .openAIKey: "visible ASCII characters without spaces"
    }
  }
}

/// A setting that a flag of the command line gives.
public struct SettingFlag: Sendable {
  /// The setting.
  public let setting: Setting
  /// The flag as it is typed, for error messages: `--top-k`.
  public let name: String
  /// The value as it was typed.
  public let text: String

  /// A flag.
  ///
  /// - Parameters:
  ///   - setting: the setting.
  ///   - name: the flag as it is typed.
  ///   - value: its value; the initializer fails if nil, so that flags that were not given drop
  ///     out.
  public init?(_ setting: Setting, _ name: String, _ value: (some CustomStringConvertible)?) {
    guard let value else { return nil }
    self.setting = setting
    self.name = name
    text = value.description
  }
}
