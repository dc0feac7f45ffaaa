internal import ArgumentParser
internal import SwiftRAG

/// The flags that every command has.
struct CommonOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Print answers and errors only.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more about what is done.")
  var verbose = false

  @Option(help: "Colour: auto, always or never.")
  var color: Terminal.ColorChoice = .auto

  /// Applies them; each command calls this first.
  func apply() {
    Terminal.configure(color: color, quiet: quiet)
  }
}

extension Terminal.ColorChoice: ExpressibleByArgument {}

/// The number of threads, of commands that have no configuration to check it.
struct ThreadOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Worker threads (default: one for each physical core).")
  var threads: Int?

  func validate() throws {
    guard threads.map({ (0...256).contains($0) }) ?? true else {
      throw ValidationError("--threads is 0, for one on each physical core, to 256.")
    }
  }
}

/// The flags of every command that computes.
struct ComputeOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Worker threads (default: one for each physical core).")
  var threads: Int?

  @Option(help: "Kernels: reference (scalar), simd (own) or blas (OpenBLAS).")
  var kernels: String?

  @Option(
    name: .shortAndLong,
    help: "Sentence encoder: a folder, a GGUF file, or a name below models/embeddings.")
  var model: String?

  /// What these flags set, for ``Configuration``.
  var settings: [Setting: String] {
    var settings: [Setting: String] = [:]
    settings[.threads] = threads.map(String.init)
    settings[.kernels] = kernels
    settings[.embeddingModel] = model
    return settings
  }
}

/// Resolves the configuration, and tells of names in files that mean nothing.
func resolveConfiguration(_ flags: [Setting: String]) throws -> Configuration {
  let configuration: Configuration
  do { configuration = try Configuration(flags: flags) } catch {
    // A bad flag is a wrong command line; a bad file or variable is a wrong configuration.
    if case .unacceptable(let setting, let value, .flag) = error {
      throw CommandFailure(
        "'\(value)' is no \(setting.rawValue): expected \(setting.expectation)",
        status: ExitStatus.usage)
    }
    throw CommandFailure(error.description, status: ExitStatus.configuration)
  }
  for unknown in configuration.unknownNames {
    Terminal.note("warning: \(unknown.path): '\(unknown.name)' is no setting of swiftrag")
  }
  return configuration
}
