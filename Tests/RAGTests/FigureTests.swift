import Testing

@testable import RAG

/// Figures are compared as values with units, not as digits.
@Suite struct FigureTests {
  private func isFound(_ statement: String, in source: String) -> Bool {
    Figures(of: source, isSource: true).contain(Figures(of: statement, isSource: false))
  }

  @Test(arguments: [
    ("It costs 1250 crowns.", "It costs 1,250 crowns a week."),
    ("It costs 1,250 crowns.", "It costs 1250 crowns a week."),
    ("It costs 1250 crowns.", "It costs 1 250 crowns a week."),
    ("Es kostet 1250 Euro.", "Es kostet 1.250 Euro."),
    ("Es kostet 1250,50 Euro.", "Es kostet 1.250,50 €."),
    ("It costs €5.", "It costs 5 euros."), ("It costs 5 euros.", "It costs 5€."),
    ("The hut holds 12 people.", "The hut holds twelve people."),
    ("The hut holds twelve people.", "The hut holds 12 people."),
    ("It cost 2,500.", "It cost two thousand five hundred."),
    ("It holds 21.", "It holds twenty-one."),
    ("It cost 14500000 euros.", "Es kostete 14,5 Mio. Euro."),
    ("It is 1.5 km long.", "It is 1,500 m long."), ("It takes 90 minutes.", "It takes 1.5 hours."),
    ("It opens at 9 pm.", "It opens at 21:00."), ("It is 20 to 25 crowns.", "It is 20-25 crowns."),
    ("On 2024-05-03.", "On 3 May 2024."), ("On 3 May 2024.", "On 2024-05-03."),
    ("On 03.05.2024.", "On May 3rd, 2024."), ("One of them left.", "Some of them left."),
    ("It is a B2 level.", "The level is B2."), ("In the 1930s.", "It was built in the 1930s."),
    ("About 5 % of it.", "About 5 percent of it."),
    ("It is the 3rd time.", "It is the third time, or 3."),
    ("A 10-year lease.", "A lease of 10 years."), ("A fall of -5 points.", "It fell by -5 points."),
  ])
  func anotherSpellingIsTheSameFigure(statement: String, source: String) {
    #expect(isFound(statement, in: source))
  }

  @Test(arguments: [
    ("It costs 250 crowns.", "It costs 1,250 crowns."),
    ("It costs 1 crown.", "It costs 1,250 crowns."),
    ("It is 75.", "It is 3.75."), ("It is 3.", "It is 3.75."), ("It is 1.25.", "It is 1,250."),
    ("It costs 1,350 crowns.", "It costs 1,250 crowns."),
    ("It costs 5 euros.", "It costs 5 crowns."),
    ("It fell by -1,250.", "It rose by 1,250."), ("It is 2025.", "It is 20-25."),
    ("It holds 13 people.", "It has a lamp people."),
    ("It holds fourteen people.", "It has a lamp people."),
    ("It is 5 km long.", "It is 5 m long."), ("On 2024-05-04.", "On 3 May 2024."),
    ("It opens at 21:00.", "It opens at 9:00."), ("It is a B1 level.", "The level is B2."),
    ("Version 1.2.4.", "Version 1.2.3."), ("5 million crowns.", "5 crowns and a million stars."),
    ("Es kostet 1,25 Euro.", "Es kostet 1.250 Euro."),
  ])
  func anotherValueIsAnotherFigure(statement: String, source: String) {
    #expect(!isFound(statement, in: source))
  }
}

/// The ways in which models cite, refuse and think.
@Suite struct AnswerTextTests {
  @Test(arguments: [
    ("It has a lamp [1, 2].", [1, 2]), ("It has a lamp [1,2].", [1, 2]),
    ("It has a lamp [1-3].", [1, 2, 3]), ("It has a lamp [passage 1].", [1]),
    ("It has a lamp [Passages 1 and 2].", [1, 2]), ("It has a lamp (1).", [1]),
    ("It has a lamp (passage 2).", [2]), ("It has a lamp. (2)", [2]),
    ("It has a lamp 【1】.", [1]), ("It has a lamp [1][3].", [1, 3]),
    ("It has a lamp [7].", [7]), ("It is 40 years old (since 1986).", []),
    ("It is 40 years old (12).", []), ("(1) Turn the key, then wait.", []),
    ("It has a lamp [a].", []), ("It has a lamp [citation needed].", []),
  ])
  func marksAreRead(text: String, numbers: [Int]) {
    #expect(CitationCheck.citedNumbers(in: text, passageCount: 3) == numbers)
  }

  @Test(arguments: [1, 2, 3, 5, 100])
  func thoughtsAreNotStreamed(pieceLength: Int) {
    let text = "<think>I look at <b>.</think>\n\nIt holds 3 < 4 <thinking>hm</thinking>people."
    var filter = ThoughtFilter()
    var shown = ""
    var rest = Substring(text)
    while !rest.isEmpty {
      shown += filter.add(String(rest.prefix(pieceLength)))
      rest = rest.dropFirst(pieceLength)
    }
    shown += filter.finish()
    #expect(shown == "\n\nIt holds 3 < 4 people.")
    #expect(ThoughtFilter.removed(from: text) == shown)
  }

  @Test func aThoughtWithoutAnEndOrAStartIsNoAnswer() {
    #expect(ThoughtFilter.removed(from: "<think>It may be twelve") == "")
    #expect(ThoughtFilter.removed(from: "It may be.</think>Twelve.") == "Twelve.")
    #expect(ThoughtFilter.removed(from: "a < b <thi") == "a < b <thi")
  }

  @Test(arguments: [
    ("I could not find the price in the passages.", true), ("I don't know.", true),
    ("The passages do not mention it.", true), ("There is no information about it.", true),
    ("The price is not mentioned.", true), ("Dazu gibt es keine Angaben.", true),
    ("Unable to answer from the documents.", true), ("It costs 5 crowns.", false),
    ("You may not bring a dog.", false), ("The hut has no lift.", false),
  ])
  func refusalsAreNoticed(text: String, isRefusal: Bool) {
    #expect(Refusal.declines(CitationCheck.check(text, passages: [])) == isRefusal)
  }
}
