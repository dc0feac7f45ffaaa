internal import Bytes
internal import Downloads
internal import Foundation
internal import SwiftRAG

/// The checks of the machine: memory, libraries, settings, folders and disks.
extension DoctorCommand {
  /// Memory below this is too little for the encoder and an index: 0.5 GB.
  private static let leastMemory = 500_000_000
  /// Room on a disk below this is soon filled by an index: 0.5 GB.
  private static let leastSpace = 500_000_000

  func memory() -> Check {
    guard let available = ProcFile.availableMemoryByteCount else {
      return Check(
        name: "memory", state: .warning, detail: "the system does not say how much is available")
    }
    guard available >= Self.leastMemory else {
      return Check(
        name: "memory", state: .warning,
        detail: "\(byteText(available)) available; end other programs, or use a smaller model: "
          + "swiftrag models ls --registry")
    }
    return Check(name: "memory", state: .good, detail: "\(byteText(available)) available")
  }

  /// The Debian libraries that are loaded, by the names of their files.
  static func libraries() -> Check {
    let wanted = [
      "openblas", "sqlite3", "sndfile", "turbojpeg", "spng", "webp", "gif", "tiff", "xml2",
      "crypto",
    ]
    let loaded = Set(ProcFile.mappedPaths.map { Paths.name(of: $0) })
    let missing = wanted.filter { name in !loaded.contains { $0.hasPrefix("lib\(name)") } }
    guard missing.isEmpty else {
      return Check(
        name: "libraries", state: .warning,
        detail: "not loaded: \(missing.joined(separator: ", ")); make deps installs them")
    }
    return Check(
      name: "libraries", state: .good, detail: "\(wanted.count) of Debian's libraries are loaded")
  }

  func settings(_ runtime: Runtime) -> Check {
    let configuration = runtime.configuration
    let existing = configuration.files.filter { FileManager.default.fileExists(atPath: $0) }
    guard configuration.unknownNames.isEmpty else {
      let names = configuration.unknownNames.map { "\($0.path): \($0.name)" }
      return Check(
        name: "settings", state: .warning,
        detail: "not settings: \(names.joined(separator: ", ")); swiftrag config show lists them")
    }
    let files = existing.isEmpty ? "defaults" : existing.joined(separator: ", ")
    let offline =
      WebAddress.offlineVariable(in: Folders.processEnvironment)
      .map { ", \($0) forbids downloads" } ?? ""
    return Check(name: "settings", state: .good, detail: files + offline)
  }

  func speechModel(_ runtime: Runtime) -> Check {
    let name = "speech model"
    do {
      let path = try ModelLocator(configuration: runtime.configuration)
        .whisperModel(runtime.settings.whisperModel)
      let description = try ModelDescription(path: path)
      guard description.role == "whisper" else {
        return Check(
          name: name, state: .bad,
          detail: "\(path) is not a Whisper: \(description.problem ?? description.architecture); "
            + "swiftrag models use NAME")
      }
      return Check(name: name, state: .good, detail: "\(path), \(description.quantization)")
    } catch ModelLocator.Failure.noSpeechModel {
      return Check(
        name: name, state: .good,
        detail: "none, needed for recordings: swiftrag models pull whisper-base")
    } catch {
      return Check(name: name, state: .bad, detail: "\(error)")
    }
  }

  /// The folder of new models, and downloads that were interrupted.
  func modelsFolder(_ runtime: Runtime) -> Check {
    let folder = Folders.installation(
      configured: runtime.settings.modelsFolder, environment: Folders.processEnvironment)
    let unfinished = InstallPlan.unfinishedNames(in: folder)
    guard unfinished.isEmpty else {
      return Check(
        name: "models folder", state: .warning,
        detail: "\(folder), unfinished: \(unfinished.joined(separator: ", ")); "
          + "swiftrag models pull NAME continues, swiftrag models rm NAME removes")
    }
    return Check(name: "models folder", state: .good, detail: folder)
  }

  func disk(_ runtime: Runtime) -> Check {
    let folders = [
      Folders.installation(
        configured: runtime.settings.modelsFolder, environment: Folders.processEnvironment),
      Paths.folder(of: runtime.indexPath),
    ]
    var details: [String] = []
    var isLow = false
    for folder in Set(folders).sorted() {
      guard let free = FreeSpace.byteCount(at: folder) else { continue }
      isLow = isLow || free < Self.leastSpace
      details.append("\(byteText(free)) free for \(folder)")
    }
    return Check(
      name: "disk", state: isLow ? .warning : .good,
      detail: details.joined(separator: ", ")
        + (isLow ? "; swiftrag models rm NAME frees some, --models DIR uses another disk" : ""))
  }
}
