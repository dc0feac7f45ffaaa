internal import ArgumentParser
internal import Bytes
internal import Downloads
internal import SwiftRAG

extension ModelsCommand {
  /// The command `swiftrag models verify [NAME…]`.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare models with the SHA-256 that is known for them.",
      discussion: """
        The digest comes from the download or from the registry. Without one, the headers and the \
        checksums inside the file are checked. Without NAME, all models of the models folders are \
        checked.

          swiftrag models verify
          swiftrag models verify ViT-B-32.pt
        """)

    @Argument(help: "Names of models.")
    var names: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let configuration = try resolveConfiguration()
      let locator = ModelLocator(configuration: configuration)
      let verification = ModelVerification(
        registry: try ModelRegistry(
          paths: Folders.registryFiles(environment: Folders.processEnvironment)))
      let outcomes = try models(locator).flatMap { try verification.check($0) }
      if json {
        try answerJSON(outcomes)
      } else {
        for outcome in outcomes { Terminal.answer(Self.line(outcome)) }
        if outcomes.isEmpty { Terminal.note("no models\n  try: swiftrag models ls") }
      }
      if outcomes.contains(where: { $0.isRight == false || $0.problem != nil }) {
        throw CommandFailure(
          "a model is damaged or is not the one that was downloaded\n"
            + "  try: swiftrag models pull --force NAME", .invalidData)
      }
    }

    private func models(_ locator: ModelLocator) throws -> [ModelLocator.Found] {
      let all = locator.all()
      if names.isEmpty { return all.filter { $0.place == nil } }
      return try names.map { name in
        let path = try locator.model(name)
        return all.first { $0.path == path }
          ?? ModelLocator.Found(name: name, kind: "", path: path, byteCount: 0, place: nil)
      }
    }

    private static func line(_ outcome: ModelVerification.Outcome) -> String {
      let state: String
      let remark: String
      switch (outcome.problem, outcome.isRight) {
      case (let problem?, _): (state, remark) = (Style.red.apply("damaged"), problem)
      case (nil, false): (state, remark) = (Style.red.apply("wrong  "), outcome.sha256)
      case (nil, true): (state, remark) = (Style.green.apply("ok     "), outcome.sha256)
      case (nil, nil): (state, remark) = ("unknown", outcome.sha256)
      }
      let source =
        outcome.source.map { "  (\($0))" } ?? "  (no SHA-256 is known; headers are right)"
      return "\(state)  \(AnswerRenderer.shown(path: outcome.path))  \(droppingControls(remark))"
        + (outcome.problem == nil ? source : "")
    }
  }

  /// The command `swiftrag models rm NAME…`.
  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Remove models, or what an interrupted download left.",
      discussion: """
        Only models in a models folder are removed, with their prepared weights. The caches of \
        other programs are never changed.

          swiftrag models rm mistral-7b-instruct-v0.2.Q4_K_M.gguf --dry-run
        """)

    @Argument(help: "Names of models.")
    var names: [String]

    @Flag(help: "Print what would be removed.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let removal = ModelRemoval(
        locator: ModelLocator(configuration: try resolveConfiguration()))
      let plans = try names.map { try removal.plan($0) }
      for plan in plans {
        if !dryRun { try removal.remove(plan) }
        for path in plan.paths {
          Terminal.answer(
            (dryRun ? "would remove " : "removed ") + AnswerRenderer.shown(path: path))
        }
        Terminal.note("\(byteText(plan.byteCount)) \(dryRun ? "would be free" : "are free")")
      }
    }
  }

  /// The command `swiftrag models use NAME`.
  struct Use: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Choose the model of a role in config.yaml.",
      discussion: """
        The content of the model decides the role. The setting is written to ./config.yaml if there \
        is one, else to the user's file.

          swiftrag models use smollm2-360m-instruct-q8_0
          swiftrag models use ~/models/whisper/small.pt
        """)

    @Argument(help: "The name or path of a model.")
    var name: String

    @Flag(help: "Write the user's file, also where ./config.yaml exists.")
    var user = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let locator = ModelLocator(configuration: try resolveConfiguration())
      let path = try locator.model(name)
      guard let kind = ModelDescription.cached(path: path)?.role,
        let setting = ModelUse.setting(ofKind: kind)
      else {
        throw CommandFailure(
          "\(path) is not a model that swiftrag can use\n  try: swiftrag inspect \(path)",
          .invalidData)
      }
      let isName = (name == Paths.name(of: name)) && !Paths.exists(name)
      let value = isName ? name : Paths.canonical(path) ?? path
      try ConfigCommand.write(setting, value, user: user)
    }
  }
}
