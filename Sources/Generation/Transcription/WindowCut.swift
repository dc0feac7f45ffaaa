/// Finds the place to end a window whose sound continues, so that no word is cut.
struct WindowCut {
  /// Frames with speech, in order and apart; nil where it is not known.
  let speech: [Range<Int>]?
  let bandCount: Int

  /// Frames at the end of a window in which the place is looked for: 5 seconds have a pause between
  /// words.
  private static let searchedCount = 500
  /// Frames that are compared: the shortest pause between words.
  private static let quietCount = 20

  /// The end of a window: the last pause in its second half, or else the middle of the quietest
  /// 0.2 seconds at its end.
  ///
  /// - Parameters:
  ///   - range: the window.
  ///   - frames: `[frames, bandCount]` of the window.
  /// - Returns: a frame after the window's first, at most its end.
  func end(of range: Range<Int>, frames: [Float]) -> Int {
    let half = range.lowerBound + range.count / 2
    if let pause = speech?.last(where: { $0.upperBound > half && $0.upperBound < range.upperBound })
    {
      return pause.upperBound
    }
    let first = max(0, range.count - Self.searchedCount)
    let levels = (first..<range.count).map { frame in
      frames[frame * bandCount..<(frame + 1) * bandCount].reduce(0, +)
    }
    guard levels.count > Self.quietCount else { return range.upperBound }
    var (best, least) = (0, Float.infinity)
    for start in 0...(levels.count - Self.quietCount) {
      let level = levels[start..<start + Self.quietCount].reduce(0, +)
      if level < least { (best, least) = (start, level) }
    }
    return range.lowerBound + first + best + Self.quietCount / 2
  }
}
