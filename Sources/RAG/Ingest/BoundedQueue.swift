internal import Foundation

/// A first-in, first-out queue between two stages of the ingest pipeline that run on different
/// threads.
///
/// A full queue blocks the producer, so memory stays bounded if a stage is slow. From a closed
/// queue the consumer takes the remaining elements and then `nil`.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  // `condition` is held for every access to the stored properties below.
  private let condition = NSCondition()
  private var elements: [Element] = []
  private var isClosed = false
  private let capacity: Int

  /// - Parameter capacity: maximum number of elements in the queue; at least 1.
  init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  /// Appends an element; waits while the queue is full, and drops the element if the queue is
  /// closed.
  ///
  /// - Returns: whether the element was appended.
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

  /// Removes the oldest element; waits for one, and returns `nil` if the queue is closed and empty.
  func pop() -> Element? {
    condition.lock()
    defer { condition.unlock() }
    while elements.isEmpty && !isClosed { condition.wait() }
    guard !elements.isEmpty else { return nil }
    condition.broadcast()
    return elements.removeFirst()
  }

  /// Removes the oldest elements; waits for at least one, and returns `nil` if the queue is closed
  /// and empty.
  ///
  /// - Parameter limit: maximum number of elements.
  /// - Returns: elements in order of arrival.
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

  /// Closes the queue: no more elements will be appended.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}
