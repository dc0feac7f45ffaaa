/// Sentences in which a model says that the passages do not answer the question.
enum Refusal {
  /// Whether an answer is nothing but a refusal: it is empty, or each of its sentences declines and is
  /// not a statement that a passage supports.
  static func declines(_ sentences: [CitationCheck.Sentence]) -> Bool {
    sentences.allSatisfy { declines($0) && !$0.isSupported }
  }

  /// Whether a sentence says that there is no answer.
  static func declines(_ sentence: CitationCheck.Sentence) -> Bool {
    let text = sentence.text.lowercased().replacing("’", with: "'")
    return text.contains(subjects) || text.contains(abilities) || text.contains(absence)
      || text.contains(german)
  }

  // The expressions are not `Sendable`, so each is made where it is used.

  /// "The passages do not say", "the context doesn't mention".
  private static var subjects: Regex<Substring> {
    /\b(?:passages?|documents?|context|texts?|sources?|files?|information)\b.{0,40}?\b(?:do|does|did|is|are|was|were|has|have|can|could)(?:n't| not| no)\b/
  }

  /// "I could not find", "I don't know", "unable to answer".
  private static var abilities: Regex<Substring> {
    /\b(?:i|we)\b.{0,20}?(?:(?:could|can|do|did|was|were|am|are)(?:n't| not)|cannot)\b.{0,30}?\b(?:find|found|know|answer|determine|tell|say|sure|able)\b|\bit is (?:not clear|unclear|not known)\b|\bunable to (?:find|answer|determine|tell)\b/
  }

  /// "not mentioned", "no information on it", "there is no answer".
  private static var absence: Regex<Substring> {
    /\bnot (?:been )?(?:answered|mentioned|stated|specified|provided|given|found|available|included|contained)\b|\bno (?:information|mention|answer|details?|relevant|passage)\b|\bnothing (?:about|on|in the)\b/
  }

  /// The same in German.
  private static var german: Regex<Substring> {
    /keine? (?:angaben?|information|informationen|antwort|hinweise?)|nicht (?:beantworte|erwähnt|angegeben|genannt|gefunden|finden|enthalten)|weiß (?:ich|es) nicht|ich weiß nicht/
  }
}
