internal import ArgumentParser
internal import Bytes
internal import Downloads
internal import SwiftRAG

extension ModelsCommand {
  /// The command `swiftrag models ls`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls", abstract: "List the models that were found.",
      discussion: """
        Each line has the role, the name, the size, what the files contain, the licence and the \
        path. An asterisk marks the model that its role uses, followed by the reason; the others \
        can be chosen with swiftrag models use NAME.
        """, aliases: ["list"])

    @Flag(help: "List the models that can be downloaded by name.")
    var registry = false

    @Flag(help: "Compute SHA-256, about 1 s for 2 GB.")
    var hash = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    /// A model, and for a language model its prepared files.
    private struct Row: Encodable {
      let name, kind, path: String
      let byteCount: Int
      let place: String?
      let architecture, quantization, format, license, sha256, problem: String?
      let parameterCount: Int?
      /// Why its role uses it; nil where another is used.
      let usedBecause: String?
      let prepared: [ModelLocator.Prepared]?

      /// The contents of the files in words.
      var contents: String {
        guard let architecture, let quantization else { return "not readable" }
        return "\(architecture) \(quantization)"
      }

      /// The remarks after the path.
      var remarks: String {
        var remarks: [String] = []
        if let file = prepared?.first {
          remarks.append(
            file.problem.map {
              "(prepared, but not used: \($0); swiftrag models prepare \(droppingControls(name)))"
            } ?? "(prepared)")
        }
        if let place { remarks.append("(in \(place))") }
        if let problem { remarks.append("(\(problem))") }
        if let usedBecause { remarks.append("(used: \(usedBecause))") }
        return remarks.map { "  " + $0 }.joined()
      }
    }

    func run() throws {
      common.apply()
      if registry { return try listRegistry() }
      let configuration = try resolveConfiguration()
      let locator = ModelLocator(configuration: configuration)
      let use = ModelUse(configuration: configuration, locator: locator)
      let rows = try locator.all().map { try row($0, use) }
      if json { return try answerJSON(rows) }
      for row in rows {
        let mark = row.usedBecause == nil ? "  " : "* "
        let license = row.license.map { "  " + droppingControls($0) } ?? ""
        let digest = row.sha256.map { "  sha256 \($0)" } ?? ""
        Terminal.answer(
          "\(mark)\(row.kind)  \(droppingControls(row.name))  \(byteText(row.byteCount))  "
            + "\(row.contents)\(license)\(digest)  " + AnswerRenderer.shown(path: row.path)
            + row.remarks)
      }
      for orphan in locator.orphans() {
        Terminal.note(
          "\(orphan.path) (\(byteText(orphan.byteCount))) was prepared from a model that is gone\n"
            + "  try: swiftrag models prepare --remove \(orphan.model)")
      }
      if rows.isEmpty {
        Terminal.note(
          "no models\n  try: swiftrag models ls --registry, then swiftrag models pull NAME")
      }
    }

    private func row(_ model: ModelLocator.Found, _ use: ModelUse) throws -> Row {
      let description = ModelDescription.cached(path: model.path)
      let receipt = Receipt.read(ofModelAt: model.path)
      let digest = hash ? try Self.digest(of: model) : receipt?.files.first?.sha256.hex
      return Row(
        name: model.name, kind: model.kind, path: model.path, byteCount: model.byteCount,
        place: model.place, architecture: description?.architecture,
        quantization: description?.quantization, format: description?.format,
        license: receipt?.license ?? description?.license, sha256: digest,
        problem: description?.problem, parameterCount: description?.parameterCount,
        usedBecause: use.reason(kind: model.kind, path: model.path),
        prepared: model.kind == "llm" ? ModelLocator.preparedFiles(ofModelAt: model.path) : nil)
    }

    private static func digest(of model: ModelLocator.Found) throws -> String? {
      try ModelDescription.weightPaths(at: model.path).map {
        try DigestCache.standard.digest(ofFilesAt: $0).hex
      }
    }

    // MARK: The registry

    private struct RegistryRow: Encodable {
      let name, role, title, license: String
      let aliases: [String]
      let conditions, quantization: String?
      let byteCount: Int
      let isByteCountExact: Bool
      let memoryByteCount: Int?
      let isInstalled: Bool
    }

    private func listRegistry() throws {
      let puller = try ModelPuller(configuration: try resolveConfiguration())
      let rows = try puller.registry.models.map { model in
        let plan = try puller.plans(for: [model.name]).first
        return RegistryRow(
          name: model.name, role: model.role.rawValue, title: model.title, license: model.license,
          aliases: model.aliases, conditions: model.conditions, quantization: model.quantization,
          byteCount: model.byteCount, isByteCountExact: model.isByteCountExact,
          memoryByteCount: model.memoryByteCount,
          isInstalled: plan?.isInstalled(in: puller.folder) ?? false)
      }
      if json { return try answerJSON(rows) }
      for row in rows {
        let memory = row.memoryByteCount.map { "  \(byteText($0)) of memory" } ?? ""
        Terminal.answer(
          "\(row.role)  \(row.name)  \(row.isByteCountExact ? "" : "about ")"
            + "\(byteText(row.byteCount))\(memory)  \(row.license)"
            + (row.aliases.first.map { "  (or: \($0))" } ?? "")
            + (row.isInstalled ? "  (installed)" : ""))
      }
      for set in puller.registry.bundles {
        Terminal.answer("set  \(set.name)  " + set.models.joined(separator: ", "))
      }
    }
  }
}
