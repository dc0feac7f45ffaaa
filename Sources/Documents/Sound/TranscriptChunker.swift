/// Makes passages of a transcript: whole parts, so that each passage begins and ends where speech
/// does, about as long as passages of text.
///
/// A passage ends best at a pause, then at the end of a sentence; both as ``ChunkPlan`` weighs the
/// ends of paragraphs and sentences.
package struct TranscriptChunker {
  private let chunker: Chunker
  /// Special tokens of every text.
  private let specialTokenCount: Int
  private let plan: ChunkPlan

  /// - Parameter chunker: gives the sizes and counts the tokens.
  package init(chunker: Chunker) {
    self.chunker = chunker
    specialTokenCount = chunker.tokenCount(of: "")
    let limit = chunker.maximumTokenCount - specialTokenCount
    plan = ChunkPlan(
      target: min(max(1, chunker.targetTokenCount - specialTokenCount), limit), limit: limit)
  }

  /// Cuts a transcript.
  ///
  /// - Parameter parts: in the order of time, none of them empty.
  /// - Returns: passages with their times, which contain every word once; bytes and lines are those of
  ///   `TranscriptText`.
  /// - Complexity: O(text), and twice the text is counted.
  package func chunks(of parts: [TranscriptPart]) -> [Chunk] {
    let text = TranscriptText(parts)
    let pieces = parts.indices.flatMap { index in
      measured(
        Piece(text.ranges[index], text.places[index], text.milliseconds(ofPart: index)), text)
    }
    var lines = LineCounter()
    return plan.groups(of: pieces.map(\.atom)).flatMap { verified(pieces[$0], text) }
      .map { chunk(of: $0, text, &lines) }
  }

  /// A part, or as much of one as fits the model.
  private struct Piece {
    var atom: TextAtom
    let milliseconds: Range<Int>

    init(_ range: Range<Int>, _ place: CutPlace, _ milliseconds: Range<Int>) {
      atom = TextAtom(range: range, place: place, isHeading: false)
      self.milliseconds = milliseconds
    }
  }

  /// A piece with its tokens, or its halves where it is longer than the model's limit.
  ///
  /// The halves share the time by their lengths: speech without a time inside it is rare, and its
  /// rate is nearly constant.
  private func measured(_ piece: Piece, _ text: TranscriptText) -> [Piece] {
    let (range, time) = (piece.atom.range, piece.milliseconds)
    // The byte bound is checked first, which avoids counting megabytes that cannot fit.
    let isShort = ChunkPlan.size(tokenCount: 0, byteCount: range.count) <= plan.limit
    let count =
      isShort ? max(0, chunker.tokenCount(of: text.string(range)) - specialTokenCount) : Int.max
    guard count > plan.limit, let middle = TextMiddle(text.bytes).split(range) else {
      var measured = piece
      measured.atom.tokenCount = min(count, plan.limit)
      return [measured]
    }
    let share = Double(middle - range.lowerBound) / Double(range.count)
    let cut = time.lowerBound + Int(Double(time.count) * share)
    return [
      Piece(range.lowerBound..<middle, piece.atom.place, time.lowerBound..<cut),
      Piece(middle..<range.upperBound, .insideSentence, cut..<time.upperBound),
    ].flatMap { half -> [Piece] in
      let trimmed = TextLayout.trimmed(half.atom.range, in: text.bytes)
      guard !trimmed.isEmpty else { return [] }
      return measured(Piece(trimmed, half.atom.place, half.milliseconds), text)
    }
  }

  /// The group, or its halves where its text has more tokens than its pieces together.
  private func verified(
    _ group: ArraySlice<Piece>, _ text: TranscriptText
  ) -> [ArraySlice<Piece>] {
    guard group.count > 1,
      chunker.tokenCount(of: text.string(Self.range(of: group))) > chunker.maximumTokenCount
    else { return [group] }
    let middle = group.startIndex + group.count / 2
    return verified(group[..<middle], text) + verified(group[middle...], text)
  }

  private static func range(of group: ArraySlice<Piece>) -> Range<Int> {
    guard let first = group.first, let last = group.last else { return 0..<0 }
    return first.atom.range.lowerBound..<last.atom.range.upperBound
  }

  private func chunk(
    of group: ArraySlice<Piece>, _ text: TranscriptText, _ lines: inout LineCounter
  ) -> Chunk {
    let range = Self.range(of: group)
    let string = text.string(range)
    let start = group.first?.milliseconds.lowerBound ?? 0
    let end = group.last?.milliseconds.upperBound ?? start
    let firstLine = lines.line(at: range.lowerBound, in: text.bytes)
    return Chunk(
      modality: .sound, text: string, byteRange: range,
      lineRange: firstLine...lines.line(at: range.upperBound, in: text.bytes),
      millisecondRange: start..<max(start, end), tokenCount: chunker.tokenCount(of: string))
  }

  /// Counts the lines of a text once, for ascending offsets.
  private struct LineCounter {
    private var offset = 0
    private var line = 1

    mutating func line(at end: Int, in bytes: [UInt8]) -> Int {
      line += bytes[offset..<max(offset, end)].count { $0 == UInt8(ascii: "\n") }
      offset = max(offset, end)
      return line
    }
  }
}
