internal import ArgumentParser
internal import Bytes
internal import SwiftRAG
internal import Synchronization

/// The flags of every command.
struct CommonOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Print answers and errors only.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Print more details.")
  var verbose = false

  @Option(help: "Colour: auto, always or never.")
  var color: Terminal.ColorChoice = .auto

  @Option(
    help: "The models folder; config.yaml beside it is read too (default: models_dir).",
    completion: .directory)
  var models: String?

  /// Applies them; each command calls this first.
  func apply() {
    Terminal.configure(color: color, quiet: quiet)
    Self.modelsFolder.withLock { $0 = models }
  }

  /// `--models` of the command that runs.
  private static let modelsFolder = Mutex<String?>(nil)

  /// The settings that these flags give.
  static var settings: [SettingFlag] {
    [SettingFlag(.modelsDirectory, "--models", modelsFolder.withLock { $0 })].compactMap { $0 }
  }
}

extension Terminal.ColorChoice: ExpressibleByArgument {}

/// The number of threads of a command that reads no configuration.
struct ThreadOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Compute threads (default: one for each physical core).")
  var threads: Int?

  func validate() throws {
    if let threads, !(0...256).contains(threads) {
      throw ValidationError("--threads must be between 0 and 256, not \(threads).")
    }
  }

  /// A runtime with this number of threads and the default settings.
  var runtime: Runtime {
    var settings = Settings()
    settings.threads = threads ?? 0
    return Runtime(configuration: Configuration(settings: settings))
  }
}

/// The flags of a command that computes embeddings.
struct ComputeOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Compute threads (default: one for each physical core).")
  var threads: Int?

  @Option(help: "Kernels: reference (scalar), simd (own) or blas (OpenBLAS).")
  var kernels: String?

  @Option(
    name: .shortAndLong,
    help: "Encoder: a folder, a GGUF file, or a name below models/embeddings or models/clip.")
  var model: String?

  /// The settings that these flags give.
  var settings: [SettingFlag] {
    computeSettings(threads: threads, kernels: kernels, model: model, as: .embeddingModel)
  }

  /// A runtime for CLIP where `--model` names one; nil where it does not.
  ///
  /// Only a runtime that is returned has warned about unknown names in the configuration, since
  /// without one the command makes another.
  func pictureRuntime() throws -> Runtime? {
    guard let model else { return nil }
    let configuration = try Configuration(
      flags: CommonOptions.settings
        + computeSettings(
          threads: threads, kernels: kernels,
          // `clip` names the kind, not a model.
          model: model == "clip" ? nil : model, as: .clipModel))
    let runtime = Runtime(configuration: configuration)
    guard runtime.isPictureModel(model) else { return nil }
    warnAboutUnknownNames(configuration)
    return runtime
  }
}

/// The flags of a command that embeds pictures.
struct PictureComputeOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Compute threads (default: one for each physical core).")
  var threads: Int?

  @Option(help: "Kernels: reference (scalar), simd (own) or blas (OpenBLAS).")
  var kernels: String?

  @Option(
    name: .shortAndLong,
    help: "CLIP: a folder, a file, or a name below models/clip (default: the one there).")
  var model: String?

  /// The settings that these flags give.
  var settings: [SettingFlag] {
    computeSettings(threads: threads, kernels: kernels, model: model, as: .clipModel)
  }
}

/// The settings of the flags `--threads`, `--kernels` and `--model`, those that were given.
///
/// - Parameters:
///   - threads: of `--threads`.
///   - kernels: of `--kernels`.
///   - model: of `--model`.
///   - setting: the kind of model that the command opens.
/// - Returns: at most three.
func computeSettings(
  threads: Int?, kernels: String? = nil, model: String?, as setting: Setting
) -> [SettingFlag] {
  [
    SettingFlag(.threads, "--threads", threads), SettingFlag(.kernels, "--kernels", kernels),
    SettingFlag(setting, "--model", model),
  ].compactMap { $0 }
}

/// Resolves the configuration and warns about names in its files that are not settings.
///
/// - Parameter flags: the settings on the command line; of two for one setting the last counts.
/// - Returns: the settings with their origins.
/// - Throws: `ConfigurationError` for a value or file that cannot be used.
func resolveConfiguration(_ flags: [SettingFlag] = []) throws -> Configuration {
  let configuration = try Configuration(flags: CommonOptions.settings + flags)
  warnAboutUnknownNames(configuration)
  return configuration
}

/// Warns about names in the files of a configuration that are not settings; a command does it once.
func warnAboutUnknownNames(_ configuration: Configuration) {
  for unknown in configuration.unknownNames {
    let meant = Setting.suggestion(for: unknown.name).map { "; did you mean \($0.rawValue)?" } ?? ""
    Terminal.note(
      "warning: \(unknown.path): '\(unknown.name)' is not a setting of swiftrag" + meant)
  }
}

/// The runtime of a command that reads the configuration.
func makeRuntime(_ flags: [SettingFlag] = []) throws -> Runtime {
  Runtime(configuration: try resolveConfiguration(flags))
}

/// Fails with the exit code of a wrong command line unless a value is in a range.
///
/// - Parameters:
///   - value: the value as it was typed.
///   - range: the values that are accepted.
///   - flag: the flag as it is typed.
/// - Throws: `CommandFailure` with the flag, the range and the value.
func requireRange<Value: Comparable>(
  _ value: Value, _ range: ClosedRange<Value>, of flag: String
) throws {
  guard range.contains(value) else {
    throw CommandFailure(
      "\(flag) must be between \(range.lowerBound) and \(range.upperBound), not \(value)", .usage)
  }
}
