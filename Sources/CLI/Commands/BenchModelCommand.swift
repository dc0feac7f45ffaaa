internal import Bytes
internal import Evaluation
internal import ArgumentParser
internal import Foundation
internal import Models
internal import RAG

extension BenchCommand {
  /// The command `swiftrag bench model`.
  struct Model: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a GGUF file of random weights in a published model's shape.",
      discussion: """
        The file has the tensor names, order, keys and types of the published model, so it can \
        be used to measure speed and to compare two programs; the text that it generates is \
        noise. The same seed gives the same bytes.

          swiftrag bench model --size full --type q4_k_m --out mistral.gguf
          swiftrag bench model --arch phi3 --type f32 --seed 7 --out phi3-tiny.gguf
        """)

    @Option(
      help:
        "llama2, codellama, mistral, phi3, qwen2.5-1.5b, qwen2.5-7b, qwen3-4b, gemma3-1b, gemma3-4b."
    )
    var arch: SyntheticArchitecture = .mistral

    @Option(help: "tiny (a few million weights) or full (the published shapes, several GB).")
    var size: SyntheticSize = .tiny

    @Option(help: "f32, f16, bf16, q4_0, q8_0, q4_k_m, q5_k_m or q6_k.")
    var type: ConversionRecipe = .q4KM

    @Option(help: "Seed of the random weights.")
    var seed: UInt64 = 0

    @Option(name: [.customShort("o"), .long], help: "The file to write.", completion: .file())
    var out: String

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      try requireCreatable(out)
      let clock = ContinuousClock()
      let start = clock.now
      let model = SyntheticModel(architecture: arch, size: size, recipe: type, seed: seed)
      try model.write(to: out)
      Terminal.note(
        String(
          format: "%@: %@ of weights in %.1f s", out, byteText(model.tensorByteCount),
          (clock.now - start).inSeconds))
    }
  }
}

extension SyntheticArchitecture: ExpressibleByArgument {}
extension SyntheticSize: ExpressibleByArgument {}
