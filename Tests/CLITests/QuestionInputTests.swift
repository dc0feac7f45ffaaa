import Foundation
import Testing

@testable import CLI

/// The bytes of a terminal as keys and pasted texts, and the questions that are kept.
@Suite struct QuestionInputTests {
  /// The keys of a terminal that sends `bytes` and then nothing more.
  private func keys(_ bytes: some Sequence<UInt8>) -> [KeyReader.Key] {
    var rest = Array(bytes)[...]
    var reader = KeyReader()
    var keys: [KeyReader.Key] = []
    while let key = reader.next({ _ in rest.popFirst() }) { keys.append(key) }
    return keys
  }

  private func characters(_ text: String) -> [KeyReader.Key] {
    text.unicodeScalars.map { .character($0) }
  }

  @Test(arguments: [
    "plain", "ünï 图书馆 é 🚲", "\u{1B}[A", "\u{1B}", "\u{1B}[20", "\u{1B}[2~x", "\u{1B}\u{1B}[A",
    "a\u{3}b\u{4}",
  ])
  func charactersStayAsTheyAre(text: String) {
    #expect(keys(text.utf8) == characters(text))
  }

  @Test func bytesThatAreNotUTF8AreReplaced() {
    #expect(keys([0x61, 0xFF, 0x62]) == characters("a\u{FFFD}b"))
    #expect(keys([0xE5, 0x9B, 0x41]) == characters("\u{FFFD}A"))
    #expect(keys([0xC3]) == characters("\u{FFFD}"))
  }

  @Test(arguments: [
    ("one\ntwo", "one two"), ("one\r\ntwo\rthree\n", "one two three"), ("a\tb", "a b"), ("", ""),
    ("x\u{1B}[31my\u{7}", "x[31my"), ("Cafe\u{301} 图书馆", "Caf\u{E9} 图书馆"), ("\n\n", ""),
  ])
  func aPasteIsOneLine(text: String, line: String) {
    let sent = "a\u{1B}[200~\(text)\u{1B}[201~b"
    #expect(keys(sent.utf8) == [.character("a"), .paste(line), .character("b")])
  }

  @Test func aPasteWithoutEndDoesNotSwallowTheRest() {
    #expect(keys("\u{1B}[200~half".utf8) == [.paste("half")])
    let long = String(repeating: "x", count: KeyReader.pasteByteLimit + 100)
    guard case .paste(let text) = keys("\u{1B}[200~\(long)\u{1B}[201~".utf8).first else {
      Issue.record("no paste")
      return
    }
    #expect(text.utf8.count == KeyReader.pasteByteLimit)
  }

  private func withFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-history-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "state/swiftrag/history").path)
  }

  @Test func questionsAreKeptOnceAndForTheirOwnerOnly() throws {
    try withFile { path in
      var history = QuestionHistory(path: path)
      for question in ["Who?", "When?", "Who?", " secret", "", "Wo liegt 图书馆?"] {
        try history.add(question)
      }
      let expected = ["When?", "Who?", "Wo liegt 图书馆?"]
      #expect(history.questions == expected)
      #expect(QuestionHistory(path: path).questions == expected)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text == "When?\nWho?\nWo liegt 图书馆?\n")
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
  }

  @Test func twoConversationsKeepEachOthersQuestions() throws {
    try withFile { path in
      var (first, second) = (QuestionHistory(path: path), QuestionHistory(path: path))
      try first.add("one")
      try second.add("two")
      try first.add("three")
      #expect(QuestionHistory(path: path).questions == ["one", "two", "three"])
    }
  }

  @Test func theOldestAndTheLongestAreNotKept() throws {
    #expect(
      QuestionHistory.merged((0..<1_500).map(String.init)) == (500..<1_500).map(String.init))
    try withFile { path in
      var history = QuestionHistory(path: path)
      try history.add(String(repeating: "x", count: QuestionHistory.byteLimit + 1))
      #expect(history.questions == [])
    }
  }

  /// A question may come from a file that another program wrote.
  @Test func aHistoryIsNoWayIntoTheTerminal() throws {
    try withFile { path in
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data("a\u{1B}]0;x\u{7}b\nc\n".utf8).write(to: URL(filePath: path))
      #expect(QuestionHistory(path: path).questions == ["a]0;xb", "c"])
    }
  }

  @Test func withoutAFileQuestionsAreRememberedForTheConversation() throws {
    var history = QuestionHistory(path: nil)
    try history.add("Who?")
    #expect(history.questions == ["Who?"])
  }
}
