import Bytes
import Checkpoints
import Testing

/// A hostile file and the error that it must cause.
struct HostileFile {
  let name: String
  /// The case of `CheckpointError`, or `bytes.` and the case of `BytesError` for a wrapped error.
  let expected: String
  let bytes: [UInt8]
}

/// The name of an error's case, such as `overlap` or `bytes.truncated`, whichever file it is in.
func caseName(_ error: any Error) -> String {
  if case .inFile(_, let problem) = error as? CheckpointError { return caseName(problem) }
  let mirror = Mirror(reflecting: error)
  guard let child = mirror.children.first, let label = child.label else { return "\(error)" }
  if let inner = child.value as? BytesError { return "\(label).\(caseName(inner))" }
  return label
}

/// Opens `bytes` like a file.
func open(_ bytes: [UInt8]) throws(CheckpointError) -> Checkpoint {
  try Checkpoint.open(file: MappedFile(bytes: bytes, name: "test"))
}

/// Checks the guarantees of an opened checkpoint, and reads every byte of every tensor.
///
/// Returns a sum of the bytes, so that the reads cannot be optimised away.
@discardableResult
func checkPromises(_ checkpoint: Checkpoint, _ comment: Comment) -> Int {
  var sum = 0
  for tensor in checkpoint.tensors {
    let range = tensor.byteRange
    let file = checkpoint.files[tensor.fileIndex]
    #expect(
      range.lowerBound >= file.dataOffset && range.upperBound <= file.file.byteCount, comment)
    for byte in checkpoint.bytes(of: tensor) { sum += Int(byte) }
  }
  checkByteMap(checkpoint, comment)
  return sum
}

/// The byte map covers each file from first to last byte, each byte once, tensors where they are.
func checkByteMap(_ checkpoint: Checkpoint, _ comment: Comment) {
  for (index, file) in checkpoint.files.enumerated() {
    let regions = checkpoint.byteMap(ofFile: index)
    var end = 0
    for region in regions {
      #expect(region.byteRange.lowerBound == end, comment)
      end = region.byteRange.upperBound
    }
    #expect(end == file.file.byteCount, comment)
    let mapped = Dictionary(
      regions.filter { $0.kind == .tensor }.map { ($0.label, $0.byteRange) },
      uniquingKeysWith: { first, _ in first })
    for tensor in checkpoint.tensors[file.tensorIndices] {
      #expect(tensor.fileIndex == index && mapped[tensor.name] == tensor.byteRange, comment)
    }
  }
}

/// Opens every file and compares the error with the one expected.
func check(_ files: [HostileFile], format: String, least: Int) {
  var names: Set<String> = []
  var refusedCount = 0
  for file in files {
    #expect(names.insert(file.name).inserted, "two hostile files are called \(file.name)")
    do throws(CheckpointError) {
      let checkpoint = try open(file.bytes)
      checkPromises(checkpoint, "\(file.name)")
      Issue.record("\(format): '\(file.name)' opened, expected \(file.expected)")
    } catch {
      #expect(caseName(error) == file.expected, "\(format): '\(file.name)': \(error)")
      #expect(error.path == "test" && error.description.hasPrefix("test: "), "\(error)")
      refusedCount += 1
    }
  }
  print("\(format): \(files.count) hostile files, \(refusedCount) refused")
  #expect(files.count >= least)
}

/// Opens every prefix of the file and three changes of every byte, and counts the outcomes.
func checkMutations(of valid: [UInt8], format: String) {
  var refused = 0
  var opened = 0
  func attempt(_ bytes: [UInt8], _ comment: Comment) {
    do throws(CheckpointError) {
      let checkpoint = try open(bytes)
      checkPromises(checkpoint, comment)
      opened += 1
    } catch {
      refused += 1
    }
  }
  for byteCount in 0..<valid.count {
    attempt(Array(valid.prefix(byteCount)), "cut at \(byteCount)")
  }
  let prefixes = (refused, opened)
  (refused, opened) = (0, 0)
  for position in valid.indices {
    for value in [0x00, 0xFF, valid[position] ^ 0x80] {
      var bytes = valid
      bytes[position] = value
      attempt(bytes, "byte \(position) = \(value)")
    }
  }
  print(
    "\(format): \(valid.count) prefixes (\(prefixes.0) refused, \(prefixes.1) opened in bounds), "
      + "\(3 * valid.count) mutations (\(refused) refused, \(opened) opened in bounds)")
  #expect(refused > 0 && prefixes.0 > 0)
}
