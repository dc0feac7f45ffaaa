// exp and log in plain IEEE Float64 operations. Those of the C library differ in the last bit between
// versions and between machines with and without fused multiply-add, but a seed must yield the same
// text everywhere.

/// ln 2 in two parts; the first ends with 21 zero bits, so that `k * high` is exact for all exponents k.
///
/// fdlibm's e_exp.c uses the same split.
private let logarithmOf2High = 6.931_471_803_691_238_16e-01
private let logarithmOf2Low = 1.908_214_929_270_587_70e-10

/// e to the power of x.
///
/// x = k ln 2 + r with |r| <= ln 2 / 2, and the Taylor series of e^r to r^13, whose next term is below
/// 1e-17.
///
/// - Returns: a result within 2 units in the last place; 0 below -708, where results are subnormal.
func portableExp(_ x: Double) -> Double {
  // Includes -infinity. 709 is the largest integer whose power is finite.
  if x < -708 { return 0 }
  if x > 709 { return .infinity }
  let k = (x / 0.693_147_180_559_945_3).rounded()
  let r = (x - k * logarithmOf2High) - k * logarithmOf2Low
  var sum = 1.0
  var n = 13.0
  while n > 0 {
    sum = 1 + sum * r / n
    n -= 1
  }
  return sum * Double(bitPattern: UInt64(Int(k) + 1023) << 52)
}

/// The natural logarithm of x.
///
/// x = m 2^e with m between √½ and √2, and log m = 2 artanh((m - 1) / (m + 1)). The remainder of the
/// series after the 21st power is below 1e-18.
///
/// - Parameter x: a positive normal number.
/// - Returns: a result within 3 units in the last place.
func portableLog(_ x: Double) -> Double {
  var significand = x.significand
  var exponent = Double(x.exponent)
  if significand > 2.0.squareRoot() {
    significand /= 2
    exponent += 1
  }
  let s = (significand - 1) / (significand + 1)
  let square = s * s
  var sum = 0.0
  var n = 21.0
  while n > 1 {
    sum = (sum + 1 / n) * square
    n -= 2
  }
  return exponent * logarithmOf2High + (exponent * logarithmOf2Low + 2 * s * (1 + sum))
}
