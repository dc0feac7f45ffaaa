internal import Bytes
package import Generation

extension Runtime {
  /// The configured server: `openai_base_url`, `openai_model` and `openai_api_key`.
  ///
  /// A `config.yaml` in the current folder may come with someone else's documents. It may name a
  /// server, but a key from the environment or from the user's own file is not sent there unless
  /// the server is on this machine.
  ///
  /// - Parameters:
  ///   - model: the model's name at the server, instead of `openai_model`.
  ///   - environment: the process's environment.
  /// - Returns: the generator; nothing has been sent yet.
  /// - Throws: `OpenAIError` for an address or key that cannot be used.
  package func remoteLanguageModel(
    model: String? = nil, environment: [String: String] = Folders.processEnvironment
  ) throws(OpenAIError) -> OpenAIGenerator {
    let generator = try OpenAIGenerator(
      baseURL: settings.openAIBaseURL, model: model ?? settings.openAIModel,
      key: settings.openAIKey, environment: environment)
    let origin = configuration.origin(of: .openAIBaseURL)
    if settings.openAIKey != nil, case .file(let path) = origin,
      path != Configuration.userFile(environment: environment),
      configuration.origin(of: .openAIKey) != origin, !generator.address.isLoopback
    {
      throw .untrustedServer(url: generator.address.url, origin: path)
    }
    return generator
  }
}
