internal import Bytes
internal import Foundation
internal import RAG
internal import Store

/// Formats answers and passages for standard output.
struct AnswerRenderer {
  /// Whether whole passages and their scores are shown.
  var isVerbose: Bool
  /// Without `--verbose` this many lines of a passage are shown, around its highlight.
  static let linesPerPassage = 7
  /// Folders that the person named; paths below them are shown relative to them.
  var roots: [String] = []
  /// Lines longer than this are hard to read, however wide the terminal.
  static let maximumWidth = 96
  /// The margin of a passage, in which highlighted lines have a mark.
  private static let marginWidth = 4

  private var width: Int {
    let columns =
      Terminal.outputIsTerminal ? Terminal.columns(fileDescriptor: 1) : Self.maximumWidth
    return max(40, min(Self.maximumWidth, columns)) - Self.marginWidth
  }

  /// The whole answer: the answer itself, then the passages that it cites.
  func lines(for answer: Answer) -> [String] {
    guard answer.isAnswered else { return refusal(answer) }
    return wrapped(droppingControls(answer.text)).map { Style.bold.apply($0) } + [""]
      + sources(of: answer)
  }

  /// The lines below the answer: its unsupported sentences and the passages that it cites, or the
  /// refusal.
  func sources(of answer: Answer) -> [String] {
    guard answer.isAnswered else { return refusal(answer) }
    var lines: [String] = []
    for sentence in answer.unsupportedSentences {
      let doubt =
        CitationCheck.citedNumbers(in: sentence, passageCount: answer.passages.count).isEmpty
        ? "No citation: " : "Not supported by what it cites: "
      lines += wrapped(doubt + droppingControls(sentence))
        .map { Style.yellow.apply($0) }
    }
    for added in answer.addedCitations ?? [] {
      lines += wrapped(
        "[\(added.number)] says this (mark added): " + droppingControls(added.sentence)
      )
      .map { Style.dim.apply($0) }
    }
    if !lines.isEmpty { lines.append("") }
    if let quotation = answer.quotation { lines += safer(quotation) }
    for (index, passage) in answer.passages.enumerated()
    where answer.citedNumbers?.contains(index + 1) ?? true {
      lines += self.lines(for: passage, number: index + 1)
      lines.append("")
    }
    if isVerbose { lines.append(evidence(answer.evidence)) } else { _ = lines.popLast() }
    return lines
  }

  /// The lines of a quotation, for prose that the passages do not support.
  private func safer(_ quotation: Quotation) -> [String] {
    ["The passages support nothing of this. Their own words are the safer answer:"]
      + wrapped(droppingControls(quotation.text)).map { Style.bold.apply($0) }
      + lines(for: quotation.passage, number: nil) + [""]
  }

  private func refusal(_ answer: Answer) -> [String] {
    var lines = ["Nothing in your files answers this."]
    if let nearest = answer.passages.first {
      lines.append("")
      lines.append("The nearest passage, which may not help:")
      lines += self.lines(for: nearest, number: nil)
    }
    if isVerbose { lines += ["", evidence(answer.evidence)] }
    return lines
  }

  private func evidence(_ evidence: Evidence) -> String {
    let text = String(
      format: "evidence %.2f (best cosine %.2f, words covered %.0f %%)", evidence.strength,
      evidence.bestCosine, evidence.wordCoverage * 100)
    return Style.dim.apply(text)
  }

  /// The lines of a passage: its citation, then its text.
  func lines(for passage: Passage, number: Int?) -> [String] {
    let mark = number.map { "[\($0)] " } ?? ""
    var lines = [mark + citation(of: passage)]
    for other in passage.alsoAt {
      lines.append("    also in " + shown(path: other.path) + Self.suffix(other.place, of: other))
    }
    if let command = Self.playCommand(for: passage) {
      lines.append(Style.dim.apply("    play: " + command))
    }
    if let linked = passage.citation.picturePath, linked != passage.citation.path {
      lines.append("    picture " + shown(path: linked))
    }
    if let sequence = Thumbnails.sequence(for: passage) { lines.append(sequence) }
    if !passage.text.isEmpty {
      let parts = passage.highlighted
      let text = WrappedText(
        before: droppingControls(parts.before), highlighted: droppingControls(parts.sentence),
        after: droppingControls(parts.after), width: width)
      lines += text.rendered(limit: isVerbose ? nil : Self.linesPerPassage)
    }
    if isVerbose { lines.append("    " + scores(passage)) }
    return lines
  }

  private func citation(of passage: Passage) -> String {
    let citation = passage.citation
    let heading = citation.heading.map { Style.dim.apply("  (\(droppingControls($0)))") } ?? ""
    return Style.green.apply(shown(path: citation.path))
      + Self.suffix(passage.place, of: citation) + heading
  }

  /// The player that is installed, with the arguments before the second to start at.
  private static let player: [String]? = {
    if ChildProcess.find("mpv") != nil { return ["mpv", "--start="] }
    return ChildProcess.find("ffplay") != nil ? ["ffplay", "-ss "] : nil
  }()

  /// The command that plays a recording from the cited sentence or passage on; nil for other passages,
  /// and where no player is installed.
  static func playCommand(for passage: Passage) -> String? {
    let citation = passage.citation
    guard citation.isRecording, let player,
      let start = passage.highlightStartSeconds ?? citation.startSeconds, start.isFinite,
      // A name with control characters cannot be shown as it must be typed.
      droppingControls(citation.path) == citation.path
    else { return nil }
    let here = FileManager.default.currentDirectoryPath
    let path =
      here != "/" && citation.path.hasPrefix(here + "/")
      ? "./" + citation.path.dropFirst(here.count + 1) : citation.path
    return "\(player[0]) \(player[1])\(Int(min(max(0, start), 1e9))) " + shellWord(path)
  }

  /// A place after a path: times follow a recording as in `talk.mp3 00:12:31`.
  private static func suffix(_ place: String, of citation: Citation) -> String {
    if place.isEmpty { return "" }
    return (citation.isRecording ? " " : ", ") + droppingControls(place)
  }

  private func scores(_ passage: Passage) -> String {
    var parts = [String(format: "score %.4f", passage.score)]
    if let cosine = passage.cosine { parts.append(String(format: "cosine %.3f", cosine)) }
    if let rank = passage.denseRank { parts.append("dense rank \(rank)") }
    if let rank = passage.keywordRank { parts.append("keyword rank \(rank)") }
    if let cosine = passage.pictureCosine {
      parts.append(String(format: "picture cosine %.3f", cosine))
    }
    if let relevance = passage.pictureRelevance {
      parts.append(String(format: "picture relevance %.3f", relevance))
    }
    return Style.dim.apply(parts.joined(separator: ", "))
  }

  /// A path below a named folder relative to it; any other path as ``shown(path:)`` formats it.
  private func shown(path: String) -> String {
    for root in roots where path.hasPrefix(root + "/") {
      let name = root.split(separator: "/").last.map { $0 + "/" } ?? ""
      return shownName(name + path.dropFirst(root.count + 1))
    }
    return Self.shown(path: path)
  }

  /// A path as a person would type it: relative below the working directory, with `~` below the
  /// home folder.
  static func shown(path: String) -> String {
    let here = FileManager.default.currentDirectoryPath
    if here != "/", path.hasPrefix(here + "/") {
      return shownName(path.dropFirst(here.count + 1))
    }
    let home = FileManager.default.homeDirectoryForCurrentUser.path
    if home != "/", path.hasPrefix(home + "/") {
      return "~" + shownName(path.dropFirst(home.count))
    }
    return shownName(path)
  }

  private func wrapped(_ text: String) -> [String] {
    WrappedText(before: text, highlighted: "", after: "", width: width + Self.marginWidth)
      .rendered(limit: nil, hasMargin: false)
  }
}
