/// `exp(x)` of each lane, for x ≤ 87; below -87 the result is that of -87 (1.6e-38).
///
/// `x = n ln 2 + r` with n an integer and |r| ≤ ln 2 / 2; `exp(r) = 1 + r + r² p(r)` with p of
/// degree 4 at the Chebyshev points of that interval (error 1.0e-8); n is added to the exponent.
///
/// - Source: the classical reduction of Cody & Waite 1980; own coefficients.
/// - Accuracy: relative error below 2⁻²² (worst found 1.2 ulp).
@inline(__always)
func exponential(_ x: FloatLanes) -> FloatLanes {
  let held = maximum(x, broadcast(-87))
  // Adding 1.5 · 2²³ rounds to an integer, whose low bits are then in the mantissa.
  let rounder = broadcast(12_582_912)
  let shifted = multiplyAdd(held, broadcast(1.442695), rounder)
  let n = shifted - rounder
  // ln 2 in two parts: 0.693359375 has 9 bits, so n times it is exact.
  var r = multiplyAdd(n, broadcast(-0.693359375), held)
  r = multiplyAdd(n, broadcast(2.1219444e-4), r)
  var p = broadcast(0.0013926181709393859)
  p = multiplyAdd(p, r, broadcast(0.008363177999854088))
  p = multiplyAdd(p, r, broadcast(0.041666556149721146))
  p = multiplyAdd(p, r, broadcast(0.16666576266288757))
  p = multiplyAdd(p, r, broadcast(0.5))
  p = multiplyAdd(p, r * r, r) + broadcast(1)
  return addToExponent(p, shifted)
}
