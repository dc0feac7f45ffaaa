/// The combined effect of BERT's normaliser and pre-tokenizer on one scalar.
///
/// Normalisation (`BertNormalizer`) and splitting (`BertPreTokenizer`) both act on single scalars,
/// except for the order of combining marks. Their composition is therefore a function of the scalar
/// and is tabulated when a tokenizer is created.
enum ScalarAction: Equatable {
  /// Keeps the scalar as part of a word.
  case keep
  /// Deletes the scalar; the word continues.
  case delete
  /// Ends the word.
  case space
  /// Makes the scalar a word of its own.
  case isolate
  /// Replaces the scalar by the outputs at this index of `ScalarActions.outputs`.
  case replace(at: Int)
  /// As `replace`, with a space before and after.
  case replaceIsolated(at: Int)
  /// Decomposes a Hangul syllable arithmetically.
  case hangul
}

/// A scalar of normalised text.
struct NormalizedScalar: Equatable {
  /// The function of the scalar in splitting.
  enum Role: UInt32 {
    case word = 0
    case space = 1
    case punctuation = 2
    /// Deleted, but the marks on both sides of it are not reordered across it.
    case boundary = 3
  }

  var value: UInt32
  var role: Role
  /// Canonical combining class, by which the marks of one base are sorted.
  var combiningClass: UInt8
}

/// The action of every scalar under one `BERTNormalization`, in a two-stage table.
///
/// Most pages of 256 scalars are uniform and shared, so the table takes about 100 KB.
struct ScalarActions: Sendable {
  private static let pageBits: UInt32 = 8
  private static let pageSize = 1 << 8
  /// 0x110000 scalars in pages of 256.
  private static let pageCount = 0x1100

  private var pageOf = [UInt16](repeating: 0, count: pageCount)
  private var entries = [UInt32](repeating: 0, count: pageSize)
  private var uniformPages: [UInt32: UInt16] = [0: 0]
  /// Sequences, each a count followed by packed scalars.
  private var outputs: [UInt32] = [0]

  init(_ normalization: BERTNormalization) {
    let tables = UnicodeRanges.shared
    // Later calls override earlier ones, so the steps are in reverse order of precedence.
    for run in tables.punctuation { set(.isolate, from: run.first, through: run.last) }
    for run in tables.space { set(.space, from: run.first, through: run.last) }
    setReplacements(normalization, tables)
    if normalization.splitsIdeographs { isolateIdeographs(normalization, tables) }
    if normalization.cleansText {
      // U+000B, U+000C and U+0085 are both white space and control; deletion comes first.
      for run in tables.space { set(.space, from: run.first, through: run.last) }
      for run in tables.dropped { set(.delete, from: run.first, through: run.last) }
    }
  }

  /// The action of `scalar`, a value below 0x110000.
  func action(_ scalar: UInt32) -> ScalarAction {
    let page = Int(pageOf[Int(scalar >> Self.pageBits)])
    return Self.unpack(entries[page * Self.pageSize + Int(scalar & 0xFF)])
  }

  /// The indices of the outputs of a `replace` action.
  func outputRange(at place: Int) -> Range<Int> {
    place + 1..<place + 1 + Int(outputs[place])
  }

  /// The output at an index of ``outputRange(at:)``.
  func output(_ index: Int) -> NormalizedScalar {
    Self.unpackScalar(outputs[index])
  }

  // MARK: Building

  /// Sets decomposition, deletion of marks and lower case of single scalars.
  private mutating func setReplacements(_ normalization: BERTNormalization, _ tables: UnicodeRanges)
  {
    var changed: Set<UInt32> = []
    if normalization.lowercases { changed.formUnion(tables.lowercase.keys) }
    if normalization.stripsAccents {
      changed.formUnion(tables.decomposition.keys)
      for run in tables.nonspacing + tables.combiningClass {
        changed.formUnion(run.first...run.last)
      }
      set(.hangul, from: HangulSyllable.first, through: HangulSyllable.last)
    }
    for scalar in changed.sorted() {
      let sequence = normalized(scalar, normalization, tables)
      let action: ScalarAction = sequence.isEmpty ? .delete : .replace(at: append(sequence))
      set(action, from: scalar, through: scalar)
    }
  }

  private mutating func isolateIdeographs(
    _ normalization: BERTNormalization, _ tables: UnicodeRanges
  ) {
    for run in tables.ideograph {
      set(.isolate, from: run.first, through: run.last)
      guard normalization.stripsAccents else { continue }
      for scalar in run.first...run.last where tables.decomposition[scalar] != nil {
        let place = append(normalized(scalar, normalization, tables))
        set(.replaceIsolated(at: place), from: scalar, through: scalar)
      }
    }
  }

  private func normalized(
    _ scalar: UInt32, _ normalization: BERTNormalization, _ tables: UnicodeRanges
  ) -> [NormalizedScalar] {
    let decomposed =
      normalization.stripsAccents ? tables.decomposition[scalar] ?? [scalar] : [scalar]
    var sequence: [NormalizedScalar] = []
    for part in decomposed {
      // Without decomposition marks are not reordered, so every scalar counts as a base.
      let combiningClass =
        normalization.stripsAccents
        ? UInt8(UnicodeRanges.value(of: part, in: tables.combiningClass) ?? 0) : 0
      if normalization.stripsAccents, UnicodeRanges.contains(part, in: tables.nonspacing) {
        if combiningClass == 0 {
          sequence.append(NormalizedScalar(value: part, role: .boundary, combiningClass: 0))
        }
        continue
      }
      let lowered = normalization.lowercases ? tables.lowercase[part] ?? [part] : [part]
      for value in lowered {
        let role: NormalizedScalar.Role =
          if UnicodeRanges.contains(value, in: tables.space) {
            .space
          } else if UnicodeRanges.contains(value, in: tables.punctuation) {
            .punctuation
          } else {
            .word
          }
        sequence.append(
          NormalizedScalar(value: value, role: role, combiningClass: combiningClass))
      }
    }
    return sequence
  }

  private mutating func append(_ sequence: [NormalizedScalar]) -> Int {
    let place = outputs.count
    outputs.append(UInt32(sequence.count))
    outputs.append(contentsOf: sequence.map(Self.packScalar))
    return place
  }

  private mutating func set(_ action: ScalarAction, from first: UInt32, through last: UInt32) {
    let entry = Self.pack(action)
    var scalar = first
    while scalar <= last {
      let page = Int(scalar >> Self.pageBits)
      let pageLast = UInt32(page) << Self.pageBits | 0xFF
      if scalar & 0xFF == 0, pageLast <= last {
        pageOf[page] = uniformPage(entry)
      } else {
        let start = ownPage(page) * Self.pageSize
        for slot in scalar...min(last, pageLast) { entries[start + Int(slot & 0xFF)] = entry }
      }
      scalar = pageLast + 1
    }
  }

  private mutating func uniformPage(_ entry: UInt32) -> UInt16 {
    if let page = uniformPages[entry] { return page }
    let page = UInt16(entries.count / Self.pageSize)
    entries.append(contentsOf: repeatElement(entry, count: Self.pageSize))
    uniformPages[entry] = page
    return page
  }

  /// The storage of a page for writing; a shared page is copied first.
  private mutating func ownPage(_ page: Int) -> Int {
    let stored = Int(pageOf[page])
    guard uniformPages.values.contains(UInt16(stored)) else { return stored }
    let start = stored * Self.pageSize
    entries.append(contentsOf: entries[start..<start + Self.pageSize])
    pageOf[page] = UInt16(entries.count / Self.pageSize - 1)
    return Int(pageOf[page])
  }

  // MARK: Packing

  private static func pack(_ action: ScalarAction) -> UInt32 {
    switch action {
    case .keep: 0
    case .delete: 1
    case .space: 2
    case .isolate: 3
    case .hangul: 4
    case .replace(let place): 5 | UInt32(place) << 3
    case .replaceIsolated(let place): 6 | UInt32(place) << 3
    }
  }

  private static func unpack(_ entry: UInt32) -> ScalarAction {
    switch entry & 7 {
    case 0: .keep
    case 1: .delete
    case 2: .space
    case 3: .isolate
    case 4: .hangul
    case 5: .replace(at: Int(entry >> 3))
    default: .replaceIsolated(at: Int(entry >> 3))
    }
  }

  /// 21 bits of scalar, 2 of role, 8 of combining class.
  private static func packScalar(_ scalar: NormalizedScalar) -> UInt32 {
    scalar.value | scalar.role.rawValue << 21 | UInt32(scalar.combiningClass) << 23
  }

  private static func unpackScalar(_ packed: UInt32) -> NormalizedScalar {
    NormalizedScalar(
      value: packed & 0x1F_FFFF, role: .init(rawValue: packed >> 21 & 3) ?? .word,
      combiningClass: UInt8(packed >> 23 & 0xFF))
  }
}
