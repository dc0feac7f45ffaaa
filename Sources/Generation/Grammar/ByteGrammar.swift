/// A context-free grammar over bytes, as a recursive transition network.
///
/// Nodes refer to their successors. A call enters a rule and records the node to continue at; an end
/// returns to it. Every rule consumes at least one byte.
package struct ByteGrammar: Sendable {
  /// A node of the network.
  package enum Node: Sendable, Equatable {
    /// Consumes one byte of the set.
    case bytes(ByteSet, next: Int)
    /// Continues at any of several nodes.
    case choice([Int])
    /// Runs a rule, then continues.
    case call(rule: Int, next: Int)
    /// Runs a rule `minimum` to `maximum` times (nil: unlimited), then continues.
    case loop(rule: Int, minimum: Int, maximum: Int?, next: Int)
    /// The end of a rule.
    case end
  }

  /// A part of the grammar that can be called.
  package struct Rule: Sendable {
    /// The first node.
    package var start: Int
    /// Whether a call counts against the depth limit.
    package var nests: Bool
  }

  /// The node that ends every rule.
  package static let end = 0
  /// The rule of the whole text.
  package static let root = 0

  package private(set) var nodes: [Node] = [.end]
  package private(set) var rules: [Rule] = []

  package init() {}

  /// Adds a node, after its successors, and returns its index.
  package mutating func add(_ node: Node) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  /// Adds a rule without a start, so that it can call itself, and returns its index.
  package mutating func addRule(nests: Bool = false) -> Int {
    rules.append(Rule(start: Self.end, nests: nests))
    return rules.count - 1
  }

  /// Sets the first node of a rule.
  package mutating func start(_ rule: Int, at node: Int) {
    rules[rule].start = node
  }

  /// Adds nodes that consume the bytes in order and continue at `next`; returns the first one.
  package mutating func literal(_ bytes: some BidirectionalCollection<UInt8>, next: Int) -> Int {
    var node = next
    for byte in bytes.reversed() { node = add(.bytes(ByteSet(byte), next: node)) }
    return node
  }

  /// Adds a rule that consumes one byte of each set in order.
  package mutating func rule(_ sets: ByteSet...) -> Int {
    let rule = addRule()
    var node = Self.end
    for set in sets.reversed() { node = add(.bytes(set, next: node)) }
    start(rule, at: node)
    return rule
  }

  /// The smallest nesting depth of calls on a path from each node to the end of its rule; `Int.max`
  /// without such a path.
  ///
  /// Computed by fixed-point iteration, starting with `Int.max`. Nodes have higher indices than their
  /// successors, except for calls of later rules, so a few passes suffice.
  package func requiredDepths() -> [Int] {
    var depths = [Int](repeating: .max, count: nodes.count)
    func ofCall(_ rule: Int) -> Int {
      let depth = depths[rules[rule].start]
      return rules[rule].nests && depth < .max ? depth + 1 : depth
    }
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for index in nodes.indices {
        let depth =
          switch nodes[index] {
          case .end: 0
          case .bytes(_, let next): depths[next]
          case .choice(let nodes): nodes.map { depths[$0] }.min() ?? .max
          case .call(let rule, let next): max(ofCall(rule), depths[next])
          case .loop(let rule, let minimum, _, let next):
            minimum > 0 ? max(ofCall(rule), depths[next]) : depths[next]
          }
        if depth != depths[index] {
          depths[index] = depth
          hasChanged = true
        }
      }
    }
    return depths
  }

  /// Whether some node can reach itself without consuming a byte, in which case the automaton would not
  /// terminate.
  package var isLeftRecursive: Bool {
    enum Mark { case unseen, open, done }
    var marks = [Mark](repeating: .unseen, count: nodes.count)
    for first in nodes.indices where marks[first] == .unseen {
      // Depth first, without recursion: a node is done when it is on top for the second time.
      var pending = [first]
      while let node = pending.last {
        if marks[node] != .unseen {
          if marks[node] == .open { marks[node] = .done }
          pending.removeLast()
          continue
        }
        marks[node] = .open
        for next in silentSuccessors(of: node) {
          if marks[next] == .open { return true }
          if marks[next] == .unseen { pending.append(next) }
        }
      }
    }
    return false
  }

  /// The nodes that are reached without consuming a byte.
  private func silentSuccessors(of node: Int) -> [Int] {
    switch nodes[node] {
    case .end, .bytes: []
    case .choice(let nodes): nodes
    case .call(let rule, _): [rules[rule].start]
    case .loop(let rule, let minimum, _, let next):
      minimum > 0 ? [rules[rule].start] : [rules[rule].start, next]
    }
  }
}
