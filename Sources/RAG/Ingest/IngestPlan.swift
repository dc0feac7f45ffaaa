internal import Documents
internal import Store

/// Which files have to be read, by what the file system and the index say of them.
struct IngestPlan: Sendable {
  struct Candidate: Sendable {
    let facts: FileFacts
    /// The hash under which the path is indexed, if it is.
    let indexedSHA256: String?
  }

  /// What the store keeps once however many paths have it.
  struct Content: Hashable, Sendable {
    let sha256: String
    let type: String
  }

  /// Files to read, in path order.
  let candidates: [Candidate]
  /// Files that the index holds as they are, by size and time of modification.
  let unchangedCount: Int
  let fileCount: Int
  /// Paths that are indexed now.
  let indexedPaths: Set<String>
  /// Contents that are indexed now.
  let indexedContents: Set<Content>
  /// Of those, the ones whose file no longer exists: a file with such a content was renamed.
  let vanishedContents: Set<Content>
  /// Files and folders that cannot be read at all.
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
