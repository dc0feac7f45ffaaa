// Unicode normalisation form C (NFC), which Qwen's tokenizers apply before they split a text.

/// Normalises text to NFC: canonical decomposition, canonical order of marks, composition.
///
/// Only runs of scalars that NFC can change are decomposed; a text without such scalars is returned
/// as it is. The properties are those of Hugging Face `tokenizers` (`UnicodeTables`), whose edition
/// of Unicode differs from Swift's.
///
/// - Source: Unicode Standard Annex 15; The Unicode Standard, section 3.11, D117 (composition).
///   Parity: `normalizers.NFC` of Hugging Face `tokenizers`.
struct CanonicalComposition: Sendable {
  static let shared = CanonicalComposition()

  /// The possible effects of NFC on a scalar.
  private enum Role {
    /// Neither changes nor combines with a scalar before it, so that a run can be cut before it.
    static let boundary: UInt8 = 0
    /// Class 0, but decomposes or may combine with the scalar before it.
    ///
    /// All other values are canonical combining classes, of which 240 is the largest.
    static let changing: UInt8 = 255
  }

  private let roles: ScalarTable<UInt8>
  /// Full canonical decompositions without Hangul syllables.
  private let decompositions: [UInt32: [UInt32]]
  /// `left << 32 | right` to the scalar that both compose into.
  private let composites: [UInt64: UInt32]

  private init() {
    let ranges = UnicodeRanges.shared
    decompositions = ranges.decomposition
    composites = Self.composites(ranges)
    var roles = [UInt8](repeating: Role.boundary, count: 0x110000)
    for pair in composites.keys { roles[Int(pair & 0xFFFF_FFFF)] = Role.changing }
    for scalar in HangulSyllable.vowels { roles[Int(scalar)] = Role.changing }
    for scalar in HangulSyllable.trailingConsonants { roles[Int(scalar)] = Role.changing }
    let composed = Set(composites.values)
    for scalar in ranges.decomposition.keys where !composed.contains(scalar) {
      roles[Int(scalar)] = Role.changing
    }
    for run in ranges.combiningClass {
      for scalar in Int(run.first)...Int(run.last) { roles[scalar] = UInt8(run.value) }
    }
    self.roles = ScalarTable(roles)
  }

  /// The pairs that compose: a decomposition of n scalars is the composite of its first n - 1 and
  /// the last one.
  private static func composites(_ ranges: UnicodeRanges) -> [UInt64: UInt32] {
    let composable = ranges.decomposition.filter { scalar, parts in
      parts.count > 1 && !UnicodeRanges.contains(scalar, in: ranges.compositionExclusion)
    }
    var scalarOfParts: [[UInt32]: UInt32] = [:]
    for (scalar, parts) in composable { scalarOfParts[parts] = scalar }
    var composites: [UInt64: UInt32] = [:]
    for (scalar, parts) in composable {
      let head = parts.count == 2 ? parts[0] : scalarOfParts[Array(parts.dropLast())]
      guard let head, let last = parts.last else { continue }
      composites[pair(head, last)] = scalar
    }
    return composites
  }

  private static func pair(_ left: UInt32, _ right: UInt32) -> UInt64 {
    UInt64(left) << 32 | UInt64(right)
  }

  /// The NFC form of a text.
  ///
  /// - Parameter text: valid UTF-8.
  /// - Returns: the normalised text; the argument itself where nothing changes.
  /// - Complexity: O(bytes), plus O(n log n) for n combining marks in a row. No allocation for text
  ///   below U+0300, which includes Western European languages with composed accents.
  func normalized(_ text: [UInt8]) -> [UInt8] {
    // U+0300 is the first scalar that NFC can change; its UTF-8 begins with 0xCC.
    guard var index = text.firstIndex(where: { $0 >= 0xCC }) else { return text }
    var output: [UInt8] = []
    var copiedEnd = 0
    var boundary = Self.previousScalar(in: text, before: index)
    while index < text.count {
      let (value, next) = scalar(in: text, at: index)
      if roles[value] == Role.boundary {
        boundary = index
        index = next
        continue
      }
      var end = next
      while end < text.count {
        let (value, next) = scalar(in: text, at: end)
        if roles[value] == Role.boundary { break }
        end = next
      }
      output += text[copiedEnd..<boundary]
      appendNormalized(text, boundary..<end, to: &output)
      (copiedEnd, boundary, index) = (end, end, end)
    }
    if copiedEnd == 0 { return text }
    output += text[copiedEnd...]
    return output
  }

  /// The start of the scalar before `index`, or `index` at the start of the text.
  private static func previousScalar(in text: [UInt8], before index: Int) -> Int {
    var start = max(0, index - 1)
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  /// Normalises one run: at most one boundary scalar, followed by scalars that may change.
  private func appendNormalized(_ text: [UInt8], _ range: Range<Int>, to output: inout [UInt8]) {
    var scalars = decomposed(text, range)
    sortMarks(&scalars)
    for value in composed(scalars) { output.append(scalar: value) }
  }

  private func decomposed(_ text: [UInt8], _ range: Range<Int>) -> [UInt32] {
    var scalars: [UInt32] = []
    var index = range.lowerBound
    while index < range.upperBound {
      let (value, next) = scalar(in: text, at: index)
      index = next
      if value >= HangulSyllable.first, value <= HangulSyllable.last {
        let jamo = HangulSyllable.jamo(value)
        scalars += [jamo.leading, jamo.vowel]
        if jamo.trailing != 0 { scalars.append(jamo.trailing) }
      } else if let parts = decompositions[value] {
        scalars += parts
      } else {
        scalars.append(value)
      }
    }
    return scalars
  }

  /// Canonical combining class; 0 for scalars that are not marks.
  private func combiningClass(_ scalar: UInt32) -> UInt8 {
    let role = roles[scalar]
    return role == Role.changing ? 0 : role
  }

  /// Canonical ordering: a stable sort of each run of marks by combining class.
  private func sortMarks(_ scalars: inout [UInt32]) {
    var start = 0
    while start < scalars.count {
      guard combiningClass(scalars[start]) != 0 else {
        start += 1
        continue
      }
      let end =
        scalars[start...].firstIndex { combiningClass($0) == 0 } ?? scalars.count
      // `sort` is stable in practice but does not promise it, so ties are broken by position.
      let marks = scalars[start..<end].enumerated().sorted {
        (combiningClass($0.element), $0.offset) < (combiningClass($1.element), $1.offset)
      }
      for (offset, mark) in marks.enumerated() { scalars[start + offset] = mark.element }
      start = end
    }
  }

  /// Composes each mark with the last starter before it, unless a mark of the same or a higher
  /// class stands between them.
  private func composed(_ scalars: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var starter: Int?
    var lastClass: UInt8 = 0
    for value in scalars {
      let markClass = combiningClass(value)
      if let starter, lastClass == 0 || lastClass < markClass,
        let composite = composite(result[starter], value)
      {
        result[starter] = composite
        continue
      }
      if markClass == 0 { starter = result.count }
      lastClass = markClass
      result.append(value)
    }
    return result
  }

  private func composite(_ left: UInt32, _ right: UInt32) -> UInt32? {
    HangulSyllable.composed(left, right) ?? composites[Self.pair(left, right)]
  }
}
