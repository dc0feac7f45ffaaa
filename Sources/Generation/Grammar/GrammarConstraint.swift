/// Allows the tokens whose bytes continue a text of a grammar.
///
/// The grammar is over bytes, so a token may end within a UTF-8 sequence of a string. Tokens that end
/// the generation are allowed exactly when the text is complete.
package final class GrammarConstraint: TokenConstraint {
  private var automaton: GrammarAutomaton
  private var configuration: Int32
  private let vocabulary: VocabularyTrie
  private let endOfGeneration: Set<Int32>
  /// The allowed tokens of each known configuration: bit i of word w represents id 64 w + i.
  private var masks: [Int32: [UInt64]] = [:]
  /// The configuration at each depth of the walk through the trie.
  private var walk: [Int32]

  /// Number of masks to keep, of 16 KB each for 128k tokens.
  ///
  /// Within a string without a length limit one mask serves all tokens; this number covers the
  /// configurations around it.
  private static let maskLimit = 128

  /// - Parameters:
  ///   - grammar: the grammar of the text.
  ///   - vocabulary: the bytes of the tokens.
  ///   - endOfGeneration: the ids that end the text.
  ///   - depthLimit: largest number of open nesting calls.
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

  /// The allowed tokens of the current configuration.
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

  /// Calls `body` for each token whose bytes the grammar allows, by walking the trie.
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
