package import Bytes

/// Which rows of logits an evaluation computes: none; one, for the last token; or one for each token.
package typealias LogitRows = LlamaSession.LogitRows

/// One conversation with a language model: the tokens it has evaluated, and the logits after them.
///
/// Generation uses a model through this protocol alone. The logits after a token depend only on the
/// tokens up to it: not on how they were divided into evaluations, and not on whether a prefix was
/// kept from before. Prefix reuse and speculative decoding rely on this.
///
/// A session may be used by one thread at a time.
package protocol LanguageModelSession: AnyObject {
  /// The number of token ids, from 0, and of the numbers in a row of logits.
  var vocabularyCount: Int { get }
  /// The largest number of tokens that the session can hold.
  var contextTokenCount: Int { get }
  /// The number of tokens that it holds.
  var tokenCount: Int { get }

  /// Appends tokens.
  ///
  /// - Parameters:
  ///   - tokens: at least one token, and no more than the context has room for.
  ///   - logits: the rows that ``withLogits(row:_:)`` can return afterwards.
  /// - Throws: `ModelError` when the context is full or an id is outside the vocabulary; the session
  ///   is then unchanged.
  func evaluate(_ tokens: ArraySlice<Int32>, logits: LogitRows) throws(ModelError)

  /// Calls `body` with one row of logits of the last evaluation, `vocabularyCount` numbers.
  ///
  /// - Precondition: the last evaluation computed that row.
  func withLogits<R>(row: Int, _ body: (Span<Float>) throws -> R) rethrows -> R

  /// Removes all tokens but the first `tokenCount`, as if the others had never been evaluated.
  ///
  /// - Precondition: `tokenCount` is not larger than the session's.
  func rewind(to tokenCount: Int)

  /// 32 bytes that are equal for two sessions when the state of one can be loaded into the other: they
  /// cover the model, the type of the cache, and all else that decides the meaning of its bytes.
  ///
  /// - Throws: `BytesError` when libcrypto fails.
  func stateFingerprint() throws(BytesError) -> [UInt8]

  /// Appends the state of the first `tokenCount` tokens to `sink`, with a header and a checksum.
  ///
  /// - Throws: `ModelError.unreadable` where the sink fails.
  func writeState(tokenCount: Int, to sink: any ByteSink) throws(ModelError)

  /// Replaces the session's tokens by those of a state that ``writeState(tokenCount:to:)`` wrote.
  ///
  /// - Parameters:
  ///   - file: the file with the state.
  ///   - range: the state's bytes in the file; nil for the whole file.
  /// - Throws: `ModelError` when the bytes are not a state of this model; the session is then
  ///   unchanged.
  func readState(from file: MappedFile, range: Range<Int>?) throws(ModelError)
}

extension LlamaSession: LanguageModelSession {
  package var vocabularyCount: Int { model.config.vocab }

  package func evaluate(
    _ tokens: ArraySlice<Int32>, logits: LogitRows
  ) throws(ModelError) {
    try evaluate(tokens.span, logits: logits, tap: nil)
  }
}
