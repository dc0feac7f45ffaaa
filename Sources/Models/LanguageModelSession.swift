package import Bytes

/// Which rows of logits an evaluation leaves behind: none; row 0, that of the last token; or one row
/// for each token.
package typealias LogitRows = LlamaSession.LogitRows

/// One conversation with a language model: the tokens that it has read, and what follows from them.
///
/// This is all that generation knows of a model. The logits after a token depend on the tokens up to
/// it and on nothing else: neither on how they were cut into evaluations nor on whether some were
/// read earlier and kept. Prefix reuse and speculation rest on that.
///
/// A session is used from one thread at a time.
package protocol LanguageModelSession: AnyObject {
  /// Ids are `0..<vocabularyCount`; a row of logits has as many numbers.
  var vocabularyCount: Int { get }
  /// How many tokens the session can hold.
  var contextTokenCount: Int { get }
  /// How many tokens it holds.
  var tokenCount: Int { get }

  /// Appends tokens.
  ///
  /// - Parameters:
  ///   - tokens: at least one, and at most as many as the context still has room for.
  ///   - logits: which rows ``withLogits(row:_:)`` can be asked for afterwards.
  /// - Throws: `ModelError` when the context is full or an id is outside the vocabulary; the session
  ///   then holds what it held before.
  func evaluate(_ tokens: ArraySlice<Int32>, logits: LogitRows) throws(ModelError)

  /// Calls `body` with the logits of one row of the last evaluation, `vocabularyCount` numbers.
  ///
  /// - Precondition: the last evaluation left that row behind.
  func withLogits<R>(row: Int, _ body: (Span<Float>) throws -> R) rethrows -> R

  /// Forgets all tokens but the first `tokenCount`; what it holds afterwards is as if the others had
  /// never come.
  ///
  /// - Precondition: `tokenCount` is at most the session's own.
  func rewind(to tokenCount: Int)

  /// 32 bytes that are equal where one session's state is of use in another: the model, the type of
  /// the cache and whatever else decides what its bytes mean.
  ///
  /// - Throws: `BytesError` when libcrypto fails.
  func stateFingerprint() throws(BytesError) -> [UInt8]

  /// Appends the state of the first `tokenCount` tokens to `sink`, with what is needed to check it.
  ///
  /// - Throws: `ModelError.unreadable` where the sink fails.
  func writeState(tokenCount: Int, to sink: any ByteSink) throws(ModelError)

  /// Replaces the session's tokens by those of a state that ``writeState(tokenCount:to:)`` wrote.
  ///
  /// - Parameters:
  ///   - file: holds the state.
  ///   - range: where it lies in the file; nil for the whole file.
  /// - Throws: `ModelError` when the bytes are not such a state; nothing has changed then.
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
