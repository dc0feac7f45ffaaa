// The Float32 steps at the end of a superblock, which every kernel of K-quants ends with; those of
// the scalar twin `linearQ8K`. The row's scale comes last, since then no factor of the weight has
// to be multiplied by it: three multiplications with minima, where `fma(Float(i), d · dx, sum)` and
// `fma(-Float(m), dmin · dx, sum)` are four.

/// `fma(Float(total) · d, scale, sum)`: the integers of a superblock's products, its factors, and
/// the scale of the row of activations in every lane.
@inline(__always)
func addSuperblock(
  _ total: IntegerLanes, _ d: FloatLanes, scale: FloatLanes, to sum: FloatLanes
) -> FloatLanes {
  multiplyAdd(floats(total) * d, scale, sum)
}

/// `fma(fma(-Float(minima), dmin, Float(total) · d), scale, sum)`; as
/// ``addSuperblock(_:_:scale:to:)``.
@inline(__always)
func addSuperblock(
  _ total: IntegerLanes, _ d: FloatLanes, minima: IntegerLanes, _ dmin: FloatLanes,
  scale: FloatLanes, to sum: FloatLanes
) -> FloatLanes {
  multiplyAdd(multiplySubtract(floats(minima), dmin, floats(total) * d), scale, sum)
}

/// The scale of a superblock of activations, in every lane.
@inline(__always) func superblockScale(_ x: UnsafeRawPointer) -> FloatLanes {
  broadcast((x + activationScaleOffset).loadUnaligned(as: Float.self))
}
