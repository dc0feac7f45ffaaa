import Foundation
import SwiftRAG
import Testing

/// Models of pictures and recordings in a models folder.
@Suite struct ModelLocatorTests {
  /// A data folder of its own with empty files below its models folder, and a search there.
  private func withModels(
    _ files: [String], _ body: (_ folder: String, _ locator: ModelLocator) throws -> Void
  ) throws {
    let data = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-models-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: data) }
    let models = data.appending(path: "swiftrag/models")
    for file in files {
      let url = models.appending(path: file)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.utf8).write(to: url)
    }
    var settings = Settings()
    settings.modelsFolder = models.path()
    try body(
      models.path(),
      ModelLocator(configuration: Configuration(settings: settings), environment: [:]))
  }

  @Test(arguments: ["embeddings", "llm", "clip", "whisper"])
  func aFolderWithOneKindOfModelIsSearched(kind: String) throws {
    try withModels(["\(kind)/tiny.gguf"]) { folder, _ in
      let data = String(folder.dropLast("/swiftrag/models".count))
      let found = Folders.modelFolders(configured: nil, environment: ["XDG_DATA_HOME": data])
      #expect(found.last == folder)
    }
  }

  /// Gemma and others as Hugging Face publishes them: the message says how they become GGUF files.
  @Test func languageModelsOfHuggingFaceAreNamedAsSuch() throws {
    try withModels(["llm/gemma/config.json", "llm/gemma/model-00001-of-00002.safetensors"]) {
      folder, locator in
      let failure = ModelLocator.Failure.languageModelInFolder(path: "\(folder)/llm/gemma")
      #expect(throws: failure) { try locator.languageModel("gemma") }
      #expect(throws: failure) { try locator.languageModel("\(folder)/llm/gemma") }
      #expect(failure.description.contains("convert_hf_to_gguf.py \(folder)/llm/gemma"))
    }
  }

  @Test func picturesAndRecordingsAreFoundByName() throws {
    try withModels([
      "clip/b.pt", "clip/a.safetensors", "clip/.c.gguf", "clip/readme.txt", "clip/d.bin",
      "clip/hf/config.json", "clip/hf/model.safetensors", "clip/hf/x.gguf", "clip/two/a.gguf",
      "clip/two/b.gguf", "whisper/b.bin", "whisper/ct2/model.bin", "whisper/one/w.pt",
      "whisper/d.safetensors",
    ]) { folder, locator in
      let all = locator.all()
      #expect(
        all.map { "\($0.kind) \($0.name)" } == [
          "clip a.safetensors", "clip b.pt", "clip d.bin", "clip hf", "whisper b.bin",
          "whisper ct2", "whisper d.safetensors", "whisper one",
        ])
      #expect(
        all.map { $0.path.dropFirst(folder.count + 1) } == [
          "clip/a.safetensors", "clip/b.pt", "clip/d.bin", "clip/hf", "whisper/b.bin",
          "whisper/ct2", "whisper/d.safetensors", "whisper/one/w.pt",
        ])
      // Each file contains its path; of a folder the weights count.
      #expect(
        all.map(\.byteCount) == [
          18, 9, 10, "clip/hf/model.safetensors".count, 13, "whisper/ct2/model.bin".count, 21,
          "whisper/one/w.pt".count,
        ])
      for name in ["clip", "a", "a.safetensors"] {
        try #expect(locator.clipModel(name) == "\(folder)/clip/a.safetensors")
      }
      try #expect(locator.clipModel() == "\(folder)/clip/a.safetensors")
      try #expect(locator.whisperModel() == "\(folder)/whisper/b.bin")
      try #expect(locator.whisperModel("one") == "\(folder)/whisper/one/w.pt")
      #expect(
        throws: ModelLocator.Failure.notAModel(path: "\(folder)/clip/readme.txt", kind: "picture")
      ) {
        try locator.clipModel("readme.txt")
      }
      #expect(
        throws: ModelLocator.Failure.ambiguous(
          path: "\(folder)/clip/two", files: ["a.gguf", "b.gguf"])
      ) { try locator.clipModel("two") }
      // `clip` stands for the first of its kind, `whisper` does not.
      #expect(
        throws: ModelLocator.Failure.missing(
          name: "whisper", kind: "speech", searched: ["\(folder)/whisper"],
          known: ["b.bin", "ct2", "d.safetensors", "one"])
      ) { try locator.whisperModel("whisper") }
    }
  }

  @Test func aFolderOfAKindMayBeTheModel() throws {
    try withModels(["clip/config.json", "clip/pytorch_model.bin", "whisper/config.json"]) {
      folder, locator in
      try #expect(locator.clipModel() == "\(folder)/clip")
      #expect(locator.all().map(\.name) == ["clip", "whisper"])
    }
    try withModels(["llm/x.gguf"]) { folder, locator in
      #expect(throws: ModelLocator.Failure.noPictureModel(searched: ["\(folder)/clip"])) {
        try locator.clipModel("clip")
      }
      #expect(throws: ModelLocator.Failure.noSpeechModel(searched: ["\(folder)/whisper"])) {
        try locator.whisperModel()
      }
    }
  }

  @Test func aFailureNamesWhatWasSearched() {
    for (folders, places) in [
      ([], "(searched: no models folder was found)"), (["a", "b"], "(searched: a, b)"),
    ] {
      #expect(
        ModelLocator.Failure.missing(name: "x", kind: "speech", searched: folders, known: ["y"])
          .description == "no speech model 'x' \(places)\n  known: y\n  try: swiftrag models ls")
      for failure in [
        ModelLocator.Failure.noLanguageModel(searched: folders),
        .noPictureModel(searched: folders), .noSpeechModel(searched: folders),
      ] {
        #expect(failure.description.contains(" was found \(places)\n  try: swiftrag models pull "))
      }
    }
  }
}
