import Bytes
import Testing

/// Suggestions for misspelt names, and addresses.
@Suite struct ClosestNameTests {
  @Test(arguments: [
    ("temprature", "temperature"), ("topk", "top_k"), ("tpo_k", "top_k"), ("TOP_K", "top_k"),
    ("modelpath", "model_path"),
  ])
  func oneOrTwoMistakesAreFound(typed: String, meant: String) {
    #expect(closestName(to: typed, in: ["top_k", "temperature", "model_path"]) == meant)
  }

  @Test(arguments: ["", "colour", "abcdefghijk", "k"])
  func otherWordsAreNot(typed: String) {
    #expect(closestName(to: typed, in: ["top_k", "temperature", "model_path"]) == nil)
  }

  /// A swap of neighbours counts once, so `ab` is nearer to `ba` than to `bb` by no more than one.
  @Test func ofEquallyCloseNamesTheFirstIsTaken() {
    #expect(closestName(to: "cat", in: ["bat", "car"]) == "bat")
    #expect(closestName(to: "act", in: ["bat", "cat"]) == "cat")
  }

  @Test func serversAreComparedBySchemeHostAndPort() throws {
    let hub = try WebAddress("https://Hub.example/a?b=c", allowsQuery: true)
    #expect(hub.root == "https://Hub.example" && hub.withoutQuery == "https://Hub.example/a")
    #expect(hub.isSameServer(as: try WebAddress("https://hub.example:443/x")))
    for other in ["http://hub.example", "https://hub.example:444", "https://hub.example.org"] {
      #expect(try !hub.isSameServer(as: WebAddress(other)))
    }
  }

  @Test(arguments: [
    "https://a/b#c", "https://a/b\\c", "https://a/b c", "https://u@a/", "https://a?x@b/\u{E9}",
  ])
  func addressesThatProgramsReadDifferentlyAreRefused(text: String) {
    #expect(throws: WebAddress.Invalid.self) { try WebAddress(text, allowsQuery: true) }
  }
}
