internal import ArgumentParser
internal import SwiftRAG

/// The commands `swiftrag models …`.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Download, list, check and convert models.",
    discussion: """
      A models folder has the folders llm, embeddings, clip and whisper. Models in the caches of \
      Hugging Face, openai-whisper, CLIP and ollama are found as well.

        swiftrag models pull all
        swiftrag models pull smollm2-360m whisper-base
        swiftrag models pull hf:Qwen/Qwen3-4B-GGUF/Qwen3-4B-Q4_K_M.gguf
        swiftrag models ls
        swiftrag models use smollm2-360m-instruct-q8_0
        swiftrag models verify
        swiftrag models convert llama-f16.gguf --type q4_k_m --out llama-q4_k_m.gguf
        swiftrag models prepare mistral
      """,
    subcommands: [
      List.self, Pull.self, Use.self, Verify.self, Remove.self, Path.self, Convert.self,
      Prepare.self,
    ])

  /// The command `swiftrag models path NAME`.
  struct Path: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the file or folder of a model.")

    @Argument(help: "The model's name.")
    var name: String

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      Terminal.answer(
        try ModelLocator(configuration: try resolveConfiguration()).model(name))
    }
  }
}
