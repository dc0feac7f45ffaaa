/// A rule about which tokens may come next, such as a grammar.
///
/// Its state moves only when a token is accepted, so looking at several tokens ahead (speculation)
/// leaves no trace.
package protocol TokenConstraint: AnyObject {
  /// Sets the logit of every id that may not come next to -infinity.
  ///
  /// - Parameter logits: one number for each id of the vocabulary.
  func restrict(_ logits: inout [Float])

  /// Takes note of the token that came.
  func accept(_ id: Int32)

  /// Whether the text so far is whole.
  var isSatisfied: Bool { get }

  /// Whether the text so far is whole and nothing may follow it.
  var isComplete: Bool { get }
}
