import Foundation
import Testing

@testable import Media

/// The recordings of sound_differential.py beside openai-whisper's samples and log-mel.
@Suite(.enabled(if: SoundFixtures.referenceFolder != nil, "run by sound_differential.py"))
struct SoundDifferentialTests {
  @Test func samplesAndFramesAreWhispers() throws {
    let folder = try #require(SoundFixtures.referenceFolder)
    let rows = try String(contentsOfFile: folder + "/recordings.tsv", encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    var worst: [String: Float] = [:]
    for row in rows {
      let reference = try SoundFixtures.floats("\(folder)/\(row[0]).samples")
      let decoder = try SoundDecoder(path: row[1])
      var samples: [Float] = []
      while let more = try decoder.next() { samples += more }
      let name = URL(filePath: row[1]).lastPathComponent
      // ffmpeg rounds to 16 bits after resampling.
      if decoder.fileSampleRate == 16_000, decoder.format == .wav || decoder.format == .flac {
        #expect(samples == reference, "\(name)")
      }
      for bandCount in MelSpectrogram.bandCounts {
        let frames = MelSpectrogram.frames(of: reference, bandCount: bandCount)
        let exact = try SoundFixtures.floats("\(folder)/\(row[0]).\(bandCount).exact")
        let published = try SoundFixtures.floats("\(folder)/\(row[0]).\(bandCount)")
        let own = greatest(frames, exact)
        #expect(own < 1e-6, "\(name), \(bandCount) bands: \(own)")
        // No further from whisper's Float32 than Float64 is.
        let rounding = greatest(published, exact)
        let other = greatest(frames, published)
        #expect(other <= rounding + own, "\(name), \(bandCount) bands: \(other)")
        for (key, value) in [("exact", own), ("published", other)] {
          worst["\(bandCount) \(key)"] = max(worst["\(bandCount) \(key)"] ?? 0, value)
        }
      }
    }
    print("\(rows.count) recordings: \(worst.sorted { $0.key < $1.key })")
    #expect(rows.count >= 20)
  }

  private func greatest(_ a: [Float], _ b: [Float]) -> Float {
    #expect(a.count == b.count)
    return zip(a, b).map { abs($0 - $1) }.max() ?? 0
  }
}
