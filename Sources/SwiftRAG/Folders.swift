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
  /// The `models` folder of a checkout is found from the executable in its `.build` folder, so that
  /// the program works from any working directory.
  public static func modelFolders(configured: String?, environment: [String: String]) -> [String] {
    if let configured { return [configured] }
    var folders = ["models"]
    var folder = executableFolder
    while folder.count > 1 {
      folders.append(folder + "/models")
      folder = Paths.folder(of: folder)
    }
    folders.append(data(environment: environment) + "/models")
    return folders.filter { folder in
      ModelLocator.kinds.contains { Paths.exists("\(folder)/\($0)") }
    }
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

  /// The bundled sample library; nil if the program was copied without its resources.
  public static var sampleLibrary: String? { resource("SampleLibrary") }

  /// A file or folder that is installed beside the program; nil if it was copied without.
  private static func resource(_ name: String) -> String? {
    let path = "\(executableFolder)/swiftrag_SwiftRAG.resources/\(name)"
    return Paths.exists(path) ? path : nil
  }
}
