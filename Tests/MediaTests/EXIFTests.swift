import Testing

@testable import Media

@Suite struct EXIFTests {
  @Test func dateOffsetAndPlaceAreRead() throws {
    let picture = try PictureDecoder.decode(try PictureFixtures.bytes("orientation-6.jpg"))
    let date = try #require(picture.metadata.captureDate)
    #expect(date.description == "2019-06-01T12:30:05+02:00")
    let place = try #require(picture.metadata.place)
    #expect(abs(place.latitude - 48.8584) < 1e-6)
    #expect(abs(place.longitude + 2.2945) < 1e-6)
  }

  @Test func aDateWithoutOffsetHasNone() throws {
    let picture = try PictureDecoder.decode(try PictureFixtures.bytes("orientation-3.jpg"))
    #expect(picture.metadata.captureDate?.description == "2019-06-01T12:30:05")
    #expect(picture.metadata.place == nil)
  }

  @Test(arguments: [
    "0000:00:00 00:00:00", "    :  :     :  :  ", "2019:13:01 00:00:00", "2019:06:01T12:30:05",
    "2019:06:01 24:00:00", "2019:06:01", "", "2O19:06:01 12:30:05",
  ])
  func anImpossibleDateIsAbsent(text: String) {
    #expect(CaptureDate(exif: text) == nil)
  }

  @Test func offsetsAreMinutesEast() {
    #expect(CaptureDate.offsetMinutes(exif: "-03:30") == -210)
    #expect(CaptureDate.offsetMinutes(exif: "+00:00") == 0)
    #expect(CaptureDate.offsetMinutes(exif: "+15:00") == nil)
    #expect(CaptureDate.offsetMinutes(exif: "02:00") == nil)
  }

  @Test func coordinatesOutOfRangeAreRefused() {
    #expect(GeographicPlace(latitude: 90.1, longitude: 0) == nil)
    #expect(GeographicPlace(latitude: 0, longitude: -181) == nil)
    #expect(GeographicPlace(latitude: .nan, longitude: 0) == nil)
    #expect(GeographicPlace(latitude: -90, longitude: 180) != nil)
  }

  @Test func aDamagedBlockNeverTraps() throws {
    let file = try PictureFixtures.bytes("orientation-6.jpg")
    let block = try #require(JPEGMarkers(file).exif)
    #expect(EXIFReader.metadata(of: block).storedOrientation == .turnedLeft)
    for length in 0..<block.count { _ = EXIFReader.metadata(of: Array(block[..<length])) }
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      var damaged = block
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let position = Int.random(in: 0..<block.count, using: &generator)
        damaged[position] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = EXIFReader.metadata(of: damaged)
    }
  }
}
