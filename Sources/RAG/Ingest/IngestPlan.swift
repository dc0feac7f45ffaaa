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

  /// - Parameters:
  ///   - paths: files and folders.
  ///   - store: the index.
  ///   - readsWords: whether the words in pictures can be read.
  /// - Throws: `StoreError` if the index cannot be read.
  /// - Complexity: O(files) system calls, three queries.
  init(paths: [String], store: IndexStore, readsWords: Bool) throws {
    let found = DocumentFinder().find(paths)
    problems = found.problems
    fileCount = found.files.count
    let states = try store.fileStates(under: nil)
    let unreadPaths = readsWords ? try store.unreadPaths() : []
    let linkedPictures = try store.linkedPictures()
    var candidates: [Candidate] = []
    var seen: Set<String> = []
    var unchangedCount = 0
    for path in found.files {
      guard let facts = FileFacts(path: path), seen.insert(facts.path).inserted else { continue }
      let state = states[facts.path].flatMap { $0.skipReason == nil ? $0 : nil }
      let isRenewed =
        unreadPaths.contains(facts.path)
        || state.map { Self.changed(linkedPictures[facts.path], since: $0) } ?? false
      if let state, !isRenewed,
        state.isUnchanged(
          byteCount: facts.byteCount, modifiedNanoseconds: facts.modifiedNanoseconds)
      {
        unchangedCount += 1
      } else {
        candidates.append(
          Candidate(facts: facts, indexedSHA256: state?.sha256, isRenewed: isRenewed))
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

  /// Whether a picture was changed or removed after the page that refers to it was indexed.
  ///
  /// As for documents, the time of a file proves that it has not changed; otherwise its bytes are
  /// hashed.
  private static func changed(_ pictures: [LinkedPicture]?, since state: FileState) -> Bool {
    pictures?.contains { picture in
      guard let facts = FileFacts(path: picture.path) else { return true }
      if state.isOlder(facts.modifiedNanoseconds) { return false }
      guard
        let bytes = try? FileContents.read(
          path: picture.path, limit: DocumentLimits().maximumFileByteCount)
      else { return true }
      return (try? sha256Hex(of: bytes)) != picture.sha256
    } ?? false
  }
}
