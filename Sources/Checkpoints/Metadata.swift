/// A checkpoint's metadata: keys and values in the order of the file.
///
/// Typed look-ups return nil where the key is absent and throw where its value has another type. A
/// loader writes `try metadata.integer("bert.block_count")`, inside `required` where the key must
/// be present.
package struct Metadata: Sendable {
  /// One key with its value.
  package struct Entry: Sendable, Equatable {
    package let key: String
    package let value: MetadataValue
  }

  /// All entries, in file order.
  package private(set) var entries: [Entry] = []
  private var indexByKey: [String: Int] = [:]

  /// The file that the metadata is from, which errors name; nil for metadata of no file.
  package let path: String?

  /// Empty metadata of the file at `path`.
  package init(path: String? = nil) { self.path = path }

  /// The value of `key`, or nil.
  package subscript(key: String) -> MetadataValue? {
    indexByKey[key].map { entries[$0].value }
  }

  /// Adds an entry at the end; returns false, and changes nothing, where the key exists already.
  ///
  /// Keys that are canonically equivalent in Unicode are one key.
  package mutating func append(key: String, value: MetadataValue) -> Bool {
    guard indexByKey[key] == nil else { return false }
    indexByKey[key] = entries.count
    entries.append(Entry(key: key, value: value))
    return true
  }

  /// The text of `key`, or nil where it is absent.
  ///
  /// - Throws: `CheckpointError.metadataType` where it is not a string.
  package func string(_ key: String) throws(CheckpointError) -> String? {
    try typed(key, "a string") { $0.stringValue }
  }

  /// The integer of `key` (of any width that fits `Int`), or nil where it is absent.
  ///
  /// - Throws: `CheckpointError.metadataType` where it is not an integer.
  package func integer(_ key: String) throws(CheckpointError) -> Int? {
    try typed(key, "an integer") { $0.integerValue }
  }

  /// The number of `key` (Float32, Float64 or an integer), or nil where it is absent.
  ///
  /// - Throws: `CheckpointError.metadataType` where it is not a number.
  package func number(_ key: String) throws(CheckpointError) -> Double? {
    try typed(key, "a number") { $0.numberValue }
  }

  /// The truth value of `key`, or nil where it is absent.
  ///
  /// - Throws: `CheckpointError.metadataType` where it is not a Boolean.
  package func bool(_ key: String) throws(CheckpointError) -> Bool? {
    try typed(key, "a Boolean") { $0.boolValue }
  }

  /// The strings of `key`, or nil where it is absent.
  ///
  /// - Throws: `CheckpointError.metadataType` where it is not an array of strings.
  package func strings(_ key: String) throws(CheckpointError) -> StringArray? {
    try typed(key, "an array of strings") { $0.arrayValue?.strings }
  }

  /// The integers of `key`, or nil where it is absent.
  ///
  /// - Throws: `CheckpointError.metadataType` where it is not an array of integers.
  package func integers(_ key: String) throws(CheckpointError) -> [Int]? {
    try typed(key, "an array of integers") { $0.arrayValue?.integers }
  }

  /// The numbers of `key` as `Float`, or nil where it is absent.
  ///
  /// - Throws: `CheckpointError.metadataType` where it is not an array of floating-point numbers.
  package func floats(_ key: String) throws(CheckpointError) -> [Float]? {
    try typed(key, "an array of numbers") { $0.arrayValue?.floats }
  }

  /// `value`, or `CheckpointError.missingMetadata` naming `key` where it is nil.
  package func required<Value>(_ key: String, _ value: Value?) throws(CheckpointError) -> Value {
    guard let value else { throw named(.missingMetadata(key: key)) }
    return value
  }

  /// The integer of `key`.
  ///
  /// - Throws: `CheckpointError.missingMetadata` where it is absent, `metadataType` where it is not
  ///   an integer.
  package func requiredInteger(_ key: String) throws(CheckpointError) -> Int {
    try required(key, integer(key))
  }

  private func typed<Value>(
    _ key: String, _ expected: String, _ read: (MetadataValue) -> Value?
  ) throws(CheckpointError) -> Value? {
    guard let value = self[key] else { return nil }
    guard let result = read(value) else {
      throw named(.metadataType(key: key, expected: expected, found: value.typeName))
    }
    return result
  }

  private func named(_ error: CheckpointError) -> CheckpointError {
    path.map { error.inFile($0) } ?? error
  }
}
