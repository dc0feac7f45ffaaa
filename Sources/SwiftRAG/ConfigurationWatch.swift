internal import Foundation

/// Notices that files were changed, created or removed while a conversation runs.
public struct ConfigurationWatch {
  private struct State: Equatable {
    let modified: Date?
    let byteCount: Int?
  }

  private var states: [(path: String, state: State)]

  /// Records the present state.
  ///
  /// - Parameter paths: files that exist or not.
  public init(paths: [String]) {
    states = paths.map { ($0, Self.state(of: $0)) }
  }

  /// The files that have changed since the last call, or since the beginning.
  public mutating func changedPaths() -> [String] {
    var changed: [String] = []
    for index in states.indices {
      let state = Self.state(of: states[index].path)
      guard state != states[index].state else { continue }
      states[index].state = state
      changed.append(states[index].path)
    }
    return changed
  }

  private static func state(of path: String) -> State {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return State(
      modified: attributes?[.modificationDate] as? Date, byteCount: attributes?[.size] as? Int)
  }
}
