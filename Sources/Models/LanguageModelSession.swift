package import Bytes

/// Which rows of logits an evaluation leaves behind.
package enum LogitRows: Sendable, Equatable {
  /// None: the tokens only fill the cache.
  case none
  /// One row, number 0: that of the last token.
  case last
  /// One row for each token, row 0 being that of the first.
  case all
}

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
  func withLogits<Result>(row: Int, _ body: (Span<Float>) -> Result) -> Result

  /// Forgets all tokens but the first `tokenCount`; what it holds afterwards is as if the others had
  /// never come.
  ///
  /// - Precondition: `tokenCount` is at most the session's own.
  func rewind(to tokenCount: Int)

  /// What must be equal for one session's state to be of use in another: the type of the cache and
  /// whatever else changes its bytes, in words.
  var stateDescription: String { get }

  /// Hands the state of all tokens to `append`, piece after piece.
  ///
  /// - Throws: what `append` throws.
  func writeState(
    _ append: (UnsafeRawBufferPointer) throws(BytesError) -> Void
  ) throws(BytesError)

  /// Replaces the session's tokens by a state that ``writeState(_:)`` gave.
  ///
  /// - Throws: `ModelError` when the bytes are not such a state; the session is then empty.
  func readState(_ reader: inout ByteReader) throws(ModelError)
}
