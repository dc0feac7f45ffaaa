internal import ArgumentParser
internal import Bytes
internal import Downloads
internal import SwiftRAG

extension ModelRole: ExpressibleByArgument {}

extension ModelsCommand {
  /// The command `swiftrag models pull NAME…`.
  struct Pull: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Download models.",
      discussion: """
        NAME is a model or a set of swiftrag models ls --registry, a repository of Hugging Face \
        (hf:OWNER/NAME), a file in one, or an https address. Every file is checked by size and \
        SHA-256 before the model appears; an interrupted download continues. HF_ENDPOINT names a \
        mirror, HF_TOKEN is sent to the hub only. HF_HUB_OFFLINE=1, TRANSFORMERS_OFFLINE=1 and \
        SWIFTRAG_OFFLINE=1 forbid downloads.

          swiftrag models pull all --dry-run
          swiftrag models pull mistral
          swiftrag models pull minilm clip whisper-small
          swiftrag models pull hf:openai/whisper-tiny
          swiftrag models pull mistral --models backend/models
        """)

    @Argument(help: "Models to download.")
    var names: [String]

    @Flag(help: "Print what would be downloaded, and where to.")
    var dryRun = false

    @Flag(help: "Replace models that are there.")
    var force = false

    @Option(help: "The role of a model outside the registry: llm, embeddings, clip or whisper.")
    var role: ModelRole?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    private struct Row: Encodable {
      let name: String
      let role, path, license: String?
      let byteCount: Int
      let isInstalled: Bool
      var sha256: [String: String]?
    }

    func run() throws {
      common.apply()
      let puller = try ModelPuller(
        configuration: try resolveConfiguration(), isCancelled: { Interrupts.isRequested })
      if !dryRun { try puller.requireNetwork() }
      // A stopped download reports what it keeps.
      Interrupts.allow(graceMicroseconds: 2_000_000)
      let plans = try puller.plans(for: names, role: role)
      let needed = puller.byteCountNeeded(for: plans, replaces: force)
      describe(plans, puller, needed: needed)
      if dryRun {
        if let free = FreeSpace.byteCount(at: puller.folder), free < needed {
          Terminal.note("the disk has only \(byteText(free)) left")
        }
        if json { try answerJSON(plans.map { row($0, puller) }) }
        return
      }
      try FreeSpace.check(needed, at: puller.folder)
      var rows: [Row] = []
      for plan in plans { rows.append(try install(plan, puller)) }
      if json { return try answerJSON(rows) }
      suggest(rows)
    }

    private func row(_ plan: InstallPlan, _ puller: ModelPuller) -> Row {
      Row(
        name: plan.name, role: plan.role?.rawValue, path: plan.target(in: puller.folder),
        license: plan.license, byteCount: plan.expectedByteCount,
        isInstalled: plan.isInstalled(in: puller.folder))
    }

    /// Says what a pull costs, before it begins.
    private func describe(_ plans: [InstallPlan], _ puller: ModelPuller, needed: Int) {
      for plan in plans where !json || !dryRun {
        let place =
          plan.installedPath(in: puller.folder) ?? plan.target(in: puller.folder) ?? puller.folder
        let size =
          plan.expectedByteCount == 0
          ? "size not known"
          : (plan.isByteCountExact ? "" : "about ") + byteText(plan.expectedByteCount)
        let model = puller.registry[plan.name]
        let memory = model?.memoryByteCount.map { ", \(byteText($0)) of memory" } ?? ""
        let license = plan.license.map { ", \($0)" } ?? ""
        let state = plan.isInstalled(in: puller.folder) ? " (installed)" : ""
        let line =
          "\(plan.name): \(size)\(memory)\(license) -> \(AnswerRenderer.shown(path: place))\(state)"
        if dryRun { Terminal.answer(line) } else { Terminal.note(line) }
        if let conditions = model?.conditions { Terminal.note("  conditions: \(conditions)") }
      }
      Terminal.note("to download: \(byteText(needed))")
    }

    private func install(_ plan: InstallPlan, _ puller: ModelPuller) throws -> Row {
      let bar = ProgressBar(
        plan.name, unit: "MB", total: max(1, plan.expectedByteCount / 1_000_000),
        doneBefore: plan.keptByteCount(in: puller.folder) / 1_000_000)
      defer { bar.finish() }
      let installed = try puller.install(plan, replaces: force) { event in
        switch event {
        case .waiting:
          Terminal.note("another process downloads \(plan.name); waiting for it")
        case .progress(let byteCount, let total):
          bar.update(done: byteCount / 1_000_000, total: max(1, total / 1_000_000))
        }
      }
      bar.finish()
      if !json {
        Terminal.answer(
          AnswerRenderer.shown(path: installed.path)
            + (installed.files.isEmpty ? "  (was there)" : ""))
        noteRecorded(installed.files)
      }
      return Row(
        name: plan.name, role: installed.role.rawValue, path: installed.path,
        license: plan.license,
        byteCount: installed.files.isEmpty
          ? plan.expectedByteCount : installed.files.reduce(0) { $0 + $1.byteCount },
        isInstalled: true,
        sha256: Dictionary(
          installed.files.map { ($0.path, $0.sha256.hex) }, uniquingKeysWith: { first, _ in first })
      )
    }

    /// Names the files whose digest nobody stated, so that the next check has something to compare.
    private func noteRecorded(_ files: [DownloadedFile]) {
      for file in files where file.check == .recorded {
        Terminal.note(
          "  \(file.path): no SHA-256 was known; recorded \(file.sha256.hex)")
      }
    }

    private func suggest(_ rows: [Row]) {
      if rows.contains(where: { $0.role == "llm" }) {
        Terminal.note("try: swiftrag run \"your question\"")
      } else if rows.contains(where: { $0.role == "whisper" }) {
        Terminal.note("try: swiftrag transcribe RECORDING")
      }
    }
  }
}
