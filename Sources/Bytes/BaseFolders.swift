internal import Glibc

/// The folders for a program's own files, by the XDG Base Directory Specification 0.8.
package enum BaseFolder: String, Sendable {
  /// Configuration files.
  case configuration = "XDG_CONFIG_HOME"
  /// Files that a person wants to keep: indexes, models.
  case data = "XDG_DATA_HOME"
  /// Files that can be made again.
  case cache = "XDG_CACHE_HOME"
  /// Traces of what a person did, such as earlier questions.
  case state = "XDG_STATE_HOME"

  /// The folder below the home folder where the variable is not set.
  private var fallback: String {
    switch self {
    case .configuration: ".config"
    case .data: ".local/share"
    case .cache: ".cache"
    case .state: ".local/state"
    }
  }

  /// The program's folder, `…/swiftrag`; it need not exist.
  ///
  /// A relative path in the variable is invalid by the specification and ignored.
  ///
  /// - Parameter environment: nil for that of this process.
  /// - Returns: nil where neither the variable nor a home folder is known.
  package func path(environment: [String: String]? = nil) -> String? {
    func value(_ name: String) -> String? {
      if let environment { return environment[name] }
      return unsafe getenv(name).map { unsafe String(cString: $0) }
    }
    if let folder = value(rawValue), folder.hasPrefix("/") { return folder + "/swiftrag" }
    guard let home = value("HOME"), home.hasPrefix("/") else { return nil }
    return "\(home)/\(fallback)/swiftrag"
  }
}
