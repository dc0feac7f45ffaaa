package import Generation
internal import RAG

extension KnowledgeBase {
  /// The configured server: `openai_base_url`, `openai_model` and `openai_api_key`.
  ///
  /// A `config.yaml` of the current folder may come with someone else's documents. Such a file may
  /// name a server, but a key of the environment or the user's own file does not go to it unless it is
  /// on this machine.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - model: the model's name at the server, instead of `openai_model`.
  ///   - environment: the process's environment.
  /// - Returns: the generator.
  /// - Throws: `OpenAIError` for an address or key that cannot be used; nothing is sent yet.
  package static func loadRemoteGenerator(
    configuration: Configuration, model: String? = nil,
    environment: [String: String] = Folders.processEnvironment
  ) throws(OpenAIError) -> OpenAIGenerator {
    let generator = try OpenAIGenerator(
      baseURL: configuration.text(.openAIBaseURL) ?? "",
      model: model ?? configuration.text(.openAIModel) ?? "", key: configuration.text(.openAIKey),
      environment: environment)
    if let key = configuration.values[.openAIKey],
      let origin = configuration.values[.openAIBaseURL]?.origin, case .file(let path) = origin,
      path != Configuration.userFile(environment: environment), key.origin != origin,
      !generator.address.isLoopback
    {
      throw .untrustedServer(url: generator.address.url, origin: path)
    }
    return generator
  }
}
