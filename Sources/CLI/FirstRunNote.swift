internal import ArgumentParser
internal import Bytes
internal import Downloads
internal import Foundation
internal import RAG
internal import SwiftRAG

/// The line that says how to get a language model where there is none, and the offer on a terminal.
enum FirstRunNote {
  /// Prints the line unless a language model is found, another backend is chosen or `--quiet` is given.
  ///
  /// - Parameters:
  ///   - runtime: the settings.
  ///   - common: the flags of the command, which the download has too.
  ///   - mayAsk: whether a person at a terminal may be asked; nothing is downloaded without a yes.
  /// - Throws: `DownloadError.cancelled` where Ctrl-C ended the download, and with it the command;
  ///   after other errors, which are printed, the answers are quotations.
  static func show(for runtime: Runtime, common: CommonOptions, mayAsk: Bool) throws {
    guard !Terminal.isQuiet, runtime.settings.backend == .auto, runtime.settings.modelPath == nil,
      (try? ModelLocator(configuration: runtime.configuration).languageModel()) == nil,
      let registry = try? ModelRegistry(
        paths: Folders.registryFiles(environment: Folders.processEnvironment)),
      let first = FirstRun(registry: registry)
    else { return }
    let asks =
      mayAsk && Terminal.inputIsTerminal && Terminal.errorIsTerminal
      && WebAddress.offlineVariable(in: Folders.processEnvironment) == nil
    // A single question must not wait for a measurement each time.
    Terminal.note(line(first, tokensPerSecond: asks ? first.measuredTokensPerSecond() : nil))
    guard asks else { return }
    Terminal.write("Download it now? [y/N] ", to: 2)
    guard let answer = readLine() else {
      // After Ctrl-D the cursor is still in the line of the question.
      return Terminal.write("\n", to: 2)
    }
    guard ["y", "yes"].contains(answer.lowercased()) else { return }
    do {
      var pull = try ModelsCommand.Pull.parse([name(of: first.model)])
      pull.common = common
      try pull.run()
    } catch let error as DownloadError where error.category == .interrupted {
      throw error
    } catch {
      SwiftRAGCommand.report(
        NextCommand.message(of: error, in: ModelsCommand.Pull.self))
    }
  }

  private static func name(of model: RegistryModel) -> String {
    model.aliases.min { $0.count < $1.count } ?? model.name
  }

  /// One line: what to type and what it costs.
  private static func line(_ first: FirstRun, tokensPerSecond: Double?) -> String {
    let model = first.model
    let size = (model.isByteCountExact ? "" : "about ") + byteText(model.byteCount)
    let memory = model.memoryByteCount.map { ", \(byteText($0)) of memory" } ?? ""
    let speed = tokensPerSecond.map {
      String(format: $0 < 10 ? ", at most %.1f tokens/s here" : ", at most %.0f tokens/s here", $0)
    }
    return "Answers are quotations; for prose: swiftrag models pull \(name(of: model)) (\(size), "
      + "\(model.license)\(memory)\(speed ?? "")). model_backend: quote hides this line."
  }
}
