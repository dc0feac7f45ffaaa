import Bytes
import Foundation
import Kernels
import Testing

@testable import Models

/// A session gives the same bits however its tokens came into it, and refuses what it cannot take.
@Suite struct LlamaSessionTests {
  /// 60 ids that are not the same twice in a row.
  private let tokens: [Int32] = (0..<60).map { (index: Int32) -> Int32 in
    let mixed = index * 17 + index / 7
    return mixed % 44 + 4
  }

  private func session(
    _ name: String, threadCount: Int = 2, cacheType: KVCacheType = .f16, batchTokenCount: Int = 512
  ) throws -> LlamaSession {
    try LlamaGoldens.session(
      name, compute: ComputeContext(threadCount: threadCount), contextTokenCount: 64,
      cacheType: cacheType, batchTokenCount: batchTokenCount)
  }

  /// Logits of all tokens, computed in pieces of `step`.
  private func logits(_ session: LlamaSession, step: Int) throws -> [Float] {
    var result: [Float] = []
    for start in stride(from: session.tokenCount, to: tokens.count, by: step) {
      let piece = Array(tokens[start..<min(tokens.count, start + step)])
      try session.evaluate(piece, logits: .all)
      result += session.allLogits
    }
    return result
  }

  @Test(arguments: LlamaGoldens.names, KVCacheType.allCases)
  func logitsDoNotDependOnBatchesOrThreads(_ name: String, _ cacheType: KVCacheType) throws {
    let together = try logits(session(name, threadCount: 1, cacheType: cacheType), step: 60)
    for step in [1, 3, 7, 16, 64] {
      for threadCount in [1, 2] {
        let other = try logits(
          session(name, threadCount: threadCount, cacheType: cacheType), step: step)
        #expect(
          other.map(\.bitPattern) == together.map(\.bitPattern),
          "\(step) tokens at a time, \(threadCount) threads")
      }
    }
    // The session's own batches, and logits of the last token alone.
    let small = try session(name, cacheType: cacheType, batchTokenCount: 7)
    try small.evaluate(tokens)
    #expect(small.logitRowCount == 1)
    #expect(small.allLogits.map(\.bitPattern) == together.suffix(48).map(\.bitPattern))
  }

  @Test(arguments: KVCacheType.allCases) func rewindingForgets(_ cacheType: KVCacheType) throws {
    let expected = try logits(session("mistral", cacheType: cacheType), step: 60)
    let other = try session("mistral", cacheType: cacheType)
    // Another continuation first, whose keys and values then occupy the place of the right ones.
    try other.evaluate(Array(tokens[..<20]), logits: .none)
    #expect(other.logitRowCount == 0)
    try other.evaluate(Array(tokens.reversed()[..<40]))
    other.rewind(to: 20)
    #expect(other.tokenCount == 20)
    let rest = try logits(other, step: 40)
    #expect(rest.map(\.bitPattern) == expected.suffix(40 * 48).map(\.bitPattern))
  }

  @Test(arguments: KVCacheType.allCases) func stateContinuesWithTheSameBits(
    _ cacheType: KVCacheType
  ) throws {
    let first = try session("llama", cacheType: cacheType)
    try first.evaluate(tokens)
    let sink = MemorySink()
    try first.writeState(tokenCount: 37, to: sink)

    let second = try session("llama", cacheType: cacheType)
    try second.readState(from: MappedFile(bytes: sink.bytes, name: "state"))
    #expect(second.tokenCount == 37)
    try second.evaluate(Array(tokens[37...]))
    #expect(second.allLogits.map(\.bitPattern) == first.allLogits.map(\.bitPattern))
  }

  @Test func damagedAndForeignStatesAreRefused() throws {
    let first = try session("llama")
    try first.evaluate(tokens)
    let sink = MemorySink()
    try first.writeState(tokenCount: 20, to: sink)
    let other = try session("llama")
    try other.evaluate(Array(tokens[..<5]))
    let before = other.allLogits

    func reason(_ bytes: [UInt8], _ session: LlamaSession) -> String? {
      do throws(ModelError) {
        try session.readState(from: MappedFile(bytes: bytes, name: "state"))
        return nil
      } catch {
        return error.description
      }
    }
    for offset in [0, 5, 9, 41, 47, 48, 400, sink.bytes.count - 1] {
      var bytes = sink.bytes
      bytes[offset] ^= 0x40
      #expect(reason(bytes, other) != nil, "a changed byte at \(offset)")
    }
    for count in [0, 3, 8, 40, 47, 48, 100, sink.bytes.count - 1] {
      #expect(reason(Array(sink.bytes[..<count]), other) != nil, "\(count) bytes")
    }
    #expect(reason(sink.bytes + [0], other)?.contains("need") == true)
    #expect(reason(sink.bytes, try session("mistral"))?.contains("another model") == true)
    let quantised = try session("llama", cacheType: .q80)
    #expect(reason(sink.bytes, quantised)?.contains("another model") == true)
    let short = try LlamaGoldens.session("llama", contextTokenCount: 16, cacheType: .f16)
    #expect(reason(sink.bytes, short)?.contains("exceed the context of 16") == true)
    // Nothing was touched.
    #expect(other.tokenCount == 5)
    other.rewind(to: 4)
    try other.evaluate([tokens[4]])
    #expect(other.allLogits == before)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let session = try session("llama", batchTokenCount: 8)
    try session.evaluate(Array(tokens[..<10]))
    #expect(throws: ModelError.emptySequence(index: 0)) { try session.evaluate([Int32]()) }
    #expect(throws: ModelError.contextFull(tokenCount: 10, adding: 55, limit: 64)) {
      try session.evaluate([Int32](repeating: 4, count: 55))
    }
    for id: Int32 in [-1, 48, .max] {
      #expect(
        throws: ModelError.tokenOutsideVocabulary(
          id: id, sequence: 0, position: 1, vocabularyCount: 48)
      ) { try session.evaluate([4, id]) }
    }
    #expect(throws: ModelError.tooManyTokens(sequence: 0, count: 9, limit: 8)) {
      try session.evaluate([Int32](repeating: 4, count: 9), logits: .all)
    }
    #expect(session.tokenCount == 10)
    try session.evaluate([Int32](repeating: 4, count: 54))
    #expect(session.tokenCount == 64)

    let model = session.model
    for (context, batch) in [(0, 8), (1 << 22, 8), (-1, 8), (8, 0), (8, -5)] {
      #expect(throws: ModelError.self) {
        try LlamaSession(model: model, contextTokenCount: context, batchTokenCount: batch)
      }
    }
    #expect {
      try LlamaSession(model: model, contextTokenCount: 1 << 20, availableByteCount: 1_000_000)
    } throws: { error in
      guard case .notEnoughMemory(_, let needed, 1_000_000, let parts) = error as? ModelError
      else { return false }
      return needed > 1 << 28 && parts.contains("1048576 tokens")
    }
  }
}
