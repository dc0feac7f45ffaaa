internal import Foundation
package import Models
package import Tokenizers

/// A language model in this process: tokenizer, template, session and prompt cache.
///
/// The session is kept between calls, so only the part of a prompt after the common prefix with the
/// previous one (a conversation, the same system prompt) is computed.
package final class NativeGenerator: TextGenerator, @unchecked Sendable {
  // `@unchecked`: `cache` and `trie` are accessed only while `lock` is held.

  package let name: String
  /// The model's tokenizer.
  package let tokenizer: LanguageTokenizer
  /// The model's chat template.
  package let template: ChatTemplate
  private let lock = NSLock()
  private let cache: CachedSession
  private var trie: VocabularyTrie?

  package let contextTokenCount: Int
  package let parameterCount: Int?
  /// Messages for the user about loading, for example how to make it faster.
  package let loadingNotes: [String]

  /// - Parameters:
  ///   - name: the model's name, for display.
  ///   - session: an empty session with the tokenizer's vocabulary.
  ///   - tokenizer: the model's tokenizer.
  ///   - template: the model's chat template.
  ///   - parameterCount: the number of its weights, if known.
  ///   - loadingNotes: messages for the user about loading.
  package init(
    name: String, session: any LanguageModelSession, tokenizer: LanguageTokenizer,
    template: ChatTemplate, parameterCount: Int? = nil, loadingNotes: [String] = []
  ) {
    self.name = name
    self.tokenizer = tokenizer
    self.template = template
    self.parameterCount = parameterCount
    self.loadingNotes = loadingNotes
    cache = CachedSession(session)
    contextTokenCount = session.contextTokenCount
  }

  /// The ids of a prompt.
  package func tokens(of prompt: GenerationPrompt) -> [Int32] {
    switch prompt {
    case .messages(let messages):
      return template.tokens(for: messages, tokenizer: tokenizer, addsGenerationPrompt: true)
    case .raw(let text):
      let ids = tokenizer.encode(text, parsesSpecial: true, isStart: true)
      guard tokenizer.addsBOS, let bos = tokenizer.bos, ids.first != bos else { return ids }
      return [bos] + ids
    }
  }

  package func tokenCount(of prompt: GenerationPrompt) -> Int { tokens(of: prompt).count }

  package func generate(
    _ prompt: GenerationPrompt, options: GenerationOptions, emit: (GenerationEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> GenerationResult {
    lock.lock()
    defer { lock.unlock() }
    return try withoutActuallyEscaping(emit) { emit in
      try withoutActuallyEscaping(shouldStop) { shouldStop in
        try generateLocked(prompt, options: options, emit: emit, shouldStop: shouldStop)
      }
    }
  }

  /// As `generate`, with `lock` held.
  private func generateLocked(
    _ prompt: GenerationPrompt, options: GenerationOptions,
    emit: @escaping (GenerationEvent) -> Void, shouldStop: @escaping () -> Bool
  ) throws -> GenerationResult {
    let ids = tokens(of: prompt)
    // The answer in a conversation begins a text; the continuation of a raw prompt does not.
    var isStart = true
    if case .raw = prompt { isStart = false }
    var loop = try GenerationLoop(
      prompt: ids, cache: cache, options: options, endOfGeneration: tokenizer.endOfGeneration,
      decoder: TokenTextDecoder(tokenizer: tokenizer, isStart: isStart),
      constraint: options.grammar.map(constraint), emit: emit, shouldStop: shouldStop)
    let file = options.promptCachePath.map { PromptCacheFile(path: $0) }
    let damage = file?.restore(into: cache, for: ids)
    if let damage { emit(.note(damage)) }
    let result = try loop.run()
    if let file, result.finish != .cancelled,
      let note = file.save(cache, prompt: ids, replaces: damage != nil)
    {
      emit(.note(note))
    }
    return result
  }

  /// The constraint of a grammar over this vocabulary, whose trie is built at first use.
  private func constraint(_ grammar: ByteGrammar) -> any TokenConstraint {
    let trie =
      self.trie
      ?? VocabularyTrie(
        tokenBytes: (0..<tokenizer.vocabularyCount).map { id in
          tokenizer.endOfGeneration.contains(Int32(id)) ? [] : Array(tokenizer.bytes(of: Int32(id)))
        })
    self.trie = trie
    return GrammarConstraint(
      grammar: grammar, vocabulary: trie, endOfGeneration: tokenizer.endOfGeneration)
  }
}
