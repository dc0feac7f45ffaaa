import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

@Suite struct TextEmbedderTests {
  private func tinyEmbedder(_ path: KernelBackend = .simd, threads: Int = 2) throws -> TextEmbedder
  {
    let directory = Assets.fixtures.appending(path: "tiny").path()
    return TextEmbedder(
      try BERTModel(directory: directory, compute: ComputeContext(path: path, threadCount: threads))
    )
  }

  /// Deterministic ids within the tiny vocabulary, and lengths 1 to 20.
  private let sequences: [[Int32]] = (0..<97).map { (index: Int) -> [Int32] in
    let length: Int = 1 + index * 7 % 20
    return (0..<length).map { (position: Int) -> Int32 in
      Int32((position * 31 + index * 17) % 90)
    }
  }

  @Test(arguments: [KernelBackend.reference, .simd])
  func bitsDoNotDependOnBatchOrThreads(_ path: KernelBackend) throws {
    let expected = try tinyEmbedder(path, threads: 1).embed(tokenIDs: sequences)
    #expect(expected.count == sequences.count * 32)
    let embedder = try tinyEmbedder(path, threads: 2)
    #expect(try embedder.embed(tokenIDs: sequences) == expected)
    for (index, sequence) in sequences.enumerated() {
      let alone = try embedder.embed(tokenIDs: [sequence])
      #expect(alone[...] == expected[index * 32..<index * 32 + 32], "sequence \(index)")
    }
    let reversed = try embedder.embed(tokenIDs: sequences.reversed())
    for index in sequences.indices {
      let place = (sequences.count - 1 - index) * 32
      #expect(reversed[place..<place + 32] == expected[index * 32..<index * 32 + 32])
    }
  }

  /// The same on the sizes and the integer kernels of the real model.
  @Test func bundledModelIsIndependentOfBatchAndThreads() throws {
    let checkpoint = try Checkpoint.open(path: Assets.bundledModel)
    let one = TextEmbedder(
      try BERTModel(gguf: checkpoint, compute: ComputeContext(path: .simd, threadCount: 1)))
    let two = TextEmbedder(
      try BERTModel(gguf: checkpoint, compute: ComputeContext(path: .simd, threadCount: 2)))
    let texts: [[Int32]] = [3, 17, 1, 40, 8].map { (length: Int32) -> [Int32] in
      (0..<length).map { (position: Int32) -> Int32 in 1000 + position * 97 + length }
    }
    let expected = try one.embed(tokenIDs: texts)
    #expect(try two.embed(tokenIDs: texts) == expected)
    for (index, text) in texts.enumerated() {
      #expect(try two.embed(tokenIDs: [text])[...] == expected[index * 384..<(index + 1) * 384])
    }
  }

  @Test func embeddingsHaveUnitLength() throws {
    let embedder = try tinyEmbedder()
    let embeddings = try embedder.embed(tokenIDs: sequences)
    for index in sequences.indices {
      let row = embeddings[index * 32..<index * 32 + 32]
      let length = row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(length - 1) < 1e-6)
    }
    #expect(try embedder.embed(tokenIDs: []).isEmpty)
  }

  @Test func inputsThatDoNotFitAreRefused() throws {
    let embedder = try tinyEmbedder()
    #expect(embedder.maximumTokenCount == 20)
    #expect(throws: ModelError.emptySequence(index: 1)) {
      try embedder.embed(tokenIDs: [[1], []])
    }
    #expect(throws: ModelError.tooManyTokens(sequence: 0, count: 21, limit: 20)) {
      try embedder.embed(tokenIDs: [Array(repeating: 1, count: 21)])
    }
    let vocab = embedder.model.config.vocab
    for id in [Int32(vocab), -1, .max, .min] {
      let error = ModelError.tokenOutsideVocabulary(
        id: id, sequence: 0, position: 1, vocabularyCount: vocab)
      #expect(throws: error) { try embedder.embed(tokenIDs: [[1, id]]) }
    }
  }

  @Test func severalThreadsTakeTurns() async throws {
    let embedder = try tinyEmbedder()
    let sequences = self.sequences
    let expected = try embedder.embed(tokenIDs: sequences)
    await withTaskGroup(of: [Float]?.self) { group in
      for _ in 0..<4 {
        group.addTask { try? embedder.embed(tokenIDs: sequences) }
      }
      for await result in group { #expect(result == expected) }
    }
  }
}
