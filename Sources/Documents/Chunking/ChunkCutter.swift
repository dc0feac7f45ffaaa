/// The work of `Chunker.chunks(of:)` on one document.
struct ChunkCutter {
  private let document: ExtractedDocument
  private let bytes: [UInt8]
  private let measure: (String) -> Int
  /// Number of special tokens that `measure` adds to every text.
  private let specialTokenCount: Int
  private let maximumTokenCount: Int
  private let overlapTokenCount: Int
  private let plan: ChunkPlan
  private let headers: TableHeaders

  init(
    _ document: ExtractedDocument, chunker: Chunker, measure: @escaping (String) -> Int
  ) {
    self.document = document
    self.measure = measure
    bytes = Array(document.text.utf8)
    headers = TableHeaders(document, bytes: bytes)
    specialTokenCount = measure("")
    maximumTokenCount = chunker.maximumTokenCount
    let room = maximumTokenCount - specialTokenCount
    // The overlap takes room of the chunk; at least half of the room is left for new text.
    overlapTokenCount = min(chunker.overlapTokenCount, room / 2)
    let limit = room - overlapTokenCount
    let target = chunker.targetTokenCount - specialTokenCount - overlapTokenCount
    plan = ChunkPlan(target: min(max(1, target), limit), limit: limit)
  }

  func cut() -> [Chunk] {
    var atomizer = TextAtomizer(bytes, headings: document.headings)
    var locator = ChunkLocator(document, bytes: bytes)
    var chunks: [Chunk] = []
    let pages = document.pages ?? document.parts ?? [0..<bytes.count]
    for (index, page) in pages.enumerated() {
      let atoms = measured(atomizer.atoms(in: page))
      for planned in plan.groups(of: atoms) {
        for group in verified(planned, of: atoms) {
          let start = withOverlap(group, of: atoms)
          let range = atoms[start].range.lowerBound..<atoms[group.upperBound - 1].range.upperBound
          let text = text(range)
          chunks.append(
            locator.chunk(
              range, text: text, page: document.pages == nil ? nil : index + 1,
              under: headingPlace(group, of: atoms), tokenCount: measure(text)))
        }
      }
    }
    return chunks
  }

  /// The offset that determines the chunk's headings: that of its first atom that is not a heading,
  /// so that all headings at the start of the chunk count.
  ///
  /// Text before the first heading of a document, such as front matter, gets that heading if it is
  /// in the same chunk.
  private func headingPlace(_ group: Range<Int>, of atoms: [TextAtom]) -> Int {
    let body = atoms[group.first { !atoms[$0].isHeading } ?? group.upperBound - 1].range.lowerBound
    let end = atoms[group.upperBound - 1].range.upperBound
    guard let first = document.headings.first?.byteRange.lowerBound, first > body, first < end
    else { return body }
    return first
  }

  /// Counts the tokens of each atom and splits those that are larger than a chunk.
  private func measured(_ atoms: [TextAtom]) -> [TextAtom] {
    var result: [TextAtom] = []
    result.reserveCapacity(atoms.count)
    for var atom in atoms {
      if let tokenCount = tokenCount(atom.range, limit: plan.limit) {
        atom.tokenCount = tokenCount
        result.append(atom)
      } else {
        appendParts(of: atom, to: &result)
      }
    }
    return result
  }

  /// Splits an overlong atom into small parts, which the plan then packs like sentences.
  private func appendParts(of atom: TextAtom, to result: inout [TextAtom]) {
    // With parts of a quarter of the target, the packing comes within an eighth of it on average.
    let limit = max(1, plan.target / 4)
    var place = atom.place
    var pending = [atom.range]
    while let range = pending.popLast() {
      let tokenCount = tokenCount(range, limit: limit)
      if tokenCount == nil, let middle = TextMiddle(bytes).split(range) {
        pending.append(TextLayout.trimmed(middle..<range.upperBound, in: bytes))
        pending.append(TextLayout.trimmed(range.lowerBound..<middle, in: bytes))
        continue
      }
      guard !range.isEmpty else { continue }
      result.append(
        TextAtom(
          range: range, place: place, isHeading: atom.isHeading,
          tokenCount: tokenCount ?? max(0, measure(string(range)) - specialTokenCount)))
      place = .insideSentence
    }
  }

  /// Tokens of a range without special tokens, or nil if its size is over the limit.
  private func tokenCount(_ range: Range<Int>, limit: Int) -> Int? {
    // The byte bound is checked first, which avoids counting megabytes that cannot fit.
    guard ChunkPlan.size(tokenCount: 0, byteCount: range.count) <= limit else { return nil }
    let tokenCount = max(0, measure(string(range)) - specialTokenCount)
    return tokenCount <= limit ? tokenCount : nil
  }

  /// The group, or parts of it if its text has more tokens than the sum of its atoms, which happens
  /// with tokenizers that merge across spaces.
  private func verified(_ group: Range<Int>, of atoms: [TextAtom]) -> [Range<Int>] {
    let range =
      atoms[group.lowerBound].range.lowerBound..<atoms[group.upperBound - 1].range.upperBound
    if group.count == 1 || measure(withHeader(range)) <= maximumTokenCount { return [group] }
    // Cuts at the best place; of several equally good ones, at the one nearest to the middle.
    let middle = group.lowerBound + group.count / 2
    let inner = group.lowerBound + 1..<group.upperBound
    let cut = inner.max { left, right in
      let (a, b) = (atoms[left].place, atoms[right].place)
      return a != b ? a < b : abs(left - middle) > abs(right - middle)
    }
    guard let cut else { return [group] }
    return verified(group.lowerBound..<cut, of: atoms)
      + verified(cut..<group.upperBound, of: atoms)
  }

  /// The index of the first atom of a chunk that repeats the end of the previous one.
  private func withOverlap(_ group: Range<Int>, of atoms: [TextAtom]) -> Int {
    var start = group.lowerBound
    guard overlapTokenCount > 0 else { return start }
    var repeated = 0
    while start > 0, atoms[start].place < .section, !atoms[start - 1].isHeading {
      repeated += atoms[start - 1].tokenCount
      let range =
        atoms[start - 1].range.lowerBound..<atoms[group.upperBound - 1].range.upperBound
      guard repeated <= overlapTokenCount,
        tokenCount(range, limit: maximumTokenCount - specialTokenCount) != nil
      else { break }
      start -= 1
    }
    return start
  }

  /// The text of a chunk: its range, after the header of the table that it was cut from unless both
  /// are too long.
  private func text(_ range: Range<Int>) -> String {
    let whole = withHeader(range)
    guard whole.utf8.count > range.count, measure(whole) > maximumTokenCount else { return whole }
    return string(range)
  }

  private func withHeader(_ range: Range<Int>) -> String {
    guard let header = headers.header(before: range.lowerBound),
      header.utf8.count <= Self.longestHeader
    else { return string(range) }
    return header + "\n" + string(range)
  }

  /// A longer header would leave little room for rows; about 60 tokens.
  private static let longestHeader = 240

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}
