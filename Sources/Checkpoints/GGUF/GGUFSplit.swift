// GGUF files in several parts, as llama.cpp's gguf-split writes them: `NAME-00001-of-00003.gguf`.
// The first part has the model's metadata; each part has the three `split.` keys and its tensors.

internal import Bytes

extension Checkpoint {
  /// Whether a file name is that of a later part of a split GGUF file, such as
  /// `NAME-00002-of-00005.gguf`: a list of models shows the first part only.
  package static func isLaterPart(name: String) -> Bool {
    guard name.hasSuffix(".gguf") else { return false }
    let words = name.dropLast(".gguf".count).split(
      separator: "-", omittingEmptySubsequences: false
    ).suffix(3)
    guard words.count == 3, words[words.startIndex + 1] == "of", let number = words.first,
      let count = words.last
    else { return false }
    return number.count == 5 && count.count == 5 && (Int(number) ?? 0) > 1
      && (Int(count) ?? 0) > 1
  }
}

/// The `split.` keys of one part of a split GGUF file.
///
/// - Source: llama.cpp `src/llama-model-loader.cpp` (`LLM_KV_SPLIT_NO`, `_COUNT`,
///   `_TENSORS_COUNT`) and `llama_split_path`.
struct GGUFSplit {
  /// `split.no`, from 0.
  let number: Int
  /// `split.count`: how many parts there are; at least 2.
  let count: Int
  /// `split.tensors.count`: the tensors of all parts together.
  let tensorCount: Int

  /// Nil for a file that is complete by itself.
  ///
  /// - Throws: `CheckpointError` naming the file where a key is missing or contradicts the others.
  init?(_ part: ParsedFile) throws(CheckpointError) {
    guard case .gguf = part.format, let count = try part.metadata.integer("split.count"),
      count != 0, count != 1
    else { return nil }
    self.count = count
    number = try part.metadata.requiredInteger("split.no")
    tensorCount = try part.metadata.requiredInteger("split.tensors.count")
    guard (2...CheckpointLimits.fileCount).contains(count) else {
      throw CheckpointError.partMismatch(
        reason: "split.count is \(count); it must be between 0 and \(CheckpointLimits.fileCount)"
      ).inFile(part.file.path)
    }
    guard (0..<count).contains(number) else {
      throw CheckpointError.partMismatch(
        reason: "split.no is \(number), but split.count is \(count)"
      ).inFile(part.file.path)
    }
  }

  /// The paths of all parts, derived from the path of this one.
  ///
  /// - Throws: `CheckpointError.partMismatch` where the file name does not end in this part's
  ///   number: the names of the others could only be guessed.
  func partPaths(ofPartAt path: String) throws(CheckpointError) -> [String] {
    let suffix = suffix(ofPart: number)
    guard path.hasSuffix(suffix) else {
      throw CheckpointError.partMismatch(
        reason: "this is part \(number + 1) of \(count), so its name must end in \(suffix)"
      ).inFile(path)
    }
    let prefix = String(path.dropLast(suffix.count))
    return (0..<count).map { prefix + self.suffix(ofPart: $0) }
  }

  /// `SPLIT_PATH_FORMAT` of llama.cpp: part numbers from 1, five digits.
  private func suffix(ofPart number: Int) -> String {
    func digits(_ value: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
    return "-\(digits(number + 1))-of-\(digits(count)).gguf"
  }

  /// Checks that `part` belongs to the same model as `first` and has the expected number.
  ///
  /// - Throws: `CheckpointError.partMismatch` naming the part.
  func check(_ part: ParsedFile, number: Int, first: ParsedFile) throws(CheckpointError) {
    func mismatch(_ reason: String) -> CheckpointError {
      .partMismatch(reason: reason).inFile(part.file.path)
    }
    guard let other = try GGUFSplit(part) else {
      throw mismatch("part \(number + 1) of \(count) has no split.count: it is a model by itself")
    }
    guard other.count == count, other.tensorCount == tensorCount else {
      throw mismatch(
        "it belongs to a model of \(other.count) parts and \(other.tensorCount) tensors, "
          + "not of \(count) parts and \(tensorCount) tensors")
    }
    guard other.number == number else {
      throw mismatch("split.no is \(other.number), but by its name it is \(number)")
    }
    let key = "general.architecture"
    if let found = part.metadata[key], let expected = first.metadata[key], found != expected {
      throw mismatch("it belongs to another model: \(key) differs from that of part 1")
    }
  }

  /// - Throws: `CheckpointError.partMismatch` unless the parts have `split.tensors.count` tensors.
  func checkTensorCount(_ parts: [ParsedFile]) throws(CheckpointError) {
    let found = parts.reduce(0) { $0 + $1.tensors.count }
    guard found == tensorCount else {
      throw CheckpointError.partMismatch(
        reason:
          "the \(count) parts have \(found) tensors, but split.tensors.count is \(tensorCount)"
      ).inFile(parts[0].file.path)
    }
  }
}
