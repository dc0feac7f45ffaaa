import Testing

@testable import CLI

/// The layout of passages on a terminal.
@Suite struct LayoutTests {
  @Test func wrappedLinesAreJoinedAndMeantOnesKept() {
    let long = String(repeating: "word ", count: 11) + "end"
    #expect(reflowed("\(long)\nof the sentence.") == "\(long) of the sentence.")
    #expect(reflowed("\(long)\n8.50 crowns.") == "\(long) 8.50 crowns.")
    for kept in ["- item", "3. Turn the key", "| a | b |", "a | b", "# Heading", "", "    code"] {
      #expect(reflowed("\(long)\n\(kept)") == "\(long)\n\(kept)", "\(kept)")
    }
    #expect(reflowed("a | \(long)\nSource: the office.") == "a | \(long)\nSource: the office.")
    #expect(reflowed("A short line\nand another") == "A short line\nand another")
  }

  @Test func theHighlightedLinesHaveAMark() {
    let before = String(repeating: "First words that fill a line well beyond fifty. ", count: 1)
    let text = WrappedText(
      before: before + "\n", highlighted: "- The item.", after: "\nLast.", width: 60)
    #expect(
      text.rendered(limit: nil) == [
        "    First words that fill a line well beyond fifty.", "  > - The item.", "    Last.",
      ])
  }

  @Test func aLongPassageIsCutAroundItsHighlight() {
    let lines = (0..<30).map { "line \($0)" }
    let text = WrappedText(
      before: lines[..<15].joined(separator: "\n") + "\n", highlighted: "HERE",
      after: "\n" + lines[15...].joined(separator: "\n"), width: 60)
    let shown = text.rendered(limit: 5)
    #expect(shown.count == 7 && shown.first == "    …" && shown.last == "    …")
    #expect(shown.contains("  > HERE"))
  }

  @Test func whatCouldFoolATerminalIsDropped() {
    #expect(droppingControls("a\u{1B}[2Jb\u{202E}c\u{E0041}d\te\nf\u{85}") == "a[2Jbcd\te\nf")
  }
}
