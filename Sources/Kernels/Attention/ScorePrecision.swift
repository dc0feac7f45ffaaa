/// The arithmetic by which attention multiplies queries with keys.
package enum ScorePrecision: Sendable, Equatable {
  /// In Float32.
  case float32
  /// By products of bytes: queries in unsigned bytes over each query's range, keys in signed bytes
  /// with a scale each.
  case bytes
}
