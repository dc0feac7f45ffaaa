import Bytes
import Foundation
import Models
import Testing

@testable import RAG

@Suite struct GenerationPromptCacheTests {
  private let path = FileManager.default.temporaryDirectory
    .appending(path: "swiftrag-prompt-cache-\(UUID().uuidString)").path

  private static let prompt: [Int32] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]

  private func file(_ model: String = "model", session: FakeSession = FakeSession()) throws
    -> PromptCacheFile
  {
    PromptCacheFile(
      path: path,
      identity: try PromptCacheFile.identity(
        model: try SHA256Digest.of(Array(model.utf8)), session: session))
  }

  private func result(_ cache: CachedSession, _ prompt: [Int32] = prompt) throws -> GenerationResult
  {
    var loop = try GenerationLoop(
      prompt: prompt, cache: cache, options: GenerationOptions(maxTokenCount: 15),
      endOfGeneration: [], decoder: FakeDecoder.words)
    return try loop.run()
  }

  /// Writes the file of a generation and returns its result.
  private func saved() throws -> GenerationResult {
    let cache = CachedSession(FakeSession())
    let result = try result(cache)
    #expect(try file().save(cache, prompt: Self.prompt) == nil)
    return result
  }

  @Test func anotherProcessGoesOnWhereThisOneWas() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let cache = CachedSession(FakeSession())
    #expect(try file().restore(into: cache, for: Self.prompt) == nil, "no file is no problem")
    let first = try saved()

    let session = FakeSession()
    let restored = CachedSession(session)
    #expect(try file().restore(into: restored, for: Self.prompt) == nil)
    let second = try result(restored)
    #expect(second.text == first.text && second.tokens == first.tokens)
    #expect(second.stats.cachedTokenCount == Self.prompt.count - 1)

    let partial = CachedSession(FakeSession())
    let other = Array(Self.prompt.prefix(5)) + [8, 8]
    #expect(try file().restore(into: partial, for: other) == nil)
    let fromPart = try result(partial, other)
    #expect(fromPart.stats.cachedTokenCount == 5)
    #expect(fromPart.tokens == (try result(CachedSession(FakeSession()), other)).tokens)

    // A file that has the prompt is left alone, one that lacks it is replaced.
    let before = try Data(contentsOf: URL(filePath: path))
    #expect(try file().save(restored, prompt: Self.prompt) == nil)
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(try file().save(partial, prompt: other) == nil)
    #expect(try Data(contentsOf: URL(filePath: path)) != before)
  }

  @Test func aDamagedFileIsPassedOverWithANote() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let expected = try saved()
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    var broken = (0..<bytes.count).map { index in
      var copy = bytes
      copy[index] ^= 0x10
      return copy
    }
    broken += (0..<bytes.count).map { Array(bytes.prefix($0)) }
    broken.append(bytes + [0])
    for (index, copy) in broken.enumerated() {
      try Data(copy).write(to: URL(filePath: path))
      let cache = CachedSession(FakeSession())
      let note = try file().restore(into: cache, for: Self.prompt)
      // Where an id is damaged, the file may just be of no use for this prompt.
      #expect(note != nil || cache.tokenIDs.isEmpty, "damage \(index)")
      #expect(cache.tokenIDs.isEmpty && cache.session.tokenCount == 0, "damage \(index)")
    }
    try Data(broken[3]).write(to: URL(filePath: path))
    let cache = CachedSession(FakeSession())
    #expect(try file().restore(into: cache, for: Self.prompt)?.contains(path) == true)
    #expect(try result(cache).tokens == expected.tokens)
    #expect(try file().save(cache, prompt: Self.prompt) == nil)
    #expect(try file().restore(into: CachedSession(FakeSession()), for: Self.prompt) == nil)
  }

  @Test func anotherModelsFileIsNotUsed() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try saved()
    let note = try file("another").restore(into: CachedSession(FakeSession()), for: Self.prompt)
    #expect(note?.contains("another model") == true)
    let otherType = FakeSession()
    otherType.stateDescription = "fake f32"
    #expect(
      try file(session: otherType).restore(into: CachedSession(otherType), for: Self.prompt) != nil)
    let small = CachedSession(FakeSession(contextTokenCount: 12))
    #expect(try file().restore(into: small, for: Self.prompt)?.contains("context 12") == true)
  }

  @Test func aFileThatCannotBeWrittenIsANote() throws {
    let cache = CachedSession(FakeSession())
    _ = try result(cache)
    let file = PromptCacheFile(
      path: "/nonexistent/folder/cache",
      identity: try PromptCacheFile.identity(
        model: try SHA256Digest.of([1]), session: cache.session))
    #expect(file.save(cache, prompt: Self.prompt)?.contains("not written") == true)
  }
}
