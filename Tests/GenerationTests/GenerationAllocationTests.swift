@testable import Generation
import Checkpoints
import Foundation
import Kernels
import Models
import Testing
import Tokenizers

/// Generating a token does not allocate: decoding, logits, sampling, text.
@Suite struct GenerationAllocationTests {
  @Test(.disabled(if: OwnProcess.isThis)) func nothingIsAllocated() throws {
    try OwnProcess.expectPassing(suite: "GenerationAllocationChecks", testCount: 1)
  }
}

/// The tests that ``GenerationAllocationTests`` runs in a separate process.
@Suite(.serialized, .enabled(if: OwnProcess.isThis)) struct GenerationAllocationChecks {
  /// The options of sampling.
  struct Choice: CustomStringConvertible, Sendable {
    let description: String
    let sampler: SamplerOptions
    var usesSpeculation = false
  }

  static let choices = [
    Choice(description: "greedy", sampler: SamplerOptions(temperature: 0)),
    Choice(
      description: "top-k, top-p, min-p, penalties",
      sampler: SamplerOptions(
        temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05, repeatPenalty: 1.1,
        presencePenalty: 0.1, frequencyPenalty: 0.1, seed: 3)),
    Choice(
      description: "typical, no top-k",
      sampler: SamplerOptions(temperature: 1, topK: 0, topP: 0.9, typicalP: 0.7, seed: 4)),
    Choice(
      description: "greedy, speculation", sampler: SamplerOptions(temperature: 0),
      usesSpeculation: true),
  ]

  private struct Golden: Decodable {
    struct Example: Decodable { let promptIDs: [Int32] }
    let examples: [Example]
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/pocket")
  /// The first tokens may allocate, because buffers grow to their size.
  private static let warmUpTokenCount = 12
  private static let tokenCount = 48

  @Test(arguments: [1, 2], choices)
  func aTokenAllocatesNothing(threadCount: Int, choice: Choice) throws {
    let path = Self.folder.appending(path: "pocket-Q4_K_M.gguf").path
    let checkpoint = try Checkpoint.open(path: path)
    let tokenizer = try LanguageTokenizer(ggufMetadata: checkpoint.metadata, source: path)
    let model = try LlamaModel(gguf: checkpoint, compute: ComputeContext(threadCount: threadCount))
    let session = try LlamaSession(model: model, contextTokenCount: 512)
    let prompt = try #require(
      try JSONDecoder().decode(
        Golden.self, from: Data(contentsOf: Self.folder.appending(path: "golden.json"))
      ).examples.first
    ).promptIDs
    // Threads of the system's libraries allocate occasionally, so a step is measured several times.
    var stepsLeft = Set(Self.warmUpTokenCount..<Self.tokenCount)
    var wasMeasured = false
    for _ in 0..<10 where !stepsLeft.isEmpty {
      guard let meter = AllocationMeter() else { return }
      let watch = StepWatch(meter)
      var loop = try GenerationLoop(
        prompt: prompt, cache: CachedSession(session),
        options: GenerationOptions(
          maxTokenCount: Self.tokenCount, sampler: choice.sampler,
          usesSpeculation: choice.usesSpeculation),
        // None, so that the text does not end.
        endOfGeneration: [], decoder: TokenTextDecoder(tokenizer: tokenizer), emit: watch.see)
      session.rewind(to: 0)
      let result = try loop.run()
      #expect(result.tokens.count == Self.tokenCount)
      stepsLeft.subtract(watch.freeSteps)
      wasMeasured = wasMeasured || watch.wasMeasured
    }
    #expect(stepsLeft.isEmpty || !wasMeasured, "steps that always allocated: \(stepsLeft.sorted())")
  }
}

/// Compares the memory in use before and after each token.
private final class StepWatch {
  private let meter: AllocationMeter
  private var isArmed = false
  private var step = 0
  private(set) var freeSteps: Set<Int> = []
  private(set) var wasMeasured = false

  init(_ meter: AllocationMeter) {
    self.meter = meter
    freeSteps.reserveCapacity(256)
  }

  func see(_ event: GenerationEvent) {
    guard case .token = event else { return }
    if isArmed {
      wasMeasured = true
      if meter.isUnchanged { freeSteps.insert(step) }
    }
    step += 1
    isArmed = meter.arm()
  }
}
