extension Matrix {
  /// Keeps the last `count` rows, which become the first.
  ///
  /// - Precondition: there are as many.
  package mutating func keepLastRows(_ count: Int) {
    precondition(count >= 0 && count <= rows, "more rows than there are")
    let dropped = rows - count
    if dropped > 0, count > 0 {
      // The ranges may overlap; `update` moves.
      elements.update(from: elements + dropped * columns, count: count * columns)
    }
    rows = count
  }
}
