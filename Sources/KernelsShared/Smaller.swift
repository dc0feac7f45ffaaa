/// The smaller of two numbers.
///
/// Swift's own `min` is generic: where a copy of it for Int is not inlined, it becomes a weak
/// symbol with AVX code, which the linker may keep for the whole program.
@inline(__always) func min(_ a: Int, _ b: Int) -> Int { a < b ? a : b }
