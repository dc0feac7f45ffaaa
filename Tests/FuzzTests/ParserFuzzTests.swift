import Bytes
import Checkpoints
import Foundation
import Testing
import Tokenizers

@testable import Documents

/// Some seconds of random damage for each parser: an error or a result that keeps its promises.
@Suite struct ParserFuzzTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  private func fixture(_ name: String) throws -> [UInt8] {
    try MappedFile(path: Self.fixtures.appending(path: name).path).copyBytes()
  }

  /// Ranges inside the file, and a byte map without gap or overlap.
  private func checkPromises(_ checkpoint: Checkpoint) {
    for (index, file) in checkpoint.files.enumerated() {
      var end = 0
      for region in checkpoint.byteMap(ofFile: index) {
        #expect(region.byteRange.lowerBound == end)
        end = region.byteRange.upperBound
      }
      #expect(end == file.file.byteCount)
    }
    var sum = 0
    for tensor in checkpoint.tensors {
      for byte in checkpoint.bytes(of: tensor) { sum &+= Int(byte) }
    }
    #expect(sum >= 0)
    _ = try? Inspection(of: checkpoint)
  }

  private func open(_ bytes: [UInt8]) -> Bool {
    guard let checkpoint = try? Checkpoint.open(file: MappedFile(bytes: bytes, name: "input"))
    else { return false }
    checkPromises(checkpoint)
    return true
  }

  @Test func gguf() throws {
    let seeds = try ["all-types", "aligned-64"].map { try fixture("checkpoints/\($0).gguf") }
    let counts = fuzz(
      "GGUF", seeds: seeds, dictionary: ["GGUF", "general.alignment", "split.count", "a.weight"],
      rounds: 20_000, open)
    #expect(counts.accepted > 100 && counts.refused > 100)
  }

  @Test func safetensors() throws {
    let seeds = try [fixture("checkpoints/dtypes.safetensors")]
    let counts = fuzz(
      "safetensors", seeds: seeds,
      dictionary: ["\"", "{", "}", "[", "]", ":", ",", "\\u0000", "__metadata__", "F32", "0,0"],
      rounds: 20_000, open)
    #expect(counts.accepted > 10 && counts.refused > 100)
  }

  @Test func torch() throws {
    let seeds = try [
      "zip", "module", "views", "whisper", "script", "legacy", "views-legacy", "protocol4",
    ].map { try fixture("torch/\($0).pt") }
    let counts = fuzz(
      "PyTorch", seeds: seeds,
      dictionary: [
        "cos\nsystem\n", "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nHalfStorage\n", "Q", "R",
        "b",
        "tR.", "}(", "u.", "h\u{0}", "q\u{0}", "PK\u{1}\u{2}",
      ],
      rounds: 20_000
    ) { bytes in
      _ = TorchImport.all(of: MappedFile(bytes: bytes, name: "input"))
      return open(bytes)
    }
    #expect(counts.accepted > 100 && counts.refused > 100)
  }

  @Test func shardIndex() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "index-\(UUID())").path
    Paths.makeFolders(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try AtomicFile.write(
      fixture("checkpoints/dtypes.safetensors"), to: folder + "/one.safetensors")
    let names = try Checkpoint.open(path: folder + "/one.safetensors").tensors.map(\.name)
    let entries = names.map { JSONMember(key: $0, value: .string("one.safetensors")) }
    let index = JSONValue.object([.init(key: "weight_map", value: .object(entries))]).compactText
    let path = folder + "/model.safetensors.index.json"
    let counts = try fuzz(
      "index.json", seeds: [index],
      dictionary: ["\"", "{", "}", ",", "../", "/", "\\u0000", "weight_map", "two.safetensors"],
      rounds: 3_000
    ) { bytes in
      try Data(bytes).write(to: URL(filePath: path))
      guard let checkpoint = try? Checkpoint.open(path: path) else { return false }
      #expect(checkpoint.files.map(\.file.path) == [folder + "/one.safetensors"])
      checkPromises(checkpoint)
      return true
    }
    #expect(counts.refused > 100)
  }

  @Test func zip() throws {
    let seeds = try ["plain", "streamed", "wide"].map { try fixture("checkpoints/\($0).zip") }
    let counts = fuzz(
      "ZIP", seeds: seeds, dictionary: ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "../"],
      rounds: 20_000
    ) { bytes in
      guard let archive = try? ZipArchive(file: MappedFile(bytes: bytes, name: "input")) else {
        return false
      }
      for entry in archive.entries {
        #expect(entry.dataRange.upperBound <= bytes.count)
        if let contents = try? archive.contents(of: entry) {
          #expect(contents.count == entry.byteCount)
        }
      }
      return true
    }
    #expect(counts.accepted > 10 && counts.refused > 100)
  }

  /// Accepted values are written and read back unchanged.
  @Test func json() throws {
    let seeds = [
      #"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00",{"b":null}],"c":true,"d":{"e":[[],{}]},"f":"日本"}"#,
      #"[0,1e-7,123456789012345678901234567890,false,"\"\\\/\b\f\n\r\t"]"#,
    ].map { Array($0.utf8) }
    let counts = try fuzz(
      "JSON", seeds: seeds,
      dictionary: [
        "\"", "\\", "\\u", "\\ud83d", "{", "}", "[", "]", ":", ",", "null", "1e999", "-",
      ],
      rounds: 30_000
    ) { bytes in
      guard let value = try? JSONValue.parse(bytes) else { return false }
      // 1e999 is read as infinity, which JSON cannot express.
      guard !hasInfinity(value) else { return true }
      let again = try JSONValue.parse(value.compactText)
      #expect(again == value)
      return true
    }
    #expect(counts.accepted > 100 && counts.refused > 100)
  }

  private func hasInfinity(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): !number.isFinite
    case .array(let elements): elements.contains(where: hasInfinity)
    case .object(let members): members.contains { hasInfinity($0.value) }
    default: false
    }
  }

  @Test func html() throws {
    let seeds = [
      "<!DOCTYPE html><html><head><title>T</title></head><body><h1>H</h1><ul><li>a<li>b</ul>"
        + "<table><tr><td>1<td>2</table><pre>x\n y</pre>&amp;&#150;<p hidden>z</body></html>",
      "<meta charset=latin1><h2>A</h2><p>text <b>bold</b><br>more<script>x</script><ol><li>1</ol>",
    ].map { Array($0.utf8) }
    let counts = fuzz(
      "HTML", seeds: seeds,
      dictionary: ["<", ">", "</", "<!--", "&#x0;", "<table>", "<td>", "<pre>", "<h1>", "<svg>"],
      rounds: 4_000
    ) { bytes in
      do {
        let source = DocumentSource(contents: bytes, path: "a.html", limits: DocumentLimits())
        check(try HTMLReader(source).read())
        return true
      } catch { return false }
    }
    #expect(counts.accepted > 100)
  }

  /// The parts of a DOCX, changed before compression: an archive with a wrong CRC is refused unread.
  @Test func docx() throws {
    let archive = try ZipArchive(
      file: MappedFile(path: Self.fixtures.appending(path: "documents/report.docx").path))
    func part(_ name: String) throws -> [UInt8]? {
      try archive.entries.first { $0.name == name }.map { try archive.contents(of: $0) }
    }
    let main = "word/document.xml"
    let body = try #require(try part(main))
    let styles = try part("word/styles.xml") ?? []
    let counts = fuzz(
      "DOCX", seeds: [body, styles.isEmpty ? body : styles],
      dictionary: ["<w:p>", "</w:p>", "<w:tbl>", "<w:t>", "<![CDATA[", "&lt;", "<!ENTITY", "\""],
      rounds: 3_000
    ) { bytes in
      let package = OfficePackage(path: "a.docx", type: .docx, limits: DocumentLimits()) {
        (name: String) throws(DocumentError) in
        name == main ? bytes : name == "word/styles.xml" ? styles : nil
      }
      do {
        check(try DOCXReader(package).read(mainPart: main))
        return true
      } catch { return false }
    }
    #expect(counts.accepted > 10 && counts.refused > 10)
  }

  private func check(_ document: ExtractedDocument) {
    let byteCount = document.text.utf8.count
    #expect(document.headings.allSatisfy { $0.byteRange.upperBound <= byteCount })
  }

  /// Vocabularies of both kinds: ids inside the vocabulary, and text from any of them.
  @Test func tokenizerData() throws {
    let seeds = try ["byte-level-600", "sentencepiece-600"].map {
      try fixture("tokenizers/\($0).gguf")
    }
    let text = "  Grüße, 12345 naïve\t猫 🙂 <s> [INST] don't\u{0}"
    let counts = fuzz(
      "tokenizers", seeds: seeds,
      dictionary: ["tokenizer.ggml.", "merges", "gpt2", "llama", "<0x41>", "\u{2581}", " "],
      rounds: 1_500
    ) { bytes in
      guard let checkpoint = try? Checkpoint.open(file: MappedFile(bytes: bytes, name: "input")),
        let tokenizer = try? LanguageTokenizer(
          ggufMetadata: checkpoint.metadata, source: "input")
      else { return false }
      let ids = tokenizer.encode(text, parsesSpecial: true)
      #expect(ids.allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabularyCount })
      _ = tokenizer.decode(ids, showsSpecial: true)
      return true
    }
    #expect(counts.accepted > 10 && counts.refused > 10)
  }

  /// Hugging Face's JSON of a WordPiece tokenizer.
  @Test func tokenizerJSON() throws {
    let pieces = [
      "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "na", "##ive", "don", "'", "t", "猫",
    ]
    let vocabulary = pieces.enumerated().map {
      JSONMember(key: $1, value: .number(Double($0)))
    }
    let seed = JSONValue.object([
      .init(
        key: "normalizer", value: .object([.init(key: "type", value: .string("BertNormalizer"))])),
      .init(
        key: "pre_tokenizer",
        value: .object([.init(key: "type", value: .string("BertPreTokenizer"))])),
      .init(
        key: "model",
        value: .object([
          .init(key: "type", value: .string("WordPiece")),
          .init(key: "vocab", value: .object(vocabulary)),
        ])),
    ]).compactText
    _ = try WordPieceTokenizer(tokenizerJSON: seed, source: "seed")
    let counts = fuzz(
      "tokenizer.json", seeds: [seed],
      dictionary: ["\"", "{", "}", "[", "]", ",", "\"vocab\"", "[UNK]", "##", "-1", "1e9"],
      rounds: 5_000
    ) { bytes in
      guard let tokenizer = try? WordPieceTokenizer(tokenizerJSON: bytes, source: "input") else {
        return false
      }
      _ = tokenizer.encodeWithOffsets("naïve 猫 don't [CLS]")
      return true
    }
    #expect(counts.accepted > 10 && counts.refused > 10)
  }
}
