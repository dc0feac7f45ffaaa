internal import Bytes
internal import Documents
internal import Store

/// The files that have to be read, determined from the file system and the index.
struct IngestPlan: Sendable {
  struct Candidate: Sendable {
    let facts: FileFacts
    /// The hash that is recorded for the path, if it is indexed.
    let indexedSHA256: String?
    /// Whether the file is read although its own bytes are indexed: a picture that it refers to has
    /// changed, or the words in its pictures can now be read.
    let isRenewed: Bool
    /// The bytes that could not be indexed last time, with the reason.
    let refusal: Refusal?
  }

  /// Content that cannot be indexed.
  struct Refusal: Sendable {
    let sha256: String
    let reason: String
  }

  /// The key of a content, which the store keeps once for any number of paths.
  struct Content: Hashable, Sendable {
    let sha256: String
    let type: String
  }

  /// Files to read, in path order.
  let candidates: [Candidate]
  /// Number of files that have not changed, by size and modification time.
  let unchangedCount: Int
  let fileCount: Int
  /// The indexed paths.
  let indexedPaths: Set<ExactPath>
  /// The indexed contents.
  let indexedContents: Set<Content>
  /// The indexed contents whose files have vanished: a new file with such a content was renamed.
  let vanishedContents: Set<Content>
  /// Files and folders that cannot be read.
  let problems: [DocumentError]
  /// Files that could not be indexed last time and have not changed.
  let settled: [IngestReport.Skipped]
  /// Number of files of other types by file name extension.
  let passedOver: [String: Int]

  /// - Parameters:
  ///   - paths: files and folders.
  ///   - store: the index.
  ///   - readsWords: whether the words in pictures can be read.
  ///   - checksContent: whether the bytes of every file are compared, and not only its size and time.
  /// - Throws: `StoreError` if the index cannot be read.
  /// - Complexity: O(files) system calls, three queries.
  init(
    paths: [String], store: IndexStore, readsWords: Bool, checksContent: Bool = false
  ) throws {
    let found = DocumentFinder().find(paths)
    var problems = found.problems
    passedOver = found.passedOver
    fileCount = found.files.count
    let states = try store.fileStates(under: nil)
    let unreadPaths = readsWords ? try store.unreadPaths() : []
    let linkedPictures = try store.linkedPictures()
    var hashes = PictureHashes()
    var candidates: [Candidate] = []
    var settled: [IngestReport.Skipped] = []
    var seen: Set<ExactPath> = []
    var unchangedCount = 0
    for path in found.files {
      guard let facts = FileFacts(path: path), seen.insert(ExactPath(facts.path)).inserted else {
        continue
      }
      let known = states[ExactPath(facts.path)]
      let state = known.flatMap { $0.skipReason == nil ? $0 : nil }
      let isRenewed =
        unreadPaths.contains(facts.path)
        || state.map { Self.changed(linkedPictures[facts.path], since: $0, &hashes) } ?? false
      let isUnchanged =
        !checksContent && !isRenewed
        && known?.isUnchanged(
          byteCount: facts.byteCount, modifiedNanoseconds: facts.modifiedNanoseconds) ?? false
      let refusal = known.flatMap(Self.refusal)
      if isUnchanged, state != nil {
        unchangedCount += 1
      } else if isUnchanged, let refusal {
        settled.append(.init(path: facts.displayPath, reason: refusal.reason))
      } else if state != nil, let problem = FileContents.problem(path: path) {
        // What was indexed stays until the file can be read again.
        problems.append(problem)
      } else {
        candidates.append(
          Candidate(
            facts: facts, indexedSHA256: state?.sha256, isRenewed: isRenewed, refusal: refusal))
      }
    }
    self.candidates = candidates
    self.problems = problems
    self.settled = settled
    self.unchangedCount = unchangedCount
    let indexed = states.filter { $0.value.skipReason == nil }
    indexedPaths = Set(indexed.keys)
    func content(_ state: FileState) -> Content {
      Content(sha256: state.sha256, type: state.type)
    }
    indexedContents = Set(indexed.values.map(content))
    vanishedContents = Set(
      indexed.lazy.filter { !FileFacts.exists($0.key.string) }.map { content($0.value) })
  }

  /// Why the recorded bytes cannot be indexed; nil if they can, or if it depends on more than them.
  private static func refusal(_ state: FileState) -> Refusal? {
    // A rebuild reads everything again, also what the version before it could not.
    guard let reason = state.skipReason, reason != IndexStore.waitingReason,
      state.type == DocumentRecord.refusedType
    else { return nil }
    return Refusal(sha256: state.sha256, reason: reason)
  }

  /// Whether a picture was changed or removed after the page that refers to it was indexed.
  ///
  /// As for documents, the time of a file proves that it has not changed; otherwise its bytes are
  /// hashed.
  private static func changed(
    _ pictures: [LinkedPicture]?, since state: FileState, _ hashes: inout PictureHashes
  ) -> Bool {
    pictures?.contains { picture in
      guard let facts = FileFacts(path: picture.path) else { return true }
      if state.isOlder(facts.modifiedNanoseconds) { return false }
      return hashes.sha256(ofFileAt: picture.path) != picture.sha256
    } ?? false
  }
}

/// The hashes of picture files, each read once, however many pages refer to it.
private struct PictureHashes {
  private var known: [String: String?] = [:]

  /// The SHA-256 of a file; nil where it cannot be read.
  mutating func sha256(ofFileAt path: String) -> String? {
    if let hash = known[path] { return hash }
    let bytes = try? FileContents.read(path: path, limit: DocumentLimits().maximumFileByteCount)
    let hash = bytes.flatMap { try? sha256Hex(of: $0) }
    known[path] = hash
    return hash
  }
}
