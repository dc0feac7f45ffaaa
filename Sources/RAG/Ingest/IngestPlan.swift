internal import Documents
internal import Store

/// The files that have to be read, determined from the file system and the index.
struct IngestPlan: Sendable {
  struct Candidate: Sendable {
    let facts: FileFacts
    /// The hash that is recorded for the path, if it is indexed.
    let indexedSHA256: String?
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
  let indexedPaths: Set<String>
  /// The indexed contents.
  let indexedContents: Set<Content>
  /// The indexed contents whose files have vanished: a new file with such a content was renamed.
  let vanishedContents: Set<Content>
  /// Files and folders that cannot be read.
  let problems: [DocumentError]

  /// - Complexity: O(files) system calls, one query.
  init(paths: [String], store: IndexStore) throws {
    let found = DocumentFinder().find(paths)
    problems = found.problems
    fileCount = found.files.count
    let states = try store.fileStates(under: nil)
    var candidates: [Candidate] = []
    var seen: Set<String> = []
    var unchangedCount = 0
    for path in found.files {
      guard let facts = FileFacts(path: path), seen.insert(facts.path).inserted else { continue }
      if let state = states[facts.path], state.skipReason == nil,
        state.isUnchanged(
          byteCount: facts.byteCount, modifiedNanoseconds: facts.modifiedNanoseconds)
      {
        unchangedCount += 1
      } else {
        let indexed = states[facts.path].flatMap { $0.skipReason == nil ? $0.sha256 : nil }
        candidates.append(Candidate(facts: facts, indexedSHA256: indexed))
      }
    }
    self.candidates = candidates
    self.unchangedCount = unchangedCount
    let indexed = states.filter { $0.value.skipReason == nil }
    indexedPaths = Set(indexed.keys)
    func content(_ state: FileState) -> Content {
      Content(sha256: state.sha256, type: state.type)
    }
    indexedContents = Set(indexed.values.map(content))
    vanishedContents = Set(
      indexed.lazy.filter { !FileFacts.exists($0.key) }.map { content($0.value) })
  }
}
