internal import Generation
package import Media

/// A recording as log-mel frames, computed where they are asked for: memory does not grow with its
/// length.
///
/// Opening it takes a pass over the whole recording, since each frame depends on the greatest value
/// of all (``MelMaximum``), and the parts with speech are found in the same pass. The frames then
/// come from a second pass, for which a long recording is decoded again: decoding costs some 300th of
/// its length, and what it gives is neither kept in memory nor written to a disk. Frames are those of
/// ``MelSpectrogram``, bit by bit.
package final class Recording: SoundFrames {
  package let bandCount: Int
  package let contentFrameCount: Int
  package let speech: [Range<Int>]?
  /// Why the sound ended before the file said it would; nil where it did not.
  package let remark: String?

  private let maximum: Float
  /// The samples of a short recording.
  private let samples: [Float]?
  private let open: () throws -> any SoundStream
  private var reader: FrameReader?

  /// Reads a recording once.
  ///
  /// - Parameters:
  ///   - bandCount: mel bands of the model.
  ///   - detector: finds speech; nil where all is to be decoded.
  ///   - keptSeconds: of the longest recording that is kept in memory: 5 minutes take 19 MB.
  ///   - progress: receives the seconds that were read so far.
  ///   - open: opens the recording, here and where it is read again.
  /// - Throws: what opening, reading and `progress` throw.
  package init(
    bandCount: Int, detector: (any SpeechDetector)? = nil, keptSeconds: Int = 300,
    progress: (Double) throws -> Void = { _ in }, open: @escaping () throws -> any SoundStream
  ) throws {
    let stream = try open()
    let keptSampleLimit = keptSeconds * SoundDecoder.sampleRate
    var (loudest, regions) = (MelMaximum(bandCount: bandCount), SpeechRegions())
    var (sampleCount, kept) = (0, [Float]())
    while let block = try stream.next() {
      sampleCount += block.count
      if sampleCount <= keptSampleLimit { kept += block } else { kept = [] }
      loudest.append(block)
      if let detector { regions.append(detector.append(block)) }
      try progress(stream.seconds)
    }
    if let detector { regions.append(detector.finish()) }
    for _ in 0..<FrameReader.silenceBlockCount { loudest.append(FrameReader.silence) }
    maximum = loudest.finish()
    samples = sampleCount <= keptSampleLimit ? kept : nil
    let frameCount = sampleCount / MelSpectrogram.hopLength
    speech =
      detector == nil
      ? nil
      : regions.finish(sampleCount: sampleCount).map { part in
        let first = part.lowerBound / MelSpectrogram.hopLength
        let end = (part.upperBound + MelSpectrogram.hopLength - 1) / MelSpectrogram.hopLength
        return first..<max(first, min(frameCount, end))
      }
    contentFrameCount = frameCount
    remark = stream.remark
    self.bandCount = bandCount
    self.open = open
  }

  /// - Throws: what reading the recording again throws.
  package func frames(_ range: Range<Int>) throws -> [Float] {
    if reader.map({ range.lowerBound < $0.start }) ?? true {
      let stream: any SoundStream = if let samples { SampleStream(samples) } else { try open() }
      reader = FrameReader(stream, bandCount: bandCount, first: range.lowerBound)
    }
    guard var reader else { return [] }
    self.reader = nil
    var frames = try reader.frames(range)
    self.reader = reader
    MelSpectrogram.normalize(&frames, maximum: maximum)
    return frames
  }
}

/// Reads frames in ascending order.
private struct FrameReader {
  /// The first frame that it still has.
  private(set) var start: Int

  private let stream: any SoundStream
  private var spectrogram: MelSpectrogram
  /// Frames from `start` on, before normalisation.
  private var values: [Float] = []
  /// Blocks of silence that remain after the recording; nil before its end.
  private var silenceLeft: Int?
  private var hasEnded = false

  /// A second, and the number of them: a window of Whisper.
  static let silence = [Float](repeating: 0, count: SoundDecoder.sampleRate)
  static let silenceBlockCount = 30

  init(_ stream: any SoundStream, bandCount: Int, first: Int) {
    self.stream = stream
    start = first
    spectrogram = MelSpectrogram(bandCount: bandCount)
    spectrogram.firstFrame = first
  }

  /// The frames of a range that begins at or after `start`; those that do not exist are the quietest.
  mutating func frames(_ range: Range<Int>) throws -> [Float] {
    let bandCount = spectrogram.bandCount
    // A range beyond what was computed: the frames between are not needed.
    if range.lowerBound > start + values.count / bandCount {
      spectrogram.firstFrame = range.lowerBound
      values = []
    } else {
      values.removeFirst((range.lowerBound - start) * bandCount)
    }
    start = range.lowerBound
    while !hasEnded, values.count < range.count * bandCount { values += try more() }
    let found = values.prefix(range.count * bandCount)
    return found + [Float](repeating: -10, count: range.count * bandCount - found.count)
  }

  private mutating func more() throws -> [Float] {
    if silenceLeft == nil {
      if let samples = try stream.next() { return spectrogram.append(samples) }
      silenceLeft = Self.silenceBlockCount
    }
    guard let left = silenceLeft, left > 0 else {
      hasEnded = true
      return spectrogram.finish()
    }
    silenceLeft = left - 1
    return spectrogram.append(Self.silence)
  }
}

/// A recording in memory.
private final class SampleStream: SoundStream {
  let format = SoundFormat.wav
  let fileSampleRate = SoundDecoder.sampleRate
  let fileChannelCount = 1
  let remark: String? = nil
  var seconds: Double { Double(position) / Double(SoundDecoder.sampleRate) }
  private let samples: [Float]
  private var position = 0

  init(_ samples: [Float]) { self.samples = samples }

  func next() -> [Float]? {
    guard position < samples.count else { return nil }
    let end = min(samples.count, position + SoundDecoder.sampleRate)
    defer { position = end }
    return Array(samples[position..<end])
  }
}
