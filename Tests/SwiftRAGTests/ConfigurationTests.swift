import Foundation
import Generation
import RAG
import SwiftRAG
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
      flags: [.kernels: "reference"], environment: ["SWIFTRAG_KERNELS": "simd"],
      files: [near, far])
    #expect(configuration.integer(.topK) == 3)
    #expect(configuration.integer(.threads) == 1)
    #expect(configuration.text(.kernels) == "reference")
    #expect(configuration.text(.searchMode) == "hybrid")
    #expect(configuration.unknownNames.map(\.name) == ["favourite_colour"])
  }

  @Test func aLargeFileIsRefused() throws {
    let path = try file(String(repeating: "#", count: Configuration.maximumFileByteCount + 1))
    #expect(throws: ConfigurationError.self) { try Configuration(environment: [:], files: [path]) }
  }

  @Test func missingAndEmptyFilesAreFine() throws {
    let empty = try file("\n# nothing\n")
    let configuration = try Configuration(environment: [:], files: [empty, "/nonexistent/x.yaml"])
    #expect(configuration.integer(.topK) == 5)
  }

  @Test(arguments: Setting.allCases)
  func defaultsAreAcceptable(setting: Setting) {
    if let value = setting.defaultValue { #expect(setting.accepts(value)) }
    #expect(setting.environmentNames.first == "SWIFTRAG_" + setting.rawValue.uppercased())
  }

  @Test func aKeyIsNotToldAndNotSentOnAForeignFilesWord() throws {
    let foreign = try file("openai_base_url: https://elsewhere.example/v1\n")
    let key = ["OPENAI_API_KEY": "sk-secret"]
    let configuration = try Configuration(environment: key, files: [foreign])
    #expect(throws: OpenAIError.self) {
      try KnowledgeBase.loadRemoteGenerator(configuration: configuration, environment: [:])
    }
    let own = try Configuration(
      environment: key.merging(["OPENAI_BASE_URL": "https://elsewhere.example/v1"]) { $1 },
      files: [foreign])
    let generator = try KnowledgeBase.loadRemoteGenerator(configuration: own, environment: [:])
    #expect(generator.address.host == "elsewhere.example")
    let error = try #require(throws: ConfigurationError.self) {
      try Configuration(environment: ["OPENAI_API_KEY": "sk secret"], files: [])
    }
    #expect(!error.description.contains("secret"))
  }
}
