// Arithmetic on numbers that come from a file. Swift's operators trap on overflow, which is safe
// but ends the process; these throw, so a hostile size is an error message.

/// `a + b`, or `BytesError.overflow` naming `what` and the place in the file it came from.
package func checkedSum<Integer: FixedWidthInteger>(
  _ a: Integer, _ b: Integer, what: @autoclosure () -> String, byteOffset: Int
) throws(BytesError) -> Integer {
  let (sum, overflow) = a.addingReportingOverflow(b)
  if overflow { throw .overflow(what: what(), byteOffset: byteOffset) }
  return sum
}

/// `a * b`, or `BytesError.overflow` naming `what` and the place in the file it came from.
package func checkedProduct<Integer: FixedWidthInteger>(
  _ a: Integer, _ b: Integer, what: @autoclosure () -> String, byteOffset: Int
) throws(BytesError) -> Integer {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  if overflow { throw .overflow(what: what(), byteOffset: byteOffset) }
  return product
}

/// `value` as an `Int`, or `BytesError.overflow` where it is 2^63 or more.
package func checkedInt(
  _ value: UInt64, what: @autoclosure () -> String, byteOffset: Int
) throws(BytesError) -> Int {
  guard let result = Int(exactly: value) else {
    throw .overflow(what: what(), byteOffset: byteOffset)
  }
  return result
}

/// `value` rounded up to the next multiple of `alignment`.
///
/// - Precondition: `alignment` is a power of two; the caller has checked it.
/// - Throws: `BytesError.overflow` where the result does not fit.
package func checkedAlignUp(
  _ value: Int, to alignment: Int, what: @autoclosure () -> String, byteOffset: Int
) throws(BytesError) -> Int {
  precondition(alignment > 0 && alignment & (alignment - 1) == 0, "alignment is a power of two")
  let raised = try checkedSum(value, alignment - 1, what: what(), byteOffset: byteOffset)
  return raised & ~(alignment - 1)
}
