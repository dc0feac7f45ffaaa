import Bytes
import Foundation
import Generation
import Kernels
import RAG
import SwiftRAG
import Store
import Testing

@Suite struct ConfigurationTests {
  private func file(_ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "config-\(UUID().uuidString).yaml").path
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  @Test func theMoreSpecificSourceWins() throws {
    let near = try file("top_k: 3\nkernels: blas\n")
    let far = try file("top_k: 4\nthreads: 1\nfavourite_colour: blue\n")
    let configuration = try Configuration(
      flags: [SettingFlag(.kernels, "--kernels", "reference")].compactMap { $0 },
      environment: ["SWIFTRAG_KERNELS": "simd", "SWIFTRAG_MAX_TOKENS": "7"], files: [near, far])
    #expect(configuration.settings.topK == 3)
    #expect(configuration.settings.threads == 1)
    #expect(configuration.settings.kernels == .reference)
    #expect(configuration.settings.maxTokens == 7)
    #expect(configuration.settings.searchMode == .hybrid)
    #expect(configuration.origin(of: .topK) == .file(near))
    #expect(configuration.origin(of: .threads) == .file(far))
    #expect(configuration.origin(of: .kernels) == .flag("--kernels"))
    #expect(configuration.origin(of: .maxTokens) == .environment("SWIFTRAG_MAX_TOKENS"))
    #expect(configuration.origin(of: .searchMode) == .builtIn)
    #expect(configuration.unknownNames.map(\.name) == ["favourite_colour"])
  }

  /// In Swift "\r\n" is one character: the lines of Windows must not be taken for one line.
  @Test func theOtherLinesOfAFileFromWindowsStay() throws {
    let path = try file("top_k: 3  # few\r\nkernels: blas\r\n")
    var configuration = try ConfigurationFile(path: path)
    try configuration.set(.topK, to: "8")
    try configuration.set(.threads, to: "2")
    #expect(configuration.text == "top_k: 8  # few\r\nkernels: blas\r\nthreads: 2\r\n")
  }

  @Test func aLargeFileIsRefused() throws {
    let path = try file(String(repeating: "#", count: Configuration.maximumFileByteCount + 1))
    #expect(throws: ConfigurationError.self) { try Configuration(environment: [:], files: [path]) }
  }

  @Test func missingAndEmptyFilesAreFine() throws {
    let empty = try file("\n# nothing\n")
    let configuration = try Configuration(environment: [:], files: [empty, "/nonexistent/x.yaml"])
    #expect(configuration.settings.topK == 5)
  }

  /// A value that `config show` prints is read back as the same value.
  @Test(arguments: Setting.allCases)
  func defaultsAreAccepted(setting: Setting) throws {
    #expect(setting.environmentNames.first == "SWIFTRAG_" + setting.rawValue.uppercased())
    guard let text = Settings().text(of: setting) else { return }
    let configuration = try Configuration(
      flags: [SettingFlag(setting, "--flag", text)].compactMap { $0 }, environment: [:], files: [])
    #expect(configuration.settings.text(of: setting) == text)
  }

  @Test(arguments: [
    (Setting.topK, "0"), (.topK, "101"), (.topK, "five"), (.topK, ""), (.maxTokens, "100001"),
    (.temperature, "-0.1"), (.temperature, "nan"), (.threads, "257"), (.kernels, "cuda"),
    (.searchMode, "Hybrid"), (.modelBackend, "llama"), (.openAIBaseURL, "ftp://x"),
    (.modelPath, ""),
  ])
  func whatASettingDoesNotAcceptIsRefused(setting: Setting, text: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try Configuration(
        flags: [SettingFlag(setting, "--flag", text)].compactMap { $0 }, environment: [:],
        files: [])
    }
    #expect(error == .invalidValue(setting: setting, text: text, origin: .flag("--flag")))
    #expect(error.description.hasPrefix("--flag must be \(setting.requirement), not "))
  }

  /// A wrong value in a file does not matter where something more specific overrides it.
  @Test func onlyTheValueInForceIsParsed() throws {
    let configuration = try Configuration(
      environment: ["SWIFTRAG_TOP_K": "8"], files: [try file("top_k: none\n")])
    #expect(configuration.settings.topK == 8)
  }

  @Test func aKeyIsNotToldAndNotSentOnAForeignFilesWord() throws {
    let foreign = try file("openai_base_url: https://elsewhere.example/v1\n")
    let key = ["OPENAI_API_KEY": "sk-secret"]
    let configuration = try Configuration(environment: key, files: [foreign])
    #expect(throws: OpenAIError.self) {
      try Runtime(configuration: configuration).remoteLanguageModel(environment: [:])
    }
    let own = try Configuration(
      environment: key.merging(["OPENAI_BASE_URL": "https://elsewhere.example/v1"]) { $1 },
      files: [foreign])
    let generator = try Runtime(configuration: own).remoteLanguageModel(environment: [:])
    #expect(generator.address.host == "elsewhere.example")
    let error = try #require(throws: ConfigurationError.self) {
      try Configuration(environment: ["OPENAI_API_KEY": "sk secret"], files: [])
    }
    #expect(!error.description.contains("secret"))
  }
}
