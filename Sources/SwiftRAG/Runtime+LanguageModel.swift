package import Generation
package import RAG

extension Runtime {
  /// Opens the configured language model: `model_path`, or the first file in `models/llm`.
  ///
  /// - Parameter options: how it is loaded, and its chat template.
  /// - Returns: the model with an empty session.
  /// - Throws: ``ModelLocator/Failure`` for a missing model, and any error of reading it.
  package func languageModel(options: NativeGeneratorOptions) throws -> NativeGenerator {
    let path = try locator.languageModel(settings.modelPath)
    return try NativeGenerator.open(path: path, compute: compute, options: options)
  }

  /// The backend that `model_backend` selects.
  ///
  /// `auto` takes a language model if one is named or is in `models/llm`, and otherwise quotes. A
  /// language model is opened for the first answer.
  ///
  /// - Parameters:
  ///   - model: how a native model is loaded.
  ///   - form: how a language model is asked; nil for the form that suits its size.
  ///   - passages: which passages it is given.
  ///   - report: receives prompts, progress and notes.
  /// - Returns: the backend.
  /// - Throws: ``ModelLocator/Failure`` if a model is required and there is none; the errors of
  ///   opening the sentence encoder, which quoting needs.
  package func answerBackend(
    model: NativeGeneratorOptions = NativeGeneratorOptions(), form: PromptForm? = nil,
    passages: PromptPassages = .auto,
    report: (@Sendable (ModelBackendEvent) -> Void)? = nil
  ) throws -> any AnswerBackend {
    switch settings.backend {
    case .quote: break
    case .openAI:
      let generator = try remoteLanguageModel()
      return ModelBackend(
        name: generator.name, options: answerOptions, form: form, passages: passages,
        report: report
      ) {
        generator
      }
    case .auto, .native:
      if let backend = try nativeBackend(
        model: model, form: form, passages: passages, report: report)
      {
        return backend
      }
    }
    return ExtractiveBackend(encoder: try sentenceEncoder())
  }

  /// The backend of a model in this process; nil where `auto` finds none.
  private func nativeBackend(
    model: NativeGeneratorOptions, form: PromptForm?, passages: PromptPassages,
    report: (@Sendable (ModelBackendEvent) -> Void)?
  ) throws -> ModelBackend? {
    let path: String
    do {
      path = try locator.languageModel(settings.modelPath)
    } catch {
      if case .noLanguageModel = error, settings.backend == .auto { return nil }
      throw error
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return ModelBackend(
      name: name, options: answerOptions, form: form, passages: passages, report: report
    ) { [self] in
      report?(.note("loading \(name)"))
      let generator = try languageModel(options: model)
      for note in generator.loadingNotes { report?(.note(note)) }
      return generator
    }
  }

  /// The options of generated answers: `max_tokens`, `temperature`, and a fixed seed, so that the same
  /// question gets the same answer.
  private var answerOptions: GenerationOptions {
    var sampler = SamplerOptions()
    sampler.temperature = settings.temperature
    sampler.seed = 0
    return GenerationOptions(maxTokenCount: settings.maxTokens, sampler: sampler)
  }
}
