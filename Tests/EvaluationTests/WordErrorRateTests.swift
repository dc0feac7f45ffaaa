import Testing

@testable import Evaluation

@Suite struct WordErrorRateTests {
  @Test func wordsAreComparedWithoutCaseAndPunctuation() {
    #expect(
      WordErrorRate.words("Don’t — \"stop\", it's 3.5 o'clock; 'naïve'!")
        == ["don't", "stop", "it's", "3", "5", "o'clock", "naïve"])
  }

  @Test(arguments: [
    ("a b c", "a b c", 0, 3), ("a x c", "a b c", 1, 3), ("a c", "a b c", 1, 3),
    ("a b b c", "a b c", 1, 3), ("", "a b c", 3, 3), ("a b", "", 2, 0), ("", "", 0, 0),
    ("b c d", "a b c", 2, 3), ("kitten sat on", "kitten sits on mats", 2, 4),
  ])
  func errors(_ hypothesis: String, _ reference: String, _ errors: Int, _ words: Int) {
    var rate = WordErrorRate()
    rate.add(hypothesis: hypothesis, reference: reference)
    #expect(rate.errorCount == errors && rate.wordCount == words)
    #expect(rate.rate == (words == 0 ? 0 : Double(errors) / Double(words)))
    #expect((rate + rate).errorCount == 2 * errors)
  }
}
