@testable import Generation
import Foundation
import Testing

import Models

extension Sampler {
  /// The same for an array; a macro's argument cannot contain a span.
  fileprivate mutating func sample(_ logits: [Float]) throws(SamplerError) -> SampledToken {
    try sample(logits.span)
  }
}

@Suite struct SamplingTests {
  /// A sampler with all stages off except those that a test sets.
  private func sampler(
    _ vocabularyCount: Int, _ change: (inout SamplerOptions) -> Void = { _ in }
  ) throws -> Sampler {
    var options = SamplerOptions(temperature: 1, topK: 0, topP: 1, minP: 0)
    change(&options)
    return try Sampler(options: options, vocabularyCount: vocabularyCount)
  }

  /// The ids of many draws.
  private func drawn(_ sampler: Sampler, _ logits: [Float], count: Int = 800) throws -> Set<Int32> {
    Set(try frequencies(sampler, logits, count: count).keys)
  }

  private func frequencies(
    _ start: Sampler, _ logits: [Float], count: Int
  ) throws -> [Int32: Int] {
    var sampler = start
    var counts: [Int32: Int] = [:]
    for _ in 0..<count {
      let id = try sampler.sample(logits).id
      counts[id, default: 0] += 1
      sampler.accept(id)
    }
    return counts
  }

  /// The first outputs of splitmix64.c for seed 1234567, as Vigna's page and Rosetta Code list them.
  @Test func randomBitsAreSplitMix64() {
    let random = CounterRandom(seed: 1_234_567)
    #expect(
      (0..<5).map { random.bits($0) } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
    #expect((0..<1000).allSatisfy { (0..<1).contains(random.uniform($0)) })
  }

  @Test func portableFunctionsAreCloseToTheLibrary() {
    var x = -700.0
    while x < 700 {
      #expect(abs(portableExp(x) / exp(x) - 1) < 5e-16, "exp \(x)")
      x += 0.3719
    }
    for exponent in stride(from: -1000, through: 1000, by: 3) {
      let value = Double(sign: .plus, exponent: exponent, significand: 1.37)
      #expect(abs(portableLog(value) - log(value)) <= 1e-15 * max(1, abs(log(value))))
    }
    #expect(portableExp(0) == 1 && portableExp(-.infinity) == 0 && portableExp(-1000) == 0)
    #expect(portableExp(1000) == .infinity && portableLog(1) == 0)
  }

  @Test func greedyTakesTheLargestAndTheLowestOfEqual() throws {
    var sampler = try Sampler(options: .greedy, vocabularyCount: 4)
    #expect(try sampler.sample([1, 3, 2, 3]).id == 1)
    #expect(try sampler.sample([-.infinity, -5, -.infinity, -5]).id == 1)
  }

  @Test func aSeedAndAnIndexGiveOneTokenWhateverCameBefore() throws {
    let logits = (0..<50).map { Float(($0 * 37) % 11) / 3 }
    var first = try sampler(50) { $0.seed = 7 }
    var second = first
    var ids: [Int32] = []
    for _ in 0..<40 {
      let id = try first.sample(logits).id
      ids.append(id)
      first.accept(id)
    }
    for id in ids {
      // Sampling other rows first, as with a rejected draft, changes nothing.
      _ = try second.sample((0..<50).map { Float($0) })
      #expect(try second.sample(logits).id == id)
      second.accept(id)
    }
    var other = try sampler(50) { $0.seed = 8 }
    let others = try (0..<40).map { _ in
      let id = try other.sample(logits).id
      other.accept(id)
      return id
    }
    #expect(others != ids)
    // A golden from a few lines of Python (random numbers, softmax, cumulative sum in the order of
    // ranks). These ids must not change, because a seed must always yield the same text.
    #expect(ids.prefix(8) == [27, 8, 12, 24, 49, 41, 49, 16])
  }

  @Test func frequenciesFollowTheSoftmax() throws {
    let probabilities = [0.5, 0.3, 0.15, 0.05]
    let logits = probabilities.map { Float(log($0)) }
    let counts = try frequencies(try sampler(4), logits, count: 8000)
    for (id, probability) in probabilities.enumerated() {
      let expected = probability * 8000
      // Five standard deviations of the binomial distribution; the seed is fixed anyway.
      let bound = 5 * (expected * (1 - probability)).squareRoot()
      #expect(abs(Double(counts[Int32(id)] ?? 0) - expected) < bound)
    }
    let hot = try frequencies(try sampler(4) { $0.temperature = 2 }, logits, count: 8000)
    let roots = probabilities.map { $0.squareRoot() }
    let expected = roots[3] / roots.reduce(0, +) * 8000
    #expect(abs(Double(hot[3] ?? 0) - expected) < 5 * expected.squareRoot())
  }

  @Test func stagesCutWhereTheyShould() throws {
    let probabilities = [0.05, 0.4, 0.1, 0.3, 0.15]
    let logits = probabilities.map { Float(log($0)) }
    func kept(_ change: (inout SamplerOptions) -> Void) throws -> Set<Int32> {
      try drawn(try sampler(5, change), logits)
    }
    #expect(try kept { $0.topK = 2 } == [1, 3])
    #expect(try kept { $0.topK = 1 } == [1])
    #expect(try kept { $0.topK = 99 } == [0, 1, 2, 3, 4])
    #expect(try kept { _ in } == [0, 1, 2, 3, 4])
    #expect(try kept { $0.topP = 0 } == [1])
    #expect(try kept { $0.topP = 0.69 } == [1, 3])
    #expect(try kept { $0.topP = 0.71 } == [1, 3, 4])
    #expect(try kept { $0.minP = 1 } == [1])
    #expect(try kept { $0.minP = 0.36 } == [1, 3, 4])
    // Of the three that top-k keeps, two have 0.8 of the probability.
    #expect(
      try kept {
        $0.topK = 3; $0.topP = 0.8
      } == [1, 3])
    // Entropy 1.39: information 1.20 (id 3) is nearest, then 1.90 (4), then 0.92 (1).
    #expect(try kept { $0.typicalP = 0.2 } == [3])
    #expect(try kept { $0.typicalP = 0 } == [3])
    #expect(try kept { $0.typicalP = 0.35 } == [3, 1])
  }

  @Test func equalLogitsAreRankedByID() throws {
    #expect(try drawn(try sampler(6) { $0.topK = 3 }, [1, 1, 1, 1, 1, 1]) == [0, 1, 2])
  }

  @Test func penaltiesAreThoseOfLlamaCpp() throws {
    var options = SamplerOptions.greedy
    options.repeatPenalty = 2
    var sampler = try Sampler(options: options, vocabularyCount: 3)
    sampler.observe(prompt: [0, 2])
    // 3 / 2 = 1.5 < 2, and -1 * 2 = -2.
    #expect(try sampler.sample([3, 2, -1]).id == 1)

    options = .greedy
    options.frequencyPenalty = 0.5
    options.presencePenalty = 0.25
    sampler = try Sampler(options: options, vocabularyCount: 3)
    sampler.observe(prompt: [0, 0, 1])
    // 3 - 1.25 = 1.75, 2.6 - 0.75 = 1.85, 1.8.
    #expect(try sampler.sample([3, 2.6, 1.8]).id == 1)
    sampler.accept(1)
    #expect(try sampler.sample([3, 2.6, 1.8]).id == 2)
  }

  @Test func penaltiesForgetOldTokens() throws {
    var options = SamplerOptions.greedy
    options.repeatPenalty = 10
    options.penaltyTokenCount = 2
    var sampler = try Sampler(options: options, vocabularyCount: 4)
    sampler.observe(prompt: [0, 1, 2])
    #expect(try sampler.sample([9, 8, 7, 1]).id == 0)
    sampler.accept(0)
    #expect(try sampler.sample([9, 8, 7, 1]).id == 1)
  }

  /// Penalties, biases and logits may be as large as Float32 allows.
  @Test func extremesNeverLeaveTheNumbers() throws {
    let largest = Float.greatestFiniteMagnitude
    let logits: [Float] = [largest, 3, 0, -3, -largest, -.infinity]
    for factor in [1e-30, 1, 1e30] {
      for penalty in [-1e30, 0, 1e30] {
        for stages in [false, true] {
          var sampler = try sampler(6) {
            $0.repeatPenalty = factor
            ($0.presencePenalty, $0.frequencyPenalty) = (penalty, penalty)
            $0.penaltyTokenCount = .max
            $0.logitBias = [0: largest, 1: largest, 3: -largest]
            if stages { ($0.typicalP, $0.topP, $0.minP) = (0.9, 0.9, 0.1) }
          }
          sampler.observe(prompt: [0, 1, 2, 3, 4, 1, 1, 1])
          for _ in 0..<4 {
            let token = try sampler.sample(logits)
            #expect((0..<5).contains(token.id))
            sampler.accept(token.id)
          }
        }
      }
    }
    for (name, change) in [
      ("repeat-penalty", { $0.repeatPenalty = 1e-60 }),
      ("presence-penalty", { $0.presencePenalty = -1e300 }),
      ("frequency-penalty", { $0.frequencyPenalty = 1e39 }),
    ] as [(String, (inout SamplerOptions) -> Void)] {
      #expect {
        _ = try sampler(6, change)
      } throws: { "\($0)".hasPrefix(name) }
    }
  }

  @Test func asManyAlternativesAsThereAreTokens() throws {
    var sampler = try sampler(3) { $0.logprobCount = .max }
    #expect(try sampler.sample([1, 3, 2]).alternatives.map(\.id) == [1, 2, 0])
  }

  @Test func biasAddsAndBans() throws {
    var options = SamplerOptions.greedy
    options.logitBias = [0: -.infinity, 2: 5]
    var sampler = try Sampler(options: options, vocabularyCount: 3)
    #expect(try sampler.sample([9, 3, -1]).id == 2)
    options.logitBias = [0: -.infinity, 1: -.infinity, 2: -.infinity]
    sampler = try Sampler(options: options, vocabularyCount: 3)
    #expect(throws: SamplerError.noCandidate(tokenIndex: 0, isConstrained: false)) {
      try sampler.sample([9, 3, -1])
    }
  }

  @Test func logprobsAreOfTheUntouchedSoftmax() throws {
    let logits: [Float] = [1, 2, 3, -.infinity, 2]
    var options = SamplerOptions(temperature: 0.1, logitBias: [2: -100], seed: 3, logprobCount: 3)
    options.topK = 1
    var sampler = try Sampler(options: options, vocabularyCount: 5)
    let token = try sampler.sample(logits)
    let sum = exp(1.0) + 2 * exp(2.0) + exp(3.0)
    #expect(token.id == 1)
    #expect(abs((token.logprob ?? 0) - (2 - log(sum))) < 1e-14)
    #expect(token.alternatives.map(\.id) == [2, 1, 4])
    #expect(abs(token.alternatives[0].logprob - (3 - log(sum))) < 1e-14)
    options.logprobCount = 9
    sampler = try Sampler(options: options, vocabularyCount: 5)
    #expect(try sampler.sample(logits).alternatives.map(\.id) == [2, 1, 4, 0])
  }

  @Test(arguments: [Float.nan, .infinity])
  func aBrokenLogitIsAnError(value: Float) throws {
    for temperature in [0, 1.0] {
      var sampler = try sampler(3) { $0.temperature = temperature }
      #expect {
        try sampler.sample([0, value, 1])
      } throws: { error in
        guard case .notFinite(1, _, 0) = error as? SamplerError else { return false }
        return "\(error)".contains("token 1")
      }
      let none = [Float](repeating: -.infinity, count: 3)
      #expect(throws: SamplerError.noCandidate(tokenIndex: 0, isConstrained: false)) {
        try sampler.sample(none)
      }
    }
  }

  @Test func aVocabularyOfOneToken() throws {
    for temperature in [0, 0.7] {
      var sampler = try sampler(1) {
        $0.temperature = temperature
        $0.typicalP = 0.5
        $0.topP = 0.5
        $0.logprobCount = 2
      }
      let token = try sampler.sample([-3])
      #expect(token.id == 0 && token.logprob == 0 && token.alternatives.count == 1)
    }
  }

  @Test func meaninglessOptionsAreRefused() {
    let changes: [(name: String, change: (inout SamplerOptions) -> Void)] = [
      ("temperature", { $0.temperature = -1 }), ("temperature", { $0.temperature = .nan }),
      ("top-p", { $0.topP = 1.1 }), ("min-p", { $0.minP = -0.1 }), ("typical", { $0.typicalP = 2 }),
      ("repeat-penalty", { $0.repeatPenalty = 0 }), ("top-k", { $0.topK = -1 }),
      ("repeat-last-n", { $0.penaltyTokenCount = -1 }), ("logprobs", { $0.logprobCount = -2 }),
      ("logit-bias", { $0.logitBias = [9: 1] }), ("logit-bias", { $0.logitBias = [1: .nan] }),
    ]
    for (name, change) in changes {
      var options = SamplerOptions()
      change(&options)
      #expect {
        try Sampler(options: options, vocabularyCount: 5)
      } throws: { error in
        guard case .invalidOption(name, _, _)? = error as? SamplerError else { return false }
        return true
      }
    }
  }

  @Test func ranksAreSortedHoweverFarOneLooks() {
    var seed = CounterRandom(seed: 5)
    for count in [1, 2, 3, 7, 64, 257] {
      let keys = (0..<count).map { Float(seed.bits(UInt64($0)) % 17) }
      seed = CounterRandom(seed: seed.bits(0))
      let expected = keys.indices.sorted { (keys[$0], -$0) > (keys[$1], -$1) }
      var ranked = RankedCandidates(capacity: count)
      for (id, key) in keys.enumerated() { ranked.append(id: Int32(id), key: key) }
      ranked.rank()
      #expect((0..<count).map { Int(ranked[$0].id) } == expected)
    }
  }
}
