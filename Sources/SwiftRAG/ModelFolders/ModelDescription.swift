internal import Bytes
package import Checkpoints
internal import Downloads
internal import Models
internal import Synchronization

/// The role, architecture and number format of a model, read from its files: names and folders do not
/// count.
public struct ModelDescription: Sendable, Equatable, Codable {
  /// The folder of its role: `llm`, `embeddings`, `clip` or `whisper`; nil where it fills none.
  public let role: String?
  /// `llama`, `bert`, `clip`, `whisper` and so on; `unknown` where nothing says it.
  public let architecture: String
  /// The number format of most weights, or the name of the mixture: `Q4_K_M`.
  public let quantization: String
  /// `GGUF v3`, `safetensors`, `PyTorch` and so on.
  public let format: String
  /// The number of weights.
  public let parameterCount: Int
  /// The licence that the files state.
  public let license: String?
  /// Why it fills no role.
  public let problem: String?

  /// Reads the headers of a model.
  ///
  /// - Parameter path: a file or folder.
  /// - Throws: `CheckpointError` for files that are not a model.
  /// - Complexity: O(headers).
  package init(path: String) throws(CheckpointError) {
    self.init(try Checkpoint.open(path: path), path: path)
  }

  private init(_ checkpoint: Checkpoint, path: String) {
    let kind = Self.kind(of: checkpoint)
    role = kind.role?.rawValue
    architecture = kind.architecture
    problem = kind.problem
    quantization = Self.quantization(of: checkpoint)
    format = checkpoint.format.name
    parameterCount = checkpoint.tensors.reduce(0) { $0 &+ $1.elementCount }
    license =
      (try? checkpoint.metadata.string("general.license"))
      ?? Self.folder(of: path).flatMap { ModelOrigin(directory: $0).license }.map {
        printable($0, limit: 60)
      }
  }

  /// The folder of a model whose card describes it alone: not the folder of a role or of a cache, which
  /// holds the files of many models.
  private static func folder(of path: String) -> String? {
    if Paths.isFolder(path) { return path }
    let folder = Paths.folder(of: path)
    let name = Paths.name(of: Paths.canonical(folder) ?? folder)
    return ModelLocator.kinds.contains(name) ? nil : folder
  }

  private struct Kind {
    var role: ModelRole?
    var architecture: String
    var problem: String?
  }

  private static func kind(of checkpoint: Checkpoint) -> Kind {
    if WhisperConfig.recognizes(checkpoint) { return Kind(role: .whisper, architecture: "whisper") }
    if CLIPConfig.recognizes(checkpoint) { return Kind(role: .clip, architecture: "clip") }
    if case .gguf = checkpoint.format { return ggufKind(of: checkpoint) }
    let names = ["embeddings.word_embeddings.weight", "bert.embeddings.word_embeddings.weight"]
    if names.contains(where: { checkpoint.tensor(named: $0) != nil }) {
      return Kind(role: .embeddings, architecture: "bert")
    }
    if isLanguageModelOfHuggingFace(checkpoint) {
      return Kind(
        architecture: "language model of Hugging Face",
        problem:
          "language models are read from GGUF files; llama.cpp's convert_hf_to_gguf.py makes one")
    }
    return Kind(architecture: "unknown", problem: "its tensors are those of no model that is known")
  }

  /// Whether a checkpoint is a language model in Hugging Face's layout, alone (`model.embed_tokens`) or
  /// with a tower for pictures (`language_model.model.embed_tokens`).
  package static func isLanguageModelOfHuggingFace(_ checkpoint: Checkpoint) -> Bool {
    if case .gguf = checkpoint.format { return false }
    return !WhisperConfig.recognizes(checkpoint)
      && checkpoint.tensors.contains { $0.name.hasSuffix("embed_tokens.weight") }
  }

  private static func ggufKind(of checkpoint: Checkpoint) -> Kind {
    let name = (try? checkpoint.metadata.string("general.architecture")) ?? nil
    let architecture = name.map { printable($0, limit: 40) } ?? "unknown"
    if LlamaConfig.Architecture(rawValue: name ?? "") != nil {
      return Kind(role: .llm, architecture: architecture)
    }
    if name == "bert" { return Kind(role: .embeddings, architecture: architecture) }
    return Kind(
      architecture: architecture, problem: "the architecture '\(architecture)' is not supported")
  }

  /// - Source: llama.cpp `include/llama.h`, `enum llama_ftype`.
  private static let mixtures: [Int: String] = [
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K",
    11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 32: "BF16",
  ]

  private static func quantization(of checkpoint: Checkpoint) -> String {
    if let type = try? checkpoint.metadata.integer("general.file_type"), let name = mixtures[type] {
      return name
    }
    var byteCounts: [String: Int] = [:]
    for tensor in checkpoint.tensors {
      byteCounts[tensor.type.name, default: 0] += tensor.byteCount
    }
    return byteCounts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "unknown"
  }

  // MARK: Known paths

  private static let known = Mutex<[String: ModelDescription?]>([:])

  /// The description of a path, which is read once in a process; nil for files that are not a model.
  package static func cached(path: String) -> ModelDescription? {
    if let result = known.withLock({ $0[path] }) { return result }
    let description = try? ModelDescription(path: path)
    known.withLock { $0[path] = .some(description) }
    return description
  }
}

extension ModelDescription {
  /// The files that hold the weights of a model; nil for files that are not a model.
  package static func weightPaths(at path: String) -> [String]? {
    (try? Checkpoint.open(path: path))?.files.map(\.file.path)
  }
}
