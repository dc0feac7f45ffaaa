/// Several sequences of token ids, one after another without padding.
package struct TokenBatch: Sendable, Equatable {
  /// The ids of all sequences, one sequence after another.
  package private(set) var tokenIDs: [Int32] = []
  /// The start of each sequence in `tokenIDs`, and the end of the last: `sequenceCount + 1` numbers.
  package private(set) var offsets: [Int] = [0]

  package init() {}

  package var sequenceCount: Int { offsets.count - 1 }

  package mutating func append(_ sequence: some Collection<Int32>) {
    tokenIDs.append(contentsOf: sequence)
    offsets.append(tokenIDs.count)
  }

  package mutating func removeAll() {
    tokenIDs.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
  }
}
