/// The settings that a user can give by flag, environment, file or not at all.
///
/// One table holds each setting's name in `config.yaml`, the environment variables that set it (the
/// first is ours, the others are those of the system that swiftrag replaces), its default and what
/// it means. `swiftrag config show` prints it.
public enum Setting: String, CaseIterable, Sendable {
  /// Who writes the answer: `native` (a language model here), `openai` (a server), `quote` (the
  /// passages themselves), or `auto`: `native` when there is a model, else `quote`.
  case modelBackend = "model_backend"
  /// A language model's file.
  case modelPath = "model_path"
  /// The sentence encoder: a folder or file, or a name below `models/embeddings`.
  case embeddingModel = "embedding_model"
  /// The folder that holds `llm`, `embeddings`, `clip` and `whisper`.
  case modelsDirectory = "models_dir"
  /// The index file.
  case indexPath = "index_path"
  /// How many passages are retrieved.
  case topK = "top_k"
  /// How many tokens an answer may have.
  case maxTokens = "max_tokens"
  /// The sampling temperature of a language model.
  case temperature = "temperature"
  /// Worker threads; 0 means one for each physical core.
  case threads = "threads"
  /// Which kernels compute: `reference`, `simd` or `blas`.
  case kernels = "kernels"
  /// How passages are found: `hybrid`, `dense` or `keyword`.
  case searchMode = "search_mode"
  /// The base URL of an OpenAI-compatible server.
  case openAIBaseURL = "openai_base_url"
  /// The model's name at that server.
  case openAIModel = "openai_model"
  /// What the server knows this user by; never shown.
  case openAIKey = "openai_api_key"

  /// Environment variables that set it, the first one found winning.
  public var environmentNames: [String] {
    let own = "SWIFTRAG_" + rawValue.uppercased()
    switch self {
    case .modelPath: return [own, "TEXT_MODEL_PATH"]
    case .modelsDirectory: return [own, "SWIFTRAG_MODELS"]
    case .indexPath: return [own, "SWIFTRAG_INDEX"]
    case .openAIBaseURL: return [own, "OPENAI_BASE_URL"]
    case .openAIModel: return [own, "OPENAI_MODEL"]
    case .openAIKey: return [own, "OPENAI_API_KEY"]
    default: return [own]
    }
  }

  /// Whether its value must not be printed.
  public var isSecret: Bool { self == .openAIKey }

  /// What holds when nobody says anything; `nil` where there is no such thing.
  public var defaultValue: String? {
    switch self {
    case .modelBackend: "auto"
    case .modelPath, .modelsDirectory, .indexPath, .openAIKey: nil
    case .embeddingModel: "all-MiniLM-L6-v2"
    case .topK: "5"
    case .maxTokens: "512"
    case .temperature: "0.2"
    case .threads: "0"
    case .kernels: "simd"
    case .searchMode: "hybrid"
    case .openAIBaseURL: "http://127.0.0.1:8080/v1"
    case .openAIModel: "default"
    }
  }

  /// The values that are accepted, in words.
  public var expectation: String {
    switch self {
    case .modelBackend: "auto, native, openai or quote"
    case .modelPath, .embeddingModel, .modelsDirectory, .indexPath: "a path or a name"
    case .topK: "a whole number from 1 to 100"
    case .maxTokens: "a whole number from 1 to 100000"
    case .temperature: "a number from 0 to 2"
    case .threads: "a whole number from 0 to 256"
    case .kernels: "reference, simd or blas"
    case .searchMode: "hybrid, dense or keyword"
    case .openAIBaseURL: "an http or https address such as http://127.0.0.1:8080/v1"
    case .openAIModel: "a name"
    case .openAIKey: "visible ASCII characters without spaces"
    }
  }

  /// Whether `text` is a value of this setting.
  public func accepts(_ text: String) -> Bool {
    switch self {
    case .modelBackend: ["auto", "native", "openai", "quote"].contains(text)
    case .modelPath, .embeddingModel, .modelsDirectory, .indexPath: !text.isEmpty
    case .topK: Int(text).map { (1...100).contains($0) } ?? false
    case .maxTokens: Int(text).map { (1...100_000).contains($0) } ?? false
    case .temperature: Double(text).map { (0...2).contains($0) } ?? false
    case .threads: Int(text).map { (0...256).contains($0) } ?? false
    case .kernels: ["reference", "simd", "blas"].contains(text)
    case .searchMode: ["hybrid", "dense", "keyword"].contains(text)
    case .openAIBaseURL: text.hasPrefix("http://") || text.hasPrefix("https://")
    case .openAIModel: !text.isEmpty
    case .openAIKey: text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
  }
}
