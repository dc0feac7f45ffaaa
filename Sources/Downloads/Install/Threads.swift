internal import Dispatch

/// A few threads that wait for the network.
enum Threads {
  /// Runs `body` on `count` threads and waits for all; one runs on the calling thread.
  static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let group = DispatchGroup()
    let queue = DispatchQueue(label: "swiftrag.downloads", attributes: .concurrent)
    for _ in 1..<max(1, count) { queue.async(group: group, execute: body) }
    body()
    group.wait()
  }
}
