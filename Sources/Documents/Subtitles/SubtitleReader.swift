/// Reads subtitles: SubRip (SRT) and WebVTT.
///
/// The cues become running text, so that a sentence that was cut into cues is whole again; a pause
/// or another speaker begins a paragraph. Places are times, as in
/// `00:01:05-00:01:32`.
struct SubtitleReader {
  private let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// A pause that begins a paragraph, in milliseconds: longer than the breath between two sentences.
  static let pauseMilliseconds = 3_000

  /// Reads the cues.
  ///
  /// - Returns: a file without any time is read as plain text.
  /// - Throws: `.binary`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    let decoded = try SourceText(source)
    let cues = Self.cues(decoded.bytes)
    guard !cues.isEmpty else { return try TextReader(source).read(as: .text) }
    var text = TextAssembler(limits: source.limits)
    text.warnings = decoded.warnings
    var previous: Cue?
    for cue in cues {
      // Rounded outwards, so that the stretch contains all of the words.
      text.mark(
        .time, Self.clock(cue.start / 1_000), end: Self.clock((cue.end + 999) / 1_000))
      let isNew =
        previous.map {
          cue.start - $0.end >= Self.pauseMilliseconds || cue.speaker != nil
            || cue.text.hasPrefix("-")
        } ?? true
      let words = cue.speaker.map { "\($0): \(cue.text)" } ?? cue.text
      if isNew { text.appendParagraph(words) } else { text.appendContinuation(words) }
      previous = cue
    }
    return try text.document(type: .subtitles, path: source.path, encoding: decoded.encoding)
  }

  /// A text with its time.
  struct Cue: Equatable {
    let start: Int
    let end: Int
    let speaker: String?
    let text: String
  }

  /// The cues in the order of the file.
  static func cues(_ bytes: [UInt8]) -> [Cue] {
    var cues: [Cue] = []
    var time: (start: Int, end: Int)?
    var lines: [String] = []
    func flush() {
      defer { (time, lines) = (nil, []) }
      guard let time else { return }
      let (speaker, text) = content(lines.joined(separator: " "))
      // Players scroll by repeating the line before.
      if !text.isEmpty, cues.last?.text != text {
        cues.append(Cue(start: time.start, end: time.end, speaker: speaker, text: text))
      }
    }
    for line in String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if let found = times(line) {
        flush()
        time = found
      } else if line.allSatisfy(\.isWhitespace) {
        flush()
      } else if time != nil {
        lines.append(String(line))
      }
    }
    flush()
    return cues
  }

  /// `00:01:05,000 --> 00:01:08,500`, with a point in WebVTT, where hours may be missing.
  private static func times(_ line: Substring) -> (start: Int, end: Int)? {
    guard let arrow = line.firstRange(of: "-->") else { return nil }
    guard let start = milliseconds(line[..<arrow.lowerBound]),
      let end = milliseconds(line[arrow.upperBound...].drop { $0 == " " }.prefix { $0 != " " })
    else { return nil }
    return (start, max(start, end))
  }

  private static func milliseconds(_ text: Substring) -> Int? {
    let parts = text.split { ":,. \t".contains($0) }
    let hasFraction = text.contains(",") || text.contains(".")
    guard (hasFraction ? 3...4 : 2...3).contains(parts.count),
      parts.allSatisfy({ $0.utf8.count <= 6 })
    else { return nil }
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
    let whole = hasFraction ? numbers.dropLast() : numbers[...]
    let seconds = whole.reduce(0) { $0 * 60 + $1 }
    return seconds * 1_000 + (hasFraction ? numbers[numbers.count - 1] : 0)
  }

  /// The words without tags such as `<i>` and `{\an8}`, and the speaker of `<v Anna>`.
  private static func content(_ text: String) -> (speaker: String?, text: String) {
    var speaker: String?
    var words = ""
    var rest = Substring(text)
    // A closing mark is searched for only if the rest has one: searching in vain at each opening mark
    // would take quadratic time.
    let lastMarks = [Character(">"): text.lastIndex(of: ">"), "}": text.lastIndex(of: "}")]
    while let character = rest.first {
      let closing: Character? =
        character == "<" ? ">" : rest.hasPrefix("{\\") ? "}" : nil
      if let closing, let last = lastMarks[closing] ?? nil, rest.startIndex < last,
        let end = rest.firstIndex(of: closing)
      {
        let tag = rest[..<end].dropFirst()
        if tag.hasPrefix("v "), speaker == nil {
          speaker = TextAssembler.singleLine(String(tag.dropFirst(2)))
        }
        rest = rest[rest.index(after: end)...]
      } else {
        words.append(character)
        rest = rest.dropFirst()
      }
    }
    for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")] {
      words = words.replacing(entity, with: character)
    }
    return (speaker, TextAssembler.singleLine(words))
  }

  /// A time as players show it, as citations of recordings do: hours, minutes and seconds.
  private static func clock(_ seconds: Int) -> String {
    [seconds / 3_600, seconds / 60 % 60, seconds % 60]
      .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}
