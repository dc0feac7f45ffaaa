internal import Bytes
package import Generation
internal import Kernels
internal import Models
package import RAG

extension KnowledgeBase {
  /// Opens the configured language model: `model_path`, or the first file in `models/llm`.
  ///
  /// - Throws: ``ModelLocator/Failure`` when there is none; what the file's readers throw.
  package static func loadGenerator(
    configuration: Configuration, options: NativeGeneratorOptions
  ) throws -> NativeGenerator {
    let threads = configuration.integer(.threads)
    let kernels = configuration.text(.kernels).flatMap(KernelBackend.init(rawValue:)) ?? .simd
    let path = try ModelLocator(configuration: configuration)
      .languageModel(configuration.text(.modelPath))
    return try NativeGenerator.open(
      path: path,
      compute: ComputeContext(path: kernels, threadCount: threads == 0 ? nil : threads),
      options: options)
  }
}

extension KnowledgeBase {
  /// The backend that `model_backend` asks for, or nil where passages are quoted.
  ///
  /// `auto` takes a language model when one is named or lies in `models/llm`. The model is opened at
  /// the first answer.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - model: context, cache and template of a native model.
  ///   - options: how answers are generated; by default greedy enough for facts, from `max_tokens`
  ///     and `temperature`.
  ///   - report: told of prompts, progress and notes.
  /// - Returns: the backend, or nil.
  /// - Throws: ``ModelLocator/Failure`` when a model is demanded and there is none.
  package static func modelBackend(
    configuration: Configuration, model: NativeGeneratorOptions = NativeGeneratorOptions(),
    options: GenerationOptions? = nil,
    report: (@Sendable (ModelBackendEvent) -> Void)? = nil
  ) throws -> ModelBackend? {
    let wanted = configuration.text(.modelBackend) ?? "auto"
    let options = options ?? generationOptions(configuration: configuration)
    switch wanted {
    case "quote": return nil
    case "openai":
      let generator = try loadRemoteGenerator(configuration: configuration)
      return ModelBackend(name: generator.name, options: options, report: report) { generator }
    default:
      let path: String
      do {
        path = try ModelLocator(configuration: configuration)
          .languageModel(configuration.text(.modelPath))
      } catch {
        if case .noLanguageModel = error, wanted == "auto" { return nil }
        throw error
      }
      let name = Paths.name(of: path)
      return ModelBackend(name: name, options: options, report: report) {
        report?(.note("loading \(name)"))
        let generator = try loadGenerator(configuration: configuration, options: model)
        for note in generator.loadingNotes { report?(.note(note)) }
        return generator
      }
    }
  }

  /// How answers are generated unless flags say otherwise.
  package static func generationOptions(configuration: Configuration) -> GenerationOptions {
    var sampler = SamplerOptions()
    sampler.temperature = configuration.text(.temperature).flatMap(Double.init) ?? 0.2
    // The same question gets the same answer.
    sampler.seed = 0
    return GenerationOptions(
      maxTokenCount: configuration.integer(.maxTokens), sampler: sampler)
  }
}
