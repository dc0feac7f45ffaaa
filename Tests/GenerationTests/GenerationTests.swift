@testable import Generation
import Bytes
import Foundation
import Models
import Testing

@Suite struct GenerationTests {
  private static let prompt: [Int32] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4]

  private func generate(
    _ options: GenerationOptions, prompt: [Int32] = prompt,
    cache: CachedSession = CachedSession(FakeSession()), endOfGeneration: Set<Int32> = [],
    decoder: FakeDecoder = .words, constraint: (any TokenConstraint)? = nil,
    emit: @escaping (GenerationEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws -> GenerationResult {
    var loop = try GenerationLoop(
      prompt: prompt, cache: cache, options: options, endOfGeneration: endOfGeneration,
      decoder: decoder, constraint: constraint, emit: emit, shouldStop: shouldStop)
    return try loop.run()
  }

  /// The parts of a result that must not depend on how it was computed.
  private func content(_ result: GenerationResult) -> GenerationResult {
    var result = result
    result.stats = GenerationStats()
    return result
  }

  private static let samplers: [SamplerOptions] = {
    var penalised = SamplerOptions(temperature: 0.7, seed: 4, logprobCount: 2)
    penalised.repeatPenalty = 1.3
    penalised.frequencyPenalty = 0.2
    penalised.penaltyTokenCount = 12
    return [
      SamplerOptions(temperature: 0, logprobCount: 3),
      SamplerOptions(temperature: 0.3, seed: 1, logprobCount: 0),
      SamplerOptions(temperature: 1.2, topK: 0, topP: 1, minP: 0, typicalP: 0.9, seed: 2),
      penalised,
    ]
  }()

  @Test(arguments: samplers)
  func speculationNeverChangesTheOutput(sampler: SamplerOptions) throws {
    for stops in [[], ["w30"]] {
      var options = GenerationOptions(maxTokenCount: 300, sampler: sampler, stops: stops)
      let fast = FakeSession()
      let speculated = try generate(options, cache: CachedSession(fast), endOfGeneration: [39])
      options.usesSpeculation = false
      let slow = FakeSession()
      let plain = try generate(options, cache: CachedSession(slow), endOfGeneration: [39])
      #expect(content(speculated) == content(plain))
      #expect(plain.stats.draftedTokenCount == 0)
      if sampler.temperature == 0, stops.isEmpty, plain.tokens.count > 100 {
        // The purpose: fewer evaluations for the same text.
        #expect(fast.evaluationCount < slow.evaluationCount)
        #expect(speculated.stats.acceptedTokenCount > 10)
      }
    }
  }

  @Test func aRepetitiveTextIsSpeculatedWell() throws {
    let session = FakeSession()
    session.lean = 9
    let result = try generate(
      GenerationOptions(maxTokenCount: 200, sampler: .greedy), cache: CachedSession(session))
    #expect(result.tokens.count == 200)
    #expect(session.evaluationCount < 80)
  }

  @Test func speculationGoesWithAGrammar() throws {
    let schema = #"{"type":"array","items":{"enum":["alpha","beta"]},"minItems":12,"maxItems":20}"#
    let grammar = try JSONSchemaCompiler.compile(Array(schema.utf8))
    let trie = VocabularyTrie(tokenBytes: (0..<128).map { [UInt8($0)] } + [[]])
    var results: [GenerationResult] = []
    for usesSpeculation in [true, false] {
      let constraint = GrammarConstraint(grammar: grammar, vocabulary: trie, endOfGeneration: [128])
      results.append(
        try generate(
          GenerationOptions(
            maxTokenCount: nil, sampler: SamplerOptions(temperature: 0.9, seed: 6),
            usesSpeculation: usesSpeculation),
          cache: CachedSession(FakeSession(vocabularyCount: 129)), endOfGeneration: [128],
          decoder: .characters, constraint: constraint))
    }
    #expect(content(results[0]) == content(results[1]))
    #expect(results[0].finish == .stop && !results[0].isIncomplete)
    #expect(results[0].stats.acceptedTokenCount > 0)
    guard case .array(let items) = try JSONValue.parse(Array(results[0].text.utf8)) else {
      Issue.record("no array: \(results[0].text)")
      return
    }
    #expect((12...20).contains(items.count))
    let constraint = GrammarConstraint(grammar: grammar, vocabulary: trie, endOfGeneration: [128])
    let cut = try generate(
      GenerationOptions(maxTokenCount: 10), cache: CachedSession(FakeSession(vocabularyCount: 129)),
      decoder: .characters, constraint: constraint)
    #expect(cut.finish == .length && cut.isIncomplete)
  }

  @Test func aSharedPrefixIsNotComputedAgain() throws {
    let options = GenerationOptions(
      maxTokenCount: 30, sampler: SamplerOptions(seed: 9, logprobCount: 1))
    let cache = CachedSession(FakeSession())
    let first = try generate(options, cache: cache)
    #expect(first.stats.cachedTokenCount == 0)
    let again = try generate(options, cache: cache)
    #expect(content(again) == content(first))
    #expect(again.stats.cachedTokenCount == Self.prompt.count - 1)
    // A conversation: the next prompt contains the last answer.
    let next = Self.prompt + first.tokens.map(\.id) + [7, 7, 1]
    let continued = try generate(options, prompt: next, cache: cache)
    #expect(continued.stats.cachedTokenCount >= next.count - 4)
    #expect(content(continued) == content(try generate(options, prompt: next)))
    let other = try generate(options, prompt: Array(Self.prompt.prefix(6)) + [0, 0], cache: cache)
    #expect(other.stats.cachedTokenCount == 6)
    #expect(
      content(other)
        == content(try generate(options, prompt: Array(Self.prompt.prefix(6)) + [0, 0])))
  }

  @Test func aLongPromptIsReadInPieces() throws {
    let prompt = (0..<1300).map { Int32($0 * 7 % 40) }
    let options = GenerationOptions(maxTokenCount: 5, sampler: .greedy)
    var progress: [Int] = []
    let session = FakeSession(contextTokenCount: 2000)
    _ = try generate(
      options, prompt: prompt, cache: CachedSession(session),
      emit: { if case .prefill(let count, _) = $0 { progress.append(count) } })
    #expect(progress == [0, 512, 1024, 1300])
    // Ctrl-C while the prompt is read.
    var calls = 0
    let stopped = try generate(
      options, prompt: prompt, cache: CachedSession(FakeSession(contextTokenCount: 2000)),
      shouldStop: {
        calls += 1
        return calls > 1
      })
    #expect(stopped.finish == .cancelled && stopped.tokens.isEmpty)
  }

  @Test func everyEndHasItsReason() throws {
    let greedy = GenerationOptions(maxTokenCount: 12, sampler: .greedy)
    let byLength = try generate(greedy)
    #expect(byLength.finish == .length && byLength.tokens.count == 12)
    #expect(byLength.stats.generatedTokenCount == 12 && byLength.stats.promptTokenCount == 20)
    #expect((byLength.stats.peakResidentByteCount ?? 0) > 1 << 20)

    let end = byLength.tokens[5].id
    let count = byLength.tokens.prefix { $0.id != end }.count
    let byEnd = try generate(greedy, endOfGeneration: [end])
    #expect(byEnd.finish == .stop && byEnd.tokens.count == count + 1 && byEnd.stop == nil)
    #expect(
      byEnd.text
        == byLength.tokens.prefix(count).map { FakeDecoder.words.texts[Int($0.id)] }.joined())

    var unlimited = greedy
    unlimited.maxTokenCount = nil
    for usesSpeculation in [true, false] {
      unlimited.usesSpeculation = usesSpeculation
      let full = try generate(
        unlimited, cache: CachedSession(FakeSession(contextTokenCount: 50)))
      // The context holds 50; the last token was chosen from the logits of the 50th.
      #expect(full.finish == .contextFull && full.tokens.count == 31)
    }
    let none = try generate(GenerationOptions(maxTokenCount: 0))
    #expect(none.finish == .length && none.tokens.isEmpty && none.stats.secondsToFirstToken == nil)

    var emitted = ""
    var tokenCount = 0
    let cancelled = try generate(
      greedy,
      emit: { event in
        if case .text(let text) = event { emitted += text }
        if case .token = event { tokenCount += 1 }
      }, shouldStop: { tokenCount >= 4 })
    #expect(cancelled.finish == .cancelled && cancelled.tokens == Array(byLength.tokens.prefix(4)))
    #expect(emitted == cancelled.text && !emitted.isEmpty)
  }

  @Test func aPromptThatDoesNotFitIsRefusedAtOnce() throws {
    let session = FakeSession(contextTokenCount: 20)
    #expect {
      try generate(GenerationOptions(), cache: CachedSession(session))
    } throws: { error in
      error as? GenerationError == .promptTooLong(tokenCount: 20, contextTokenCount: 20)
        && "\(error)".contains("20 tokens") && "\(error)".contains("-c")
    }
    #expect(session.evaluationCount == 0)
    #expect(throws: GenerationError.emptyPrompt) { try generate(GenerationOptions(), prompt: []) }
    #expect(throws: GenerationError.emptyStop) {
      try generate(GenerationOptions(stops: ["a", ""]))
    }
    #expect(throws: GenerationError.self) {
      try generate(GenerationOptions(sampler: SamplerOptions(topP: 3)))
    }
    #expect {
      try generate(GenerationOptions(), prompt: [1, 99])
    } throws: { error in
      guard case .model(.tokenOutsideVocabulary)? = error as? GenerationError else { return false }
      return true
    }
  }

  @Test func stopStringsAreFoundAcrossTokensAndNeverEmitted() throws {
    let greedy = GenerationOptions(maxTokenCount: 60, sampler: .greedy)
    let whole = try generate(greedy).text
    // Six bytes from the middle span several tokens.
    let middle = whole.index(whole.startIndex, offsetBy: 20)
    let stop = String(whole[middle...].prefix(6))
    var options = greedy
    options.stops = ["never", stop]
    var emitted = ""
    let result = try generate(options, emit: { if case .text(let text) = $0 { emitted += text } })
    #expect(result.finish == .stop && result.stop == stop)
    #expect(result.text == String(whole[..<whole.range(of: stop)!.lowerBound]))
    #expect(emitted == result.text)
  }

  @Test func piecesMakeNoDifferenceToStops() {
    let cases: [(stops: [String], text: String, expected: String, matched: String?)] = [
      (["abcd", "bc"], "xabcdy", "xa", "bc"), (["aab"], "aaaab", "aa", "aab"),
      (["é!", "ééé"], "aéé!", "aé", "é!"), (["\n\n"], "one\ntwo\n", "one\ntwo\n", nil),
      (["xyz"], "xyxyxy", "xyxyxy", nil), (["b", "ab"], "zab", "z", "ab"), ([], "any", "any", nil),
    ]
    for (stops, text, expected, matched) in cases {
      for pieceCount in 1...text.unicodeScalars.count {
        var matcher = StopMatcher(stops)
        var result = ""
        var piece = String.UnicodeScalarView()
        for (index, scalar) in text.unicodeScalars.enumerated() {
          piece.append(scalar)
          if index % pieceCount == pieceCount - 1 {
            result += matcher.append(String(piece))
            piece.removeAll()
          }
        }
        result += matcher.append(String(piece))
        if matcher.matched == nil { result += matcher.finish() }
        #expect(result == expected && matcher.matched == matched, "\(stops) in \(text)")
      }
    }
  }

  @Test func draftsContinueTheLatestMatch() {
    func draft(_ history: [Int32], _ limit: Int = 10) -> [Int32] {
      var draft: [Int32] = [99]
      PromptLookup.draft(after: history, limit: limit, into: &draft)
      return draft
    }
    #expect(draft([1, 2, 3, 4, 5, 6, 1, 2, 3]) == [4, 5, 6, 1, 2, 3, 4, 5, 6, 1])
    #expect(draft([1, 2, 3, 4, 9, 1, 2, 3, 7, 8, 1, 2, 3], 2) == [7, 8])
    // After a match of two tokens at most four are drafted, after a match of one at most two.
    #expect(draft([1, 2, 5, 6, 7, 8, 9, 0, 1, 2]) == [5, 6, 7, 8])
    #expect(draft([2, 5, 6, 7, 8, 2]) == [5, 6])
    #expect(draft([7, 7, 7, 7]) == [Int32](repeating: 7, count: 10))
    #expect(draft([1, 2, 3]) == [] && draft([1]) == [] && draft([]) == [])
  }

  @Test func draftsGetShorterWhenTheyAreWrong() {
    var length = DraftLength()
    #expect(length.next() == 4)
    length.record(drafted: 4, accepted: 4)
    #expect(length.next() == 6)
    for _ in 0..<9 { length.record(drafted: 6, accepted: 6) }
    #expect(length.next() == PromptLookup.maximumTokenCount)
    for _ in 0..<4 { length.record(drafted: 4, accepted: 0) }
    #expect((0..<16).map { _ in length.next() } == [Int](repeating: 0, count: 16))
    #expect(length.next() == 2)
  }
}
