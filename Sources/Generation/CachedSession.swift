package import Models

/// A session and the ids of the tokens in its KV cache.
///
/// The common prefix of a prompt and the cached tokens is not computed again: the session rewinds to
/// its end. In a conversation that prefix is everything except the newest question; with a fixed
/// system prompt, at least the system prompt.
package final class CachedSession {
  /// The session, which is evaluated and rewound only through this object.
  package let session: any LanguageModelSession
  /// The ids of the cached tokens.
  package private(set) var tokenIDs: [Int32] = []

  /// - Parameter session: an empty session.
  package init(_ session: any LanguageModelSession) {
    self.session = session
    tokenIDs.reserveCapacity(session.contextTokenCount)
  }

  /// The length of the common prefix of a prompt and the cached tokens.
  package func sharedTokenCount(with prompt: [Int32]) -> Int {
    zip(tokenIDs, prompt).prefix { $0 == $1 }.count
  }

  /// Rewinds to the common prefix with `prompt`, without the prompt's last token, whose logits are
  /// needed.
  ///
  /// - Returns: the number of tokens of the prompt that need not be evaluated.
  package func reuse(for prompt: [Int32]) -> Int {
    let count = min(sharedTokenCount(with: prompt), prompt.count - 1)
    rewind(to: count)
    return count
  }

  /// Evaluates tokens after the cached tokens.
  ///
  /// - Throws: `GenerationError.model` with the session's error; the cached ids are then unchanged.
  package func evaluate(
    _ tokens: ArraySlice<Int32>, logits: LogitRows
  ) throws(GenerationError) {
    do throws(ModelError) { try session.evaluate(tokens, logits: logits) } catch {
      throw .model(error)
    }
    tokenIDs.append(contentsOf: tokens)
  }

  /// Discards all cached tokens except the first `tokenCount`.
  package func rewind(to tokenCount: Int) {
    guard tokenCount < tokenIDs.count else { return }
    session.rewind(to: tokenCount)
    tokenIDs.removeLast(tokenIDs.count - tokenCount)
  }

  /// Records the ids of a state that was read into the session.
  func didRestore(_ tokenIDs: [Int32]) {
    self.tokenIDs = tokenIDs
  }
}
