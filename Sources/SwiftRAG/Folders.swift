internal import Bytes
import Foundation

/// The folders of swiftrag's own files (XDG Base Directory Specification 0.8).
public enum Folders {
  /// The environment of this process.
  public static var processEnvironment: [String: String] { ProcessInfo.processInfo.environment }

  /// The folder of configuration files.
  public static func configuration(environment: [String: String]) -> String {
    folder(.configuration, environment: environment)
  }

  /// The folder of the indexes, and of models that are not in a checkout.
  public static func data(environment: [String: String]) -> String {
    folder(.data, environment: environment)
  }

  private static func folder(
    _ folder: BaseFolder, environment: [String: String]
  ) -> String {
    if let path = folder.path(environment: environment) { return path }
    // Without HOME, the home folder comes from the user database.
    let home = FileManager.default.homeDirectoryForCurrentUser.path
    return folder.path(environment: ["HOME": home]) ?? "."
  }

  /// The folders that hold models, in the order in which they are searched.
  ///
  /// The `models` folder of a checkout or an installation is found from the executable, so that the
  /// program works from any working directory.
  ///
  /// - Parameters:
  ///   - configured: the setting `models_dir`: a models folder, or the folder that contains `models`.
  ///   - environment: the process's environment.
  /// - Returns: only the configured folder, or all that exist.
  public static func modelFolders(configured: String?, environment: [String: String]) -> [String] {
    func isModelsFolder(_ folder: String) -> Bool {
      ModelLocator.kinds.contains { Paths.exists("\(folder)/\($0)") }
    }
    if let configured {
      let below = configured + "/models"
      return [!isModelsFolder(configured) && isModelsFolder(below) ? below : configured]
    }
    let folders = ["models"] + programModels + [data(environment: environment) + "/models"]
    return folders.filter(isModelsFolder)
  }

  /// The folder into which `models pull` installs.
  ///
  /// - Parameters:
  ///   - configured: the setting `models_dir`.
  ///   - environment: the process's environment.
  /// - Returns: the configured folder; in a checkout its `models`; otherwise `models` in the user's
  ///   data folder. It need not exist.
  package static func installation(
    configured: String?, environment: [String: String]
  ) -> String {
    if configured != nil {
      return modelFolders(configured: configured, environment: environment)[0]
    }
    let checkout = programModels.first { folder in
      Paths.exists(Paths.folder(of: folder) + "/Package.swift") && Paths.exists(folder)
    }
    return checkout ?? data(environment: environment) + "/models"
  }

  /// The `models` folder of this program, which has the bundled encoder; nil if the program was copied
  /// without it.
  static var bundledModels: String? {
    programModels.first { Paths.exists($0 + "/embeddings") }
  }

  /// The registry of this program, then the user's own, which adds to it.
  ///
  /// - Returns: paths that exist.
  package static func registryFiles(environment: [String: String]) -> [String] {
    let program = programModels.first { Paths.exists($0 + "/models.json") }
    let own =
      (program.map { [$0 + "/models.json", $0 + "/models.local.json"] } ?? [])
      + [configuration(environment: environment) + "/models.json"]
    return own.filter(Paths.exists)
  }

  /// Folders named `models` beside the program and above it.
  private static var programModels: [String] {
    var folders: [String] = []
    var folder = executableFolder
    while folder.count > 1 {
      folders.append(folder + "/models")
      folder = Paths.folder(of: folder)
    }
    return folders
  }

  /// The running program.
  static var executable: String {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return link ?? CommandLine.arguments[0]
  }

  /// The folder of the running program.
  public static var executableFolder: String { Paths.folder(of: executable) }

  /// OpenAI's merges of CLIP's tokenizer; nil if the program was copied without its resources.
  package static var clipMerges: String? {
    resource("TokenizerData/clip-merges.txt")
  }

  /// The list of tokens of Whisper's multilingual models, or of its English ones; nil if the program
  /// was copied without its resources.
  package static func whisperTokens(isMultilingual: Bool) -> String? {
    resource("TokenizerData/\(isMultilingual ? "multilingual" : "gpt2").tiktoken")
  }

  /// Silero's voice detector; nil if the program was copied without its resources.
  package static var voiceDetector: String? { resource("SpeechData/silero-v6.2.0-vad-ggml.bin") }

  /// The bundled sample library; nil if the program was copied without its resources.
  public static var sampleLibrary: String? { resource("SampleLibrary") }

  /// A file or folder that is installed beside the program; nil if it was copied without.
  private static func resource(_ name: String) -> String? {
    let path = "\(executableFolder)/swiftrag_SwiftRAG.resources/\(name)"
    return Paths.exists(path) ? path : nil
  }
}
