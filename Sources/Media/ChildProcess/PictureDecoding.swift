/// Turns the bytes of a picture file into pixels.
///
/// Indexing uses `PictureChildProcess`; `InProcessPictureDecoder` is for pictures that this process
/// made, and for tests.
package protocol PictureDecoding: Sendable {
  /// Decodes a picture.
  ///
  /// - Parameter bytes: the file.
  /// - Returns: the upright pixels.
  /// - Throws: as `PictureDecoder.decode(_:limits:)`, and `.decoderEnded` where a process of its own
  ///   decodes.
  func decode(_ bytes: [UInt8]) throws(PictureError) -> Picture
}

/// Decodes on the calling thread: a fault of a picture library ends this process.
package struct InProcessPictureDecoder: PictureDecoding {
  private let limits: PictureLimits

  package init(limits: PictureLimits = PictureLimits()) {
    self.limits = limits
  }

  package func decode(_ bytes: [UInt8]) throws(PictureError) -> Picture {
    try PictureDecoder.decode(bytes, limits: limits)
  }
}

extension PictureChildProcess: PictureDecoding {
  /// Decodes the bytes of a file in a new process.
  ///
  /// The child reads them from a file without a name, so they are the bytes that the caller has
  /// hashed, whatever happens to the file meanwhile. Bytes of an unknown format start no process.
  package func decode(_ bytes: [UInt8]) throws(PictureError) -> Picture {
    _ = try PictureDecoder.format(of: bytes, limits: limits)
    return try decode(path: "/dev/fd/3", files: [bytes])
  }
}
