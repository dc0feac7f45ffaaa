@testable import Generation
import Bytes
import Foundation
import Models
import Testing

@Suite struct GenerationPromptCacheTests {
  private let path = FileManager.default.temporaryDirectory
    .appending(path: "swiftrag-prompt-cache-\(UUID().uuidString)").path

  private static let prompt: [Int32] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]

  private var file: PromptCacheFile { PromptCacheFile(path: path) }

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
    #expect(file.save(cache, prompt: Self.prompt) == nil)
    return result
  }

  @Test func anotherProcessGoesOnWhereThisOneWas() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let cache = CachedSession(FakeSession())
    #expect(file.restore(into: cache, for: Self.prompt) == nil, "a missing file is not an error")
    let first = try saved()

    let session = FakeSession()
    let restored = CachedSession(session)
    #expect(file.restore(into: restored, for: Self.prompt) == nil)
    let second = try result(restored)
    #expect(second.text == first.text && second.tokens == first.tokens)
    #expect(second.stats.cachedTokenCount == Self.prompt.count - 1)

    let partial = CachedSession(FakeSession())
    let other = Array(Self.prompt.prefix(5)) + [8, 8]
    #expect(file.restore(into: partial, for: other) == nil)
    let fromPart = try result(partial, other)
    #expect(fromPart.stats.cachedTokenCount == 5)
    #expect(fromPart.tokens == (try result(CachedSession(FakeSession()), other)).tokens)

    // A file that contains the prompt is left unchanged; a file that does not is replaced.
    let before = try Data(contentsOf: URL(filePath: path))
    #expect(file.save(restored, prompt: Self.prompt) == nil)
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(file.save(partial, prompt: other) == nil)
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
      let note = file.restore(into: cache, for: Self.prompt)
      // With a damaged id the file may simply not match this prompt.
      #expect(note != nil || cache.tokenIDs.isEmpty, "damage \(index)")
      #expect(cache.tokenIDs.isEmpty && cache.session.tokenCount == 0, "damage \(index)")
    }
    try Data(broken[20]).write(to: URL(filePath: path))
    let cache = CachedSession(FakeSession())
    #expect(file.restore(into: cache, for: Self.prompt)?.contains(path) == true)
    #expect(try result(cache).tokens == expected.tokens)
    #expect(file.save(cache, prompt: Self.prompt, replaces: true) == nil)
    #expect(file.restore(into: CachedSession(FakeSession()), for: Self.prompt) == nil)
  }

  /// A path may be mistyped, down to that of the model itself.
  @Test func aFileOfAnotherKindStaysAsItIs() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    for text in ["SWRAGK", "A novel of three hundred pages.\n"] {
      try Data(text.utf8).write(to: URL(filePath: path))
      let cache = CachedSession(FakeSession())
      let note = file.restore(into: cache, for: Self.prompt)
      #expect(note?.contains("left unchanged") == true)
      _ = try result(cache)
      #expect(file.save(cache, prompt: Self.prompt, replaces: note != nil) == nil)
      #expect(try Data(contentsOf: URL(filePath: path)) == Data(text.utf8))
    }
    // An empty file may be replaced.
    try Data().write(to: URL(filePath: path))
    let cache = CachedSession(FakeSession())
    #expect(file.restore(into: cache, for: Self.prompt) == nil)
    _ = try result(cache)
    #expect(file.save(cache, prompt: Self.prompt) == nil)
    #expect(try Data(contentsOf: URL(filePath: path)).starts(with: "SWRAGKV\n".utf8))
  }

  @Test func anotherModelsFileIsNotUsed() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try saved()
    let another = FakeSession()
    another.kind = "another model"
    let cache = CachedSession(another)
    let note = file.restore(into: cache, for: Self.prompt)
    #expect(note?.contains("different model") == true && cache.tokenIDs.isEmpty)
    // The model's own state replaces it, although the ids are the same.
    _ = try result(cache)
    #expect(file.save(cache, prompt: Self.prompt) == nil)
    #expect(file.restore(into: CachedSession(another), for: Self.prompt) == nil)
    #expect(file.restore(into: CachedSession(FakeSession()), for: Self.prompt) != nil)
  }

  @Test func aFileLongerThanTheContextIsNotUsed() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try saved()
    let small = CachedSession(FakeSession(contextTokenCount: 12))
    #expect(file.restore(into: small, for: Self.prompt)?.contains("context 12") == true)
  }

  @Test func aFileThatCannotBeWrittenIsANote() throws {
    let cache = CachedSession(FakeSession())
    _ = try result(cache)
    let file = PromptCacheFile(path: "/nonexistent/folder/cache")
    #expect(file.save(cache, prompt: Self.prompt)?.contains("not written") == true)
  }
}
