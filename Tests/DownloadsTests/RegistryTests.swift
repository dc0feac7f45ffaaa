import Bytes
@testable import Downloads
import Foundation
import Testing

/// The registry, names of the hub, and addresses.
@Suite struct RegistryTests {
  private static let bundled = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../models/models.json").path

  @Test func theBundledRegistryHasTheModelsOfTheModelsPage() throws {
    let registry = try ModelRegistry(paths: [Self.bundled])
    for name in [
      "mistral", "llama-2-7b-chat", "codellama-7b-instruct", "phi-3-mini-4k", "minilm",
      "clip-vit-b-32", "clip-vit-b-16", "clip-vit-l-14", "whisper-tiny", "whisper-base",
      "whisper-small", "whisper-medium", "whisper-large-v3", "whisper-large-v3-turbo",
      "smollm2-135m", "smollm2-360m", "qwen2.5-1.5b", "qwen2.5-7b", "qwen3-4b", "gemma-3-1b",
      "gemma-3-4b", "llama-3.2-3b",
    ] {
      #expect(registry[name] != nil, "\(name)")
    }
    let all = try #require(registry.set(named: "all"))
    #expect(Set(all.map(\.role)) == Set(ModelRole.allCases))
    // The original's page says about 5 GB for all.
    #expect((4_500_000_000...5_900_000_000).contains(all.reduce(0) { $0 + $1.byteCount }))
    for model in registry.models {
      #expect(model.byteCount > 0 && !model.license.isEmpty, "\(model.name)")
      #expect(model.memoryByteCount ?? 0 > 0, "\(model.name)")
      for file in model.files where file.sha256 != nil {
        #expect(file.sha256Source?.contains(":") == true, "\(model.name)")
      }
    }
    // No name means two models.
    let names: [String] = registry.models.flatMap { [$0.name] + $0.aliases }
    let distinct = Set(names)
    #expect(names.count == distinct.count)
  }

  @Test func openAIsDigestsAreThoseOfTheirAddresses() throws {
    let registry = try ModelRegistry(paths: [Self.bundled])
    var count = 0
    for file in registry.models.flatMap(\.files) {
      guard case .url(let url) = file.location, url.contains("openaipublic") else { continue }
      count += 1
      #expect(url.split(separator: "/").contains { $0 == file.sha256?.hex ?? "" }, "\(url)")
    }
    #expect(count >= 9)
  }

  @Test func aUsersFileAddsAndReplaces() throws {
    let folder = try TemporaryFolder()
    let own = folder.path + "/models.local.json"
    try Data(
      """
      {"schema": 1, "models": [
        {"name": "minilm-mine", "aliases": ["minilm"], "role": "embeddings", "title": "Mine",
         "license": "MIT", "directory": "mine", "repository": "me/mine",
         "files": [{"path": "config.json"}, {"path": "model.safetensors"}]}
      ], "sets": {"all": ["minilm-mine"]}}
      """.utf8
    ).write(to: URL(filePath: own))
    let registry = try ModelRegistry(paths: [Self.bundled, own])
    #expect(registry["minilm-mine"]?.title == "Mine")
    #expect(registry.set(named: "all")?.map(\.name) == ["minilm-mine"])
  }

  @Test(arguments: [
    (#"{"schema": 2}"#, "'schema' must be 1"),
    (#"{"schema": 1, "models": [{"name": "a"}]}"#, "model 'a': 'title' must be a text"),
    (
      #"{"schema": 1, "models": [{"name": "a", "licence": "x"}]}"#,
      "'licence' is not a key of a model"
    ),
    (
      #"{"schema": 1, "models": [{"name": "a", "title": "A", "license": "x", "role": "llm", "repository": "o/n", "files": [{"path": "../a"}]}]}"#,
      "needs a 'path' below"
    ),
    (
      #"{"schema": 1, "models": [{"name": "a", "title": "A", "license": "x", "role": "llm", "repository": "o/n", "files": [{"path": "a", "sha256": "00"}]}]}"#,
      "must have 64 digits"
    ),
    (#"{"schema": 1, "models": [], "sets": {"all": ["x"]}}"#, "contains 'x'"),
    (#"{"schema": 1"#, "JSON at byte"),
  ])
  func aFaultIsNamed(text: String, message: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/models.json"
    try Data(text.utf8).write(to: URL(filePath: path))
    let error = #expect(throws: DownloadError.self) { try ModelRegistry(paths: [path]) }
    #expect(try #require(error).description.contains(message), "\(String(describing: error))")
  }

  @Test(
    arguments: [
      ("hf:owner/name", "owner/name", "main", nil),
      ("owner/name/dir/file.gguf", "owner/name", "main", "dir/file.gguf"),
      ("hf:owner/name@v1/file.gguf", "owner/name", "v1", "file.gguf"),
      ("https://huggingface.co/o/n/blob/main/f.gguf", "o/n", "main", "f.gguf"),
      ("https://huggingface.co/o/n/resolve/abc/f.gguf?download=true", "o/n", "abc", "f.gguf"),
      ("https://huggingface.co/o/n", "o/n", "main", nil),
    ] as [(String, String, String, String?)])
  func hubReferencesAreRead(text: String, repository: String, revision: String, path: String?)
    throws
  {
    let reference = try #require(HubReference(text))
    #expect(reference.repository == repository && reference.revision == revision)
    #expect(reference.path == path)
  }

  @Test(arguments: [
    "mistral", "hf:owner", "o/n/../../etc", "https://else.example/o/n", "o /n", "o/..",
  ])
  func otherTextsAreNot(text: String) {
    #expect(HubReference(text) == nil)
  }

  @Test func aTypoGetsASuggestion() throws {
    let registry = try ModelRegistry(paths: [Self.bundled])
    #expect(registry.suggestion(for: "mistrel") == "mistral")
    #expect(registry.suggestion(for: "whisper-smal") == "whisper-small")
    #expect(registry.suggestion(for: "completely-different") == nil)
  }

  @Test func headsAreReadFromPiecesOfAnySize() {
    let bytes = Array(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/2 206 \r\nETag: \"a:b\"\r\ncontent-range: bytes 5-9/10\r\n\r\nbody"
        .utf8)
    for size in [1, 2, 3, 7, 1_000] {
      var reader = ResponseHeadReader()
      var rest = bytes[...]
      var result = ResponseHeadReader.Result.incomplete
      var body: [UInt8] = []
      while !rest.isEmpty {
        let piece = rest.prefix(size)
        rest = rest.dropFirst(size)
        if case .complete = result {
          body += piece
          continue
        }
        result = reader.append(piece)
        if case .complete(_, let first) = result { body = first }
      }
      guard case .complete(let head, _) = result else {
        Issue.record("size \(size)")
        continue
      }
      #expect(head.status == 206 && head.validator == "\"a:b\"")
      #expect(head.contentRange?.first == 5 && head.contentRange?.total == 10)
      #expect(body == Array("body".utf8))
    }
    var reader = ResponseHeadReader()
    #expect(reader.append(Array("SSH-2.0\r\n\r\n".utf8)[...]) == .malformed)
  }

  @Test func aWeakTagIsNotAValidator() {
    func head(_ fields: String) -> ResponseHead? {
      ResponseHead(Array("HTTP/1.1 200 OK\r\n\(fields)".utf8)[...])
    }
    #expect(head("ETag: W/\"a\"")?.validator == nil)
    #expect(head("Last-Modified: Mon")?.validator == "Mon")
  }
}
