/// Every tensor of one model: the only place where its names and shapes are written.
///
/// Loading, checking, converting and making synthetic files all read it, and
/// `swiftrag inspect --spec` prints it.
package protocol TensorTable: Sendable {
  /// The architecture, for messages: `llama`.
  var architectureName: String { get }
  /// All tensors, in the order in which llama.cpp's converter writes them where it is fixed.
  var all: [TensorSpec] { get }
  /// The prefixes that the names in a scheme's files can have, the usual one first: task models of
  /// Hugging Face have `bert.`.
  static func prefixes(in scheme: NamingScheme) -> [String]
  /// Whether published files have a tensor of that name which the forward pass does not need.
  static func isIgnored(_ name: String, in scheme: NamingScheme) -> Bool
}

extension TensorTable {
  package static func prefixes(in scheme: NamingScheme) -> [String] { [""] }
}
