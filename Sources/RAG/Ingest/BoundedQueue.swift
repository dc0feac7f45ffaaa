internal import Foundation

/// A first-in, first-out queue between two stages of the ingest pipeline that run on own threads.
///
/// A full queue makes the producer wait, so memory stays bounded when a stage is slow; a closed one
/// lets the consumer take what is left and then gives it `nil`.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  // Every access to the stored properties below happens with `condition` held.
  private let condition = NSCondition()
  private var elements: [Element] = []
  private var isClosed = false
  private let capacity: Int

  /// - Parameter capacity: how many elements may wait; at least 1.
  init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  /// Adds an element, waiting while the queue is full; drops it when the queue is closed.
  ///
  /// - Returns: whether the element was taken.
  @discardableResult
  func push(_ element: Element) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while elements.count >= capacity && !isClosed { condition.wait() }
    guard !isClosed else { return false }
    elements.append(element)
    condition.broadcast()
    return true
  }

  /// Takes the oldest element, waiting for one; `nil` when the queue is closed and empty.
  func pop() -> Element? {
    condition.lock()
    defer { condition.unlock() }
    while elements.isEmpty && !isClosed { condition.wait() }
    guard !elements.isEmpty else { return nil }
    condition.broadcast()
    return elements.removeFirst()
  }

  /// Takes the oldest elements, waiting for at least one; `nil` when the queue is closed and empty.
  ///
  /// - Parameter limit: how many at most.
  /// - Returns: elements in the order in which they came.
  func popAll(limit: Int) -> [Element]? {
    condition.lock()
    defer { condition.unlock() }
    while elements.isEmpty && !isClosed { condition.wait() }
    guard !elements.isEmpty else { return nil }
    let taken = Array(elements.prefix(limit))
    elements.removeFirst(taken.count)
    condition.broadcast()
    return taken
  }

  /// No more elements will come.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}
