/// The windows of a recording of which it is known where somebody speaks.
///
/// A window that would begin in a long pause begins after it, and one that would reach into a long
/// pause ends before it; where nobody speaks any more there is none. Shorter pauses stay, so that a
/// recording without long ones is decoded exactly as without this knowledge.
struct SpeechWindows {
  /// Frames with speech, in order and apart; nil where it is not known.
  let speech: [Range<Int>]?
  /// Frames of the shortest long pause.
  let pause: Int

  /// Frames at the end of a part that cannot hold a word that the window before did not: parts are
  /// extended by 0.4 s.
  static let tail = 45

  /// The next window.
  ///
  /// - Parameters:
  ///   - seek: where it begins without this knowledge.
  ///   - limit: the most frames.
  ///   - end: the end of what is to be decoded, above `seek`.
  /// - Returns: at least one frame; nil where nobody speaks before `end`.
  func next(from seek: Int, limit: Int, end: Int) -> Range<Int>? {
    guard let speech else { return seek..<min(seek + limit, end) }
    let tail = Self.tail
    func isAhead(_ part: Range<Int>) -> Bool {
      // A part that the recording's end cuts is not extended.
      part.upperBound > (part.upperBound >= end ? seek : seek + tail)
    }
    guard let first = speech.firstIndex(where: isAhead), speech[first].lowerBound < end else {
      return nil
    }
    let isInPause = speech[first].lowerBound - seek >= pause
    let start = isInPause ? speech[first].lowerBound : seek
    var last = first
    while last + 1 < speech.count,
      speech[last + 1].lowerBound - speech[last].upperBound < pause
    {
      last += 1
    }
    let following = last + 1 < speech.count ? min(end, speech[last + 1].lowerBound) : end
    let isCut = following - speech[last].upperBound >= pause
    return start..<min(start + limit, isCut ? speech[last].upperBound : end)
  }
}
