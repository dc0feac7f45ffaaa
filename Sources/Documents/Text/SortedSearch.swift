extension RandomAccessCollection {
  /// The index of the first element that fulfils a condition, by binary search; `endIndex` if none
  /// does.
  ///
  /// - Parameter isAfter: false for the elements up to some place and true from there on.
  /// - Returns: that place.
  /// - Complexity: O(log n) calls.
  func sortedIndex(where isAfter: (Element) -> Bool) -> Index {
    var low = startIndex
    var count = self.count
    while count > 0 {
      let middle = index(low, offsetBy: count / 2)
      if isAfter(self[middle]) {
        count /= 2
      } else {
        low = index(after: middle)
        count -= count / 2 + 1
      }
    }
    return low
  }
}
