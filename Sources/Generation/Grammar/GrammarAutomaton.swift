/// A nondeterministic pushdown automaton of a ``ByteGrammar``, determinised lazily.
///
/// All alternatives of the grammar are followed at once. An alternative is a stack: the node that
/// consumes the next byte, and below it the nodes to return to. Stacks share their lower parts and
/// equal stacks have the same number, so a set of stacks is a short list of numbers. Each set that
/// occurred is a configuration, which is a number too, with a table of the next configuration for each
/// byte. Text that was seen before is therefore followed by a finite automaton.
///
/// - Source: hash-consed stacks are Tomita's graph-structured stack (1986); the table is a lazy subset
///   construction, as in RE2.
package struct GrammarAutomaton: Sendable {
  /// The configuration after text that the grammar does not allow.
  package static let dead: Int32 = -1
  /// A transition that has not been computed.
  private static let unknown: Int32 = -2
  /// The empty stack: the text is complete.
  private static let wholeText: Int32 = -1

  /// The top of a stack.
  private struct Frame: Hashable, Sendable {
    var node: Int32
    /// Completed runs of the node's loop.
    var runs: Int32
    /// The stack below.
    var below: Int32
    /// Open nesting calls.
    var depth: Int32
  }

  private let grammar: ByteGrammar
  private let requiredDepths: [Int]
  private let depthLimit: Int

  private var frames: [Frame] = []
  private var frameNumbers: [Frame: Int32] = [:]
  /// The stacks of each configuration, in ascending order.
  private var configurations: [[Int32]] = []
  private var configurationNumbers: [[Int32]: Int32] = [:]
  /// 256 next configurations for each configuration.
  private var transitions: [Int32] = []
  /// Frames that ``followPending(into:)`` has not processed.
  private var pending: [Frame] = []

  /// Number of configurations above which the tables are rebuilt: 4 MB of transitions.
  static let configurationLimit = 4096

  /// - Parameters:
  ///   - grammar: a grammar without left recursion.
  ///   - depthLimit: largest number of open nesting calls.
  package init(_ grammar: ByteGrammar, depthLimit: Int) {
    self.grammar = grammar
    self.depthLimit = depthLimit
    requiredDepths = grammar.requiredDepths()
  }

  /// The configuration before the first byte; ``dead`` if the grammar has no text within the depth
  /// limit.
  package mutating func start() -> Int32 {
    var stacks: Set<Int32> = []
    enter(rule: ByteGrammar.root, below: Self.wholeText, depth: 0)
    followPending(into: &stacks)
    return configuration(of: stacks)
  }

  /// The configuration after one more byte, or ``dead``.
  package mutating func step(_ configuration: Int32, _ byte: UInt8) -> Int32 {
    let place = Int(configuration) << 8 | Int(byte)
    if transitions[place] != Self.unknown { return transitions[place] }
    var stacks: Set<Int32> = []
    for stack in configurations[Int(configuration)] where stack != Self.wholeText {
      let frame = frames[Int(stack)]
      if case .bytes(let set, let next) = grammar.nodes[Int(frame.node)], set.contains(byte) {
        addPending(next, runs: 0, below: frame.below, depth: frame.depth)
      }
    }
    followPending(into: &stacks)
    let result = self.configuration(of: stacks)
    transitions[place] = result
    return result
  }

  /// Whether the text may end in this configuration.
  package func mayEnd(_ configuration: Int32) -> Bool {
    configurations[Int(configuration)].first == Self.wholeText
  }

  /// Whether the text must end in this configuration.
  package func mustEnd(_ configuration: Int32) -> Bool {
    configurations[Int(configuration)] == [Self.wholeText]
  }

  /// Whether the tables have reached the size at which ``forgetAll(but:)`` should be called.
  package var isLarge: Bool {
    configurations.count > Self.configurationLimit || frames.count > 16 * Self.configurationLimit
  }

  /// Clears the tables except for one configuration, and returns its new number.
  package mutating func forgetAll(but configuration: Int32) -> Int32 {
    let stacks = configurations[Int(configuration)]
    let old = frames
    frames = []
    frameNumbers = [:]
    configurations = []
    configurationNumbers = [:]
    transitions = []
    var renumbered: Set<Int32> = []
    for stack in stacks {
      var path: [Frame] = []
      var number = stack
      while number != Self.wholeText {
        path.append(old[Int(number)])
        number = old[Int(number)].below
      }
      var below = Self.wholeText
      for frame in path.reversed() {
        below = push(node: Int(frame.node), runs: frame.runs, below: below, depth: frame.depth)
      }
      renumbered.insert(below)
    }
    return self.configuration(of: renumbered)
  }

  /// The number of a set of stacks.
  private mutating func configuration(of stacks: Set<Int32>) -> Int32 {
    if stacks.isEmpty { return Self.dead }
    let sorted = stacks.sorted()
    if let number = configurationNumbers[sorted] { return number }
    let number = Int32(configurations.count)
    configurations.append(sorted)
    configurationNumbers[sorted] = number
    transitions.append(contentsOf: repeatElement(Self.unknown, count: 256))
    return number
  }

  /// The number of a stack.
  private mutating func push(node: Int, runs: Int32, below: Int32, depth: Int32) -> Int32 {
    let frame = Frame(node: Int32(node), runs: runs, below: below, depth: depth)
    if let number = frameNumbers[frame] { return number }
    let number = Int32(frames.count)
    frames.append(frame)
    frameNumbers[frame] = number
    return number
  }

  /// Adds the start of a rule to the pending frames.
  private mutating func enter(rule: Int, below: Int32, depth: Int32) {
    let rule = grammar.rules[rule]
    addPending(rule.start, runs: 0, below: below, depth: depth + (rule.nests ? 1 : 0))
  }

  private mutating func addPending(_ node: Int, runs: Int32, below: Int32, depth: Int32) {
    // A path that cannot end within the limit is not started, so no text gets stuck.
    guard requiredDepths[node] <= depthLimit - Int(depth) else { return }
    pending.append(Frame(node: Int32(node), runs: runs, below: below, depth: depth))
  }

  /// Follows the pending frames through all nodes that consume no byte, to those that consume one.
  ///
  /// Iterative, because a schema determines the length of the path: thousands of optional properties
  /// would overflow the program's stack.
  private mutating func followPending(into stacks: inout Set<Int32>) {
    while let place = pending.popLast() {
      let (below, depth) = (place.below, place.depth)
      switch grammar.nodes[Int(place.node)] {
      case .bytes:
        stacks.insert(push(node: Int(place.node), runs: 0, below: below, depth: depth))
      case .choice(let nodes):
        for next in nodes { addPending(next, runs: 0, below: below, depth: depth) }
      case .call(let rule, let next):
        enter(
          rule: rule, below: push(node: next, runs: 0, below: below, depth: depth), depth: depth)
      case .loop(let rule, let minimum, let maximum, let next):
        if maximum.map({ place.runs < $0 }) ?? true {
          // Without a maximum, counting stops at the minimum, which keeps the number of stacks finite.
          let counted = maximum == nil ? min(place.runs + 1, Int32(minimum)) : place.runs + 1
          let returned = push(node: Int(place.node), runs: counted, below: below, depth: depth)
          enter(rule: rule, below: returned, depth: depth)
        }
        if place.runs >= minimum { addPending(next, runs: 0, below: below, depth: depth) }
      case .end:
        guard below != Self.wholeText else {
          stacks.insert(Self.wholeText)
          continue
        }
        let frame = frames[Int(below)]
        addPending(Int(frame.node), runs: frame.runs, below: frame.below, depth: frame.depth)
      }
    }
  }
}
