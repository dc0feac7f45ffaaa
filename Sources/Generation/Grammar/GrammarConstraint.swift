/// Allows the tokens whose bytes continue a text of a grammar.
///
/// A token need not end where a character does: the grammar is over bytes, and a string of it may be
/// in the middle of a UTF-8 sequence between two tokens. Tokens that end the generation are allowed
/// exactly when the text is whole.
package final class GrammarConstraint: TokenConstraint {
  private var automaton: GrammarAutomaton
  private var configuration: Int32
  private let vocabulary: VocabularyTrie
  private let endOfGeneration: Set<Int32>
  /// Bit i of word w: whether id 64 w + i may come, for configurations met before.
  private var masks: [Int32: [UInt64]] = [:]
  /// The configuration at each depth of the walk through the trie.
  private var walk: [Int32]

  /// Inside a string without a length limit one mask serves all tokens; these many cover the places
  /// around it (16 KB each for 128k tokens).
  private static let maskLimit = 128

  /// - Parameters:
  ///   - grammar: what the text must be.
  ///   - vocabulary: the bytes of the tokens.
  ///   - endOfGeneration: the ids that end the text.
  ///   - depthLimit: how deeply nested calls may lie in each other.
  package init(
    grammar: ByteGrammar, vocabulary: VocabularyTrie, endOfGeneration: Set<Int32>,
    depthLimit: Int = JSONSchemaCompiler.depthLimit
  ) {
    automaton = GrammarAutomaton(grammar, depthLimit: depthLimit)
    configuration = automaton.start()
    self.vocabulary = vocabulary
    self.endOfGeneration = endOfGeneration
    walk = [Int32](repeating: GrammarAutomaton.dead, count: vocabulary.maximumDepth + 1)
  }

  package var isSatisfied: Bool {
    configuration != GrammarAutomaton.dead && automaton.mayEnd(configuration)
  }

  package var isComplete: Bool {
    configuration != GrammarAutomaton.dead && automaton.mustEnd(configuration)
  }

  package func restrict(_ logits: inout [Float]) {
    let mask = currentMask(vocabularyCount: logits.count)
    for id in logits.indices where mask[id >> 6] >> UInt64(id & 63) & 1 == 0 {
      logits[id] = -.infinity
    }
  }

  package func accept(_ id: Int32) {
    if endOfGeneration.contains(id) { return }
    guard id >= 0, Int(id) < vocabulary.tokenBytes.count else { return }
    for byte in vocabulary.tokenBytes[Int(id)] where configuration != GrammarAutomaton.dead {
      configuration = automaton.step(configuration, byte)
    }
    if automaton.isLarge, configuration != GrammarAutomaton.dead {
      configuration = automaton.forgetAll(but: configuration)
      masks.removeAll(keepingCapacity: true)
    }
  }

  private func currentMask(vocabularyCount: Int) -> [UInt64] {
    if let mask = masks[configuration] { return mask }
    var mask = [UInt64](repeating: 0, count: (vocabularyCount + 63) / 64)
    func allow(_ id: Int32) {
      if id >= 0, Int(id) < vocabularyCount { mask[Int(id) >> 6] |= 1 << UInt64(id & 63) }
    }
    if configuration != GrammarAutomaton.dead {
      forEachContinuation(allow)
      if automaton.mayEnd(configuration) { endOfGeneration.forEach(allow) }
    }
    if masks.count >= Self.maskLimit { masks.removeAll(keepingCapacity: true) }
    masks[configuration] = mask
    return mask
  }

  /// Walks the trie as far as the grammar goes along.
  private func forEachContinuation(_ body: (Int32) -> Void) {
    walk[0] = configuration
    var index = 0
    while index < vocabulary.nodes.count {
      let node = vocabulary.nodes[index]
      let depth = Int(node.depth)
      let next = automaton.step(walk[depth - 1], node.byte)
      guard next != GrammarAutomaton.dead else {
        index = Int(node.subtreeEnd)
        continue
      }
      walk[depth] = next
      for place in Int(node.firstToken)..<Int(node.endToken) { body(vocabulary.tokenIDs[place]) }
      index += 1
    }
  }
}
