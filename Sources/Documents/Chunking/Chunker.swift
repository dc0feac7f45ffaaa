/// Cuts documents into chunks that fit an embedding model.
///
/// Stateless; the same document gives the same chunks on every machine.
package struct Chunker: Sendable {
  /// The model's limit in tokens, special tokens included.
  ///
  /// No chunk exceeds it.
  package let maximumTokenCount: Int
  /// Preferred chunk size in tokens, as far as the structure of the text allows it.
  package let targetTokenCount: Int
  /// Tokens at the end of a chunk that the next one repeats, in whole sentences; 0 for none.
  package let overlapTokenCount: Int
  private let measure: @Sendable (String) -> Int

  /// The version of the algorithm and its parameters; stored in an index, which must not mix chunks
  /// of different chunkers.
  ///
  /// `measure` is not part of it: it belongs to the identity of the model.
  package var identity: String {
    "chunks-2 maximum=\(maximumTokenCount) target=\(targetTokenCount)"
      + " overlap=\(overlapTokenCount)"
  }

  /// Default target for a model's limit: 200 of all-MiniLM-L6-v2's 256.
  ///
  /// Chosen by measurement, as was the default overlap of 0: the article Documents has the table.
  package static func defaultTarget(maximumTokenCount: Int) -> Int {
    max(1, maximumTokenCount * 25 / 32)
  }

  /// Makes a chunker for one embedding model.
  ///
  /// - Parameters:
  ///   - maximumTokenCount: the model's limit, special tokens included.
  ///   - targetTokenCount: preferred size; nil takes 25/32 of the maximum.
  ///   - overlapTokenCount: maximum number of tokens that neighbouring chunks share.
  ///   - measure: number of tokens of a text, special tokens included; `measure("")` is their
  ///     number. Called about twice for each byte of the document.
  /// - Precondition: `maximumTokenCount > measure("")`, `0 <= overlapTokenCount`,
  ///   `0 < targetTokenCount <= maximumTokenCount`.
  package init(
    maximumTokenCount: Int, targetTokenCount: Int? = nil, overlapTokenCount: Int = 0,
    measure: @escaping @Sendable (String) -> Int
  ) {
    let target = targetTokenCount ?? Self.defaultTarget(maximumTokenCount: maximumTokenCount)
    precondition(maximumTokenCount > measure(""))
    precondition(target > 0 && target <= maximumTokenCount)
    precondition(overlapTokenCount >= 0)
    self.maximumTokenCount = maximumTokenCount
    self.targetTokenCount = target
    self.overlapTokenCount = overlapTokenCount
    self.measure = measure
  }

  /// The number of tokens of a text, special tokens included.
  func tokenCount(of text: String) -> Int { measure(text) }

  /// Cuts the text of a document; `PictureChunker` makes chunks of its pictures.
  ///
  /// - Returns: chunks in text order. Without overlap they cover every character of the text that
  ///   is not white space exactly once; none has more than `maximumTokenCount` tokens, unless a
  ///   single character has more; none crosses a page or part.
  /// - Complexity: O(text) time, plus calls of `measure` on twice the text; O(text) memory.
  package func chunks(of document: ExtractedDocument) -> [Chunk] {
    ChunkCutter(document, chunker: self, measure: measure).cut()
  }
}
