package import Models

/// A session and the ids of the tokens that it holds.
///
/// A prompt that begins like what the session holds is not computed again: the session goes back to
/// the last token that they share. In a conversation that is everything but the newest question; with
/// a fixed system prompt, at least that.
package final class CachedSession {
  package let session: any LanguageModelSession
  /// What the session holds.
  package private(set) var tokenIDs: [Int32] = []

  package init(_ session: any LanguageModelSession) {
    self.session = session
    tokenIDs.reserveCapacity(session.contextTokenCount)
  }

  /// How many tokens a prompt shares with what the session holds.
  package func sharedTokenCount(with prompt: [Int32]) -> Int {
    zip(tokenIDs, prompt).prefix { $0 == $1 }.count
  }

  /// Goes back to the tokens that are shared with `prompt`, but for the prompt's last one, whose logits
  /// are needed.
  ///
  /// - Returns: how many tokens of the prompt need not be evaluated.
  package func reuse(for prompt: [Int32]) -> Int {
    let count = min(sharedTokenCount(with: prompt), prompt.count - 1)
    rewind(to: count)
    return count
  }

  /// Evaluates tokens behind those that it holds.
  package func evaluate(
    _ tokens: ArraySlice<Int32>, logits: LogitRows
  ) throws(GenerationError) {
    do throws(ModelError) { try session.evaluate(tokens, logits: logits) } catch {
      throw .model(error)
    }
    tokenIDs.append(contentsOf: tokens)
  }

  /// Forgets all but the first tokens.
  package func rewind(to tokenCount: Int) {
    guard tokenCount < tokenIDs.count else { return }
    session.rewind(to: tokenCount)
    tokenIDs.removeLast(tokenIDs.count - tokenCount)
  }

  /// Takes note that the session's state was replaced.
  func didRestore(_ tokenIDs: [Int32]) {
    self.tokenIDs = tokenIDs
  }
}
