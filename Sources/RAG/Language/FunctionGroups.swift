internal import Store

/// Cuts the function words out of text in scripts without spaces, and the particles off Korean words,
/// so that the groups of characters that remain are about something.
enum FunctionGroups {
  /// The text with a space for each function word; text in other scripts is unchanged.
  ///
  /// In Japanese all hiragana are function words: particles, endings and auxiliaries are written in
  /// them, and most nouns and stems of verbs are not.
  static func cut(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: SearchForms.isGrouped) else { return text }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      if let length = functionWordLength(scalars, at: index) {
        result.append(" ")
        index += length
        continue
      }
      let isHiragana = (0x3041...0x309F).contains(scalars[index].value)
      result.append(isHiragana ? " " : scalars[index])
      index += 1
    }
    return String(result)
  }

  /// The number of scalars of the longest function word at `index`.
  private static func functionWordLength(_ scalars: [Unicode.Scalar], at index: Int) -> Int? {
    if isHangul(scalars[index]) { return koreanLength(scalars, at: index) }
    guard SearchForms.isGrouped(scalars[index]) else { return nil }
    return longestMatch(in: words, scalars, at: index)
  }

  /// The length of a Korean word that is a function word, or of the particles that end a word.
  private static func koreanLength(_ scalars: [Unicode.Scalar], at index: Int) -> Int? {
    let end = scalars[index...].firstIndex { !isHangul($0) } ?? scalars.count
    let rest = String(String.UnicodeScalarView(scalars[index..<end]))
    let startsWord = index == 0 || !isHangul(scalars[index - 1])
    return (startsWord ? koreanWords : koreanEndings).contains(rest) ? end - index : nil
  }

  private static func longestMatch(
    in words: Set<String>, _ scalars: [Unicode.Scalar], at index: Int
  ) -> Int? {
    for length in stride(from: min(longest, scalars.count - index), to: 0, by: -1) {
      let part = String(String.UnicodeScalarView(scalars[index..<index + length]))
      if words.contains(part) { return length }
    }
    return nil
  }

  private static func isHangul(_ scalar: Unicode.Scalar) -> Bool {
    (0xAC00...0xD7A3).contains(scalar.value)
  }

  /// The longest function word in the lists, in scalars.
  private static let longest = 9

  private static func set(_ list: String) -> Set<String> {
    Set(list.split { $0 == " " || $0 == "\n" }.map(String.init))
  }

  /// Question words, pronouns, particles and auxiliaries of Chinese (both scripts), Japanese in kanji,
  /// and Thai; written for this table.
  ///
  /// Of single Chinese characters only those that are seldom part of a noun: 都 would cut 首都.
  private static let words = set(
    """
    什么 什麼 甚麼 怎么样 怎麼樣 怎么 怎麼 怎样 怎樣 如何 多少 多久 多远 多遠 多大 几点 幾點 几 幾 哪里 哪裡 哪裏 哪儿
    哪些 哪个 哪個 哪 谁 誰 为什么 為什麼 为何 為何 何时 何時 是否 可以 可不可以 能不能 能否 会不会 會不會 应该 應該
    这种 這種 这个 這個 这些 這些 这 這 那种 那種 那个 那個 那些 那 的 了 吗 嗎 呢 吧 啊 是不是 是 在 有没有 有沒有
    与 與 请问 請問 我们 我們 你们 你們 他们 他們 我 你 您 他 她 它 何故 幾つ
    ที่ไหน ที่ไร ที่ ไหน อะไร ใคร เมื่อไร เมื่อไหร่ เมื่อ ทำไม อย่างไร ยังไง เท่าไร เท่าไหร่ กี่ คือ เป็น มี ได้ ใน ของ
    และ หรือ ไหม มั้ย จะ ให้ กับ จาก ว่า นี้ นั้น ครับ ค่ะ คะ
    """)

  private static let koreanWords = set(
    """
    무엇 무엇인가요 무엇입니까 뭐 뭐예요 언제 언제인가요 언제입니까 어디 어디에 어디서 어디에서 어디인가요 누가 누구 누구인가요
    왜 어떻게 어떤 얼마 얼마나 얼마인가요 얼마입니까 몇 있나요 있습니까 있는가 합니까 하나요 됩니까 되나요 이 그 저 것 수
    """)

  private static let koreanEndings = set(
    """
    은 는 이 가 을 를 에 에서 에게 의 로 으로 와 과 도 만 까지 부터 보다 처럼 이나 나 라 이라 입니까 인가요 인가 이다 입니다
    합니까 하나요 합니다 한다 하는 했다 했나요 했습니까 됩니까 되나요 됩니다 에는 에서는 으로는 들 들은 들이 들을 나요 습니까
    """)
}
