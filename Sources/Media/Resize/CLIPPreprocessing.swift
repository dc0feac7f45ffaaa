/// Prepares pictures for CLIP's image encoder: short side to 224, centre crop, normalisation.
///
/// `(sample / 255 - mean) / standardDeviation` for each channel, after a bicubic resize to 8 bits.
///
/// - Source: Radford et al. 2021, arXiv:2103.00020; OpenAI's `clip.py`, `_transform`; Hugging Face
///   transformers 5.23, `CLIPImageProcessorPil`.
package struct CLIPPreprocessing: Sendable, Equatable {
  /// The two reference implementations, which differ in half pixels and in last bits.
  package enum Convention: Sendable, CaseIterable {
    /// OpenAI's, by torchvision 0.28: the crop's offset is rounded half to even, and 8-bit samples
    /// are divided by 255 in Float32.
    case openAI
    /// Hugging Face's: the offset is rounded down, and samples are multiplied by 1/255 in Float64.
    case huggingFace
  }

  /// Means of red, green and blue over CLIP's training pictures; 1 is white.
  package static let mean: [Float] = [0.48145466, 0.4578275, 0.40821073]

  /// Standard deviations of red, green and blue over CLIP's training pictures.
  package static let standardDeviation: [Float] = [0.26862954, 0.26130258, 0.27577711]

  /// Which reference is followed.
  package let convention: Convention

  /// Rows and columns of the result.
  package let side: Int

  /// The normalised values of the 256 samples of each channel, `[3, 256]`.
  private let table: [Float]

  /// - Precondition: `side` is positive.
  package init(convention: Convention, side: Int = 224) {
    precondition(side > 0, "a picture has at least one pixel")
    self.convention = convention
    self.side = side
    table = (0..<3).flatMap { channel in
      (0..<256).map { sample in
        let value: Float =
          switch convention {
          case .openAI: Float(sample) / 255
          case .huggingFace: Float(Double(sample) * (1.0 / 255))
          }
        return (value - Self.mean[channel]) / Self.standardDeviation[channel]
      }
    }
  }

  /// The middle of the picture, resized so that its short side fills the crop.
  ///
  /// - Returns: `side` x `side` pixels, bit-identical to the reference's.
  /// - Complexity: that of `Resize.bicubic` for the cropped part.
  package func crop(_ picture: Picture) -> Picture {
    let short = min(picture.width, picture.height)
    let width = picture.width == short ? side : side * picture.width / short
    let height = picture.height == short ? side : side * picture.height / short
    return Resize.bicubic(
      picture, width: width, height: height,
      region: Resize.Region(
        x: offset(width - side), y: offset(height - side), width: side, height: side))
  }

  /// Half of the pixels that are cut away.
  private func offset(_ excess: Int) -> Int {
    let half = excess / 2
    // Python's round takes a half to the even neighbour.
    return convention == .openAI && excess % 2 == 1 && half % 2 == 1 ? half + 1 : half
  }

  /// The cropped and normalised picture, Float32 `[3, side, side]` as PyTorch lays it out.
  package func tensor(_ picture: Picture) -> [Float] {
    let pixels = crop(picture).pixels
    return (0..<3).flatMap { channel in
      (0..<(side * side)).map { table[channel * 256 + Int(pixels[$0 * 3 + channel])] }
    }
  }
}
