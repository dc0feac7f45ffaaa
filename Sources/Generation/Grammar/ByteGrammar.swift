/// A context-free grammar over bytes, as nodes that point to what follows them.
///
/// It is a recursive transition network: a rule is entered by a call, which remembers where to go on,
/// and left at an end. Every rule consumes at least one byte.
package struct ByteGrammar: Sendable {
  /// A place in the grammar.
  package enum Node: Sendable, Equatable {
    /// Consumes one byte of the set.
    case bytes(ByteSet, next: Int)
    /// Goes on at any of several nodes.
    case choice([Int])
    /// Runs a rule, then goes on.
    case call(rule: Int, next: Int)
    /// Runs a rule `minimum` to `maximum` times (nil: without end), then goes on.
    case loop(rule: Int, minimum: Int, maximum: Int?, next: Int)
    /// The end of a rule.
    case end
  }

  /// A part of the grammar that can be called.
  package struct Rule: Sendable {
    package var start: Int
    /// Whether a call counts against the depth limit.
    package var nests: Bool
  }

  /// The end of every rule.
  package static let end = 0
  /// The rule of the whole text.
  package static let root = 0

  package private(set) var nodes: [Node] = [.end]
  package private(set) var rules: [Rule] = []

  package init() {}

  /// Adds a node; what follows it exists already.
  package mutating func add(_ node: Node) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  /// Adds a rule whose start is not known yet, so that it can call itself.
  package mutating func addRule(nests: Bool = false) -> Int {
    rules.append(Rule(start: Self.end, nests: nests))
    return rules.count - 1
  }

  /// Says where a rule starts.
  package mutating func start(_ rule: Int, at node: Int) {
    rules[rule].start = node
  }

  /// The bytes one after another, then `next`.
  package mutating func literal(_ bytes: some BidirectionalCollection<UInt8>, next: Int) -> Int {
    var node = next
    for byte in bytes.reversed() { node = add(.bytes(ByteSet(byte), next: node)) }
    return node
  }

  /// A rule that is one run of sets.
  package mutating func rule(_ sets: ByteSet...) -> Int {
    let rule = addRule()
    var node = Self.end
    for set in sets.reversed() { node = add(.bytes(set, next: node)) }
    start(rule, at: node)
    return rule
  }

  /// How many nested calls the shortest way from each node to the end of its rule takes; `Int.max`
  /// where there is no way.
  ///
  /// Computed as the least fixed point, from "no way" downwards. Nodes follow those that they point
  /// to, apart from calls of later rules, so a few passes suffice.
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

  /// Whether some node can come back to itself without consuming a byte, in which case the automaton
  /// would never stop.
  package var isLeftRecursive: Bool {
    enum Mark { case unseen, open, done }
    var marks = [Mark](repeating: .unseen, count: nodes.count)
    for first in nodes.indices where marks[first] == .unseen {
      // Depth first, without recursion: a node is closed when it comes up for the second time.
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
