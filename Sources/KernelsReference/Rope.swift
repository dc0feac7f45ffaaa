import Glibc
package import KernelInterface

/// Rotary position embedding of one head, in place.
///
/// A pair (a, b) of elements becomes `(a cos θ - b sin θ, a sin θ + b cos θ)`, where θ grows with
/// the token's position and falls from pair to pair. Element i keeps its place; with `p(i)` its
/// partner this is `y[i] = x[i] · cos[i] + x[p(i)] · sin[i]`, the sine being negative for the first
/// of a pair.
///
/// - Source: Su et al. 2021, arXiv:2104.09864, eq. 34; ggml `rope` modes NORMAL and NEOX.
/// - Parameters:
///   - x: a head; the first `cosines.count` elements rotate. Overwritten.
///   - cosines: of each rotating element.
///   - sines: of each rotating element, signed.
///   - style: which elements are partners.
/// - Accuracy: two roundings for each product, as written.
package func rope(
  _ x: inout MutableSpan<Float>, cosines: Span<Float>, sines: Span<Float>, style: RopeStyle
) {
  let rotaryDim = cosines.count
  let half = rotaryDim / 2
  for pair in 0..<half {
    let (first, second) =
      switch style {
      case .interleaved: (2 * pair, 2 * pair + 1)
      case .halves: (pair, half + pair)
      }
    let a = x[first]
    let b = x[second]
    x[first] = a * cosines[first] + b * sines[first]
    x[second] = b * cosines[second] + a * sines[second]
  }
}

/// The cosines and signed sines of one position, as ``RopeRows/table`` holds them.
///
/// The angle of pair i is `position · b^(-2i/rotaryDim)`, computed as ggml does: in Float32, each
/// pair's from the one before by one multiplication. At position 4,000 that is up to 8e-4 rad off
/// the real number (base 10,000, 64 pairs); a Float64 angle would be nearer to it, and farther from
/// llama.cpp (and from the transformers library, which multiplies Float32 frequencies by the
/// position) than any other step of the forward pass. A model does not notice; a comparison at 1e-4
/// does.
///
/// - Source: ggml `ggml_rope_cache_init`, `rope_yarn` with `ext_factor` 0.
/// - Parameters:
///   - frequencies: the parameters of the angles.
///   - position: of the token, from 0.
///   - style: which elements are partners.
///   - row: `2 × rotaryDim` elements. Overwritten.
/// - Accuracy: angles as above, cosines and sines within 1 ulp of the angle's (glibc).
package func ropeTableRow(
  _ frequencies: RopeFrequencies, position: Int, style: RopeStyle,
  into row: inout MutableSpan<Float>
) {
  let rotaryDim = frequencies.rotaryDim
  let half = rotaryDim / 2
  let step = powf(frequencies.base, -2 / Float(rotaryDim))
  var angle = Float(position)
  for pair in 0..<half {
    let factor = frequencies.factors.isEmpty ? 1 : frequencies.factors[pair]
    let scaled = frequencies.scale * (angle / factor)
    let cosine = cosf(scaled) * frequencies.magnitude
    let sine = sinf(scaled) * frequencies.magnitude
    let (first, second) =
      switch style {
      case .interleaved: (2 * pair, 2 * pair + 1)
      case .halves: (pair, half + pair)
      }
    row[first] = cosine
    row[second] = cosine
    row[rotaryDim + first] = -sine
    row[rotaryDim + second] = sine
    angle *= step
  }
}
