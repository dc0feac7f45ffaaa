internal import Bytes
package import Downloads

/// Downloads models into the models folder: the registry, the hub and the installer of one command.
package struct ModelPuller: Sendable {
  /// The models that have names.
  package let registry: ModelRegistry
  /// The models folder.
  package let folder: String
  private let hub: Hub
  private let options: TransferOptions
  private let offlineVariable: String?
  private let hasCurl: Bool

  /// Reads the registry and the environment; nothing is sent.
  ///
  /// - Parameters:
  ///   - configuration: its `models_dir` is the folder, if it is set.
  ///   - environment: `HF_ENDPOINT`, `HF_TOKEN`, the variables that forbid the network.
  ///   - isCancelled: ends downloads.
  /// - Throws: `DownloadError`.
  package init(
    configuration: Configuration, environment: [String: String] = Folders.processEnvironment,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(DownloadError) {
    registry = try ModelRegistry(paths: Folders.registryFiles(environment: environment))
    folder = Folders.installation(
      configured: configuration.settings.modelsFolder, environment: environment)
    hub = try Hub(environment: environment)
    let curl = ChildProcess.find("curl")
    hasCurl = curl != nil
    var options = TransferOptions(curlPath: curl ?? "curl", token: hub.token)
    options.isCancelled = isCancelled
    self.options = options
    offlineVariable = WebAddress.offlineVariable(in: environment)
  }

  /// Fails where an environment variable forbids the network, or the program curl is missing.
  ///
  /// - Throws: `DownloadError.offline` and `.curl`.
  package func requireNetwork() throws(DownloadError) {
    if let offlineVariable { throw .offline(variable: offlineVariable) }
    if !hasCurl { throw .curl(reason: "it is not on PATH") }
  }

  /// Resolves the arguments of `models pull`.
  ///
  /// - Parameters:
  ///   - names: models and sets of the registry, repositories and files of the hub, addresses.
  ///   - role: the role of models outside the registry; nil lets their content decide.
  /// - Returns: a plan for each model, each once.
  /// - Throws: `DownloadError`, also where a repository has to be listed and the network is forbidden.
  package func plans(
    for names: [String], role: ModelRole? = nil
  ) throws(DownloadError) -> [InstallPlan] {
    var plans: [InstallPlan] = []
    for name in names {
      let request = try PullRequest(name, registry: registry, hub: hub)
      if case .hub(let reference) = request, reference.path == nil { try requireNetwork() }
      let new = try request.plans(hub: hub, options: options, role: role, staging: folder)
      for plan in new where !plans.contains(where: { $0.name == plan.name }) { plans.append(plan) }
    }
    return plans
  }

  /// The bytes that are still to be downloaded.
  ///
  /// - Parameters:
  ///   - plans: the models.
  ///   - replaces: whether models that are there are downloaded again.
  /// - Returns: the sum; files whose size is not known count as nothing.
  package func byteCountNeeded(for plans: [InstallPlan], replaces: Bool) -> Int {
    plans.filter { replaces || !$0.isInstalled(in: folder) }.reduce(0) { sum, plan in
      sum + max(0, plan.expectedByteCount - plan.keptByteCount(in: folder))
    }
  }

  /// Downloads a model unless it is there.
  ///
  /// - Parameters:
  ///   - plan: the model.
  ///   - replaces: whether a model of that name is replaced.
  ///   - report: receives the progress.
  /// - Returns: where it is.
  /// - Throws: `DownloadError`.
  package func install(
    _ plan: InstallPlan, replaces: Bool,
    report: @escaping @Sendable (ModelInstaller.Event) -> Void
  ) throws(DownloadError) -> ModelInstaller.Installed {
    try requireNetwork()
    return try ModelInstaller(
      folder: folder, options: options, identify: Self.role, report: report
    ).install(plan, replaces: replaces)
  }

  /// The role of a model by its content.
  private static func role(of path: String) throws(ModelInstaller.NotAModel) -> ModelRole {
    let description: ModelDescription
    do { description = try ModelDescription(path: path) } catch { throw .init(reason: "\(error)") }
    guard let role = description.role.flatMap({ ModelRole(rawValue: $0) }) else {
      throw .init(reason: description.problem ?? "it fills no role")
    }
    return role
  }
}
