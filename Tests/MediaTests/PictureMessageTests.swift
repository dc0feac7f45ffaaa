import Testing

@testable import Media

@Suite struct PictureMessageTests {
  static let errors: [PictureError] = [
    .empty, .unknownFormat, .tooManyBytes(7, limit: 5),
    .tooManyPixels(width: 70_000, height: 70_000, limit: 9), .truncated(.jpeg, detail: "half"),
    .damaged(.png, detail: "bad checksum"), .unsupported(.tiff, feature: "LAB"),
    .outOfMemory(.webp), .unreadable("cannot open it"), .decoderEnded("gone"),
  ]

  @Test(arguments: errors)
  func anErrorArrivesAsItWasSent(error: PictureError) {
    #expect(throws: error) {
      try PictureMessage.decode(PictureMessage.encode(.failure(error)), limits: PictureLimits())
    }
  }

  @Test(arguments: ["orientation-6.jpg", "orientation-3.jpg", "rgb.png"])
  func aPictureArrivesAsItWasSent(name: String) throws {
    let picture = try PictureDecoder.decode(try PictureFixtures.bytes(name))
    let message = PictureMessage.encode(.success(picture))
    let isEqual = try PictureMessage.decode(message, limits: PictureLimits()) == picture
    #expect(isEqual)
    #expect(message.count <= picture.pixels.count + PictureMessage.overheadLimit)
    for length in 0..<min(message.count, 200) {
      #expect(throws: PictureError.self) {
        try PictureMessage.decode(Array(message[..<length]), limits: PictureLimits())
      }
    }
    #expect(throws: PictureError.self) {
      try PictureMessage.decode(message + [0], limits: PictureLimits())
    }
  }

  @Test func aHostileMessageNeverTraps() throws {
    let picture = try PictureDecoder.decode(try PictureFixtures.bytes("orientation-6.jpg"))
    let messages =
      [PictureMessage.encode(.success(picture))]
      + Self.errors.map { PictureMessage.encode(.failure($0)) }
    var generator = SeededGenerator(seed: 5)
    for message in messages {
      for _ in 0..<500 {
        var damaged = message
        for _ in 0..<3 {
          let position = Int.random(in: 0..<min(message.count, 80), using: &generator)
          damaged[position] = UInt8.random(in: 0...255, using: &generator)
        }
        _ = try? PictureMessage.decode(damaged, limits: PictureLimits())
      }
    }
  }

  @Test func aPictureAboveTheLimitIsRefused() throws {
    let picture = PictureFixtures.noise(width: 20, height: 10, seed: 2)
    let message = PictureMessage.encode(.success(picture))
    let error = PictureError.tooManyPixels(width: 20, height: 10, limit: 199)
    #expect(throws: error) {
      try PictureMessage.decode(message, limits: PictureLimits(maximumPixelCount: 199))
    }
  }

  @Test func aChildThatFailsIsOneError() {
    func message(_ command: [String]) -> String {
      do {
        _ = try PictureChildProcess(command: command, seconds: 2).decode(path: "/dev/null")
        return "a picture"
      } catch {
        return error.description
      }
    }
    #expect(message(["/bin/true"]).contains("cut short"))
    #expect(message(["/bin/false"]).contains("status 1"))
    #expect(message(["/nowhere/at/all"]).contains("cannot be run"))
    #expect(message(["/bin/sh", "-c", "kill -SEGV $$"]).contains("signal 11"))
    #expect(message(["/bin/sh", "-c", "sleep 20"]).contains("more than 2 s"))
    #expect(message(["/bin/sh", "-c", "head -c 1000 /dev/urandom"]).contains("understood"))
  }
}
