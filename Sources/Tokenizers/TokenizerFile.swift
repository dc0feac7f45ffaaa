internal import Bytes
internal import Checkpoints
internal import Glibc

/// Reads the files of a tokenizer; each error names the file.
enum TokenizerFile {
  /// The content of a file; nil when an optional file does not exist.
  static func contents(
    _ path: String, isRequired: Bool
  ) throws(TokenizerError) -> [UInt8]? {
    do throws(BytesError) {
      let file = try MappedFile(path: path)
      return try file.copyBytes(0..<file.byteCount)
    } catch {
      if !isRequired, case .system(_, _, ENOENT) = error { return nil }
      throw .unreadable(source: path, reason: error.description)
    }
  }

  /// Parses JSON.
  static func parse(_ bytes: [UInt8], source: String) throws(TokenizerError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(bytes)
    } catch {
      throw .unreadable(source: source, reason: error.description)
    }
  }

  /// Throws unless an entry is a string that is supported.
  static func require(
    _ value: JSONValue?, _ entry: String, _ supported: String, source: String
  ) throws(TokenizerError) {
    guard let found = value?.stringValue else {
      throw .missing(entry: entry, expected: "a string", source: source)
    }
    if found != supported {
      throw .unsupported(entry: entry, found: found, supported: supported, source: source)
    }
  }

  /// Runs `body` and maps an error about metadata to `TokenizerError.unreadable`.
  static func readMetadata<Value>(
    _ source: String, _ body: () throws(CheckpointError) -> Value
  ) throws(TokenizerError) -> Value {
    do throws(CheckpointError) {
      return try body()
    } catch {
      throw .unreadable(source: source, reason: error.problem.description)
    }
  }
}
