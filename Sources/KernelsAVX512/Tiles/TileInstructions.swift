import Builtin

// AMX: eight registers of 16 rows of 64 bytes, and one instruction that multiplies two of them. Its
// intrinsics are C macros; these are LLVM's own. Numbers of registers are part of the instruction.
// Those that take an address cannot be reached through `Builtin`, and those without cannot be
// declared by `@_extern`, so there are both.
//
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 18.

/// Loads rows of 64 bytes, `stride` bytes apart, into register `tile`.
@_extern(c, "llvm.x86.tileloadd64")
func tileLoad(_ tile: Int8, _ source: UnsafeRawPointer, _ stride: Int)

/// Stores register `tile` as rows of 64 bytes, `stride` bytes apart.
@_extern(c, "llvm.x86.tilestored64")
private func tileStore(_ tile: Int8, _ target: UnsafeMutableRawPointer, _ stride: Int)

/// Gives the registers the shapes of the 64 bytes at an address, and clears them.
@_extern(c, "llvm.x86.ldtilecfg")
private func loadTileConfiguration(_ source: UnsafeRawPointer)

// The numbers of registers must be literals in the function that has the instruction, since debug
// builds keep every function: so the roles of the registers are fixed here. 0 and 1 are the fine
// and the coarse sums of a first tile of activations, 2 and 3 those of a second; 4 and 5 are the
// activations, 6 and 7 the fine and the coarse plane; or, of formats without planes, 0 and 2 the
// sums with a first panel, 1 and 3 those with a second, and 6 and 7 the panels.

/// Clears the four sums.
@_transparent
func clearTileSums() {
  Builtin.int_x86_tilezero((0 as Int8)._value)
  Builtin.int_x86_tilezero((1 as Int8)._value)
  Builtin.int_x86_tilezero((2 as Int8)._value)
  Builtin.int_x86_tilezero((3 as Int8)._value)
}

/// Adds to the four sums the products of activations, signed bytes, with planes of unsigned bytes.
///
/// `sums[m, n] += Σ over k and i in 0..<4 of x[m, 4k + i] · plane[k, 4n + i]`, in Int32.
@_transparent
func multiplyUnsignedTiles() {
  Builtin.int_x86_tdpbsud((0 as Int8)._value, (4 as Int8)._value, (6 as Int8)._value)
  Builtin.int_x86_tdpbsud((1 as Int8)._value, (4 as Int8)._value, (7 as Int8)._value)
  Builtin.int_x86_tdpbsud((2 as Int8)._value, (5 as Int8)._value, (6 as Int8)._value)
  Builtin.int_x86_tdpbsud((3 as Int8)._value, (5 as Int8)._value, (7 as Int8)._value)
}

/// As ``multiplyUnsignedTiles()`` with planes of signed bytes.
@_transparent
func multiplySignedTiles() {
  Builtin.int_x86_tdpbssd((0 as Int8)._value, (4 as Int8)._value, (6 as Int8)._value)
  Builtin.int_x86_tdpbssd((1 as Int8)._value, (4 as Int8)._value, (7 as Int8)._value)
  Builtin.int_x86_tdpbssd((2 as Int8)._value, (5 as Int8)._value, (6 as Int8)._value)
  Builtin.int_x86_tdpbssd((3 as Int8)._value, (5 as Int8)._value, (7 as Int8)._value)
}

/// Stores the four sums, one after another.
@_transparent
func storeTileSums(into integers: UnsafeMutableRawPointer) {
  tileStore(0, integers, lineByteCount)
  tileStore(1, integers + tileRegisterByteCount, lineByteCount)
  tileStore(2, integers + 2 * tileRegisterByteCount, lineByteCount)
  tileStore(3, integers + 3 * tileRegisterByteCount, lineByteCount)
}

/// Clears all registers and lets the processor put the unit to rest.
@_transparent
func tileRelease() { Builtin.int_x86_tilerelease() }

/// Rows of a tile register.
let tileRegisterRows = 16
/// Bytes of a tile register.
let tileRegisterByteCount = tileRegisterRows * lineByteCount

/// Bytes of the four sums.
let blockIntegersByteCount = 4 * tileRegisterByteCount

/// Makes the registers tiles of 16 rows of activations and 16 outputs, for this thread until
/// ``tileRelease()``.
///
/// The 64 bytes: the palette, 1; bytes of a row, UInt16 from byte 16; rows, UInt8 from byte 48.
///
/// - Parameters:
///   - depth: elements that one instruction multiplies, 32 or 64: bytes of a row of activations,
///     and four times the rows of weights.
///   - scratch: memory for the 64 bytes.
@inline(__always)
func configureTiles(depth: Int, scratch: UnsafeMutableRawPointer) {
  scratch.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
  scratch.storeBytes(of: 1, as: UInt8.self)
  for tile in 0..<8 {
    let rowByteCount = tile == 4 || tile == 5 ? depth : lineByteCount
    let rows = tile >= 6 ? depth / 4 : tileRegisterRows
    scratch.storeBytes(of: UInt16(rowByteCount), toByteOffset: 16 + 2 * tile, as: UInt16.self)
    scratch.storeBytes(of: UInt8(rows), toByteOffset: 48 + tile, as: UInt8.self)
  }
  loadTileConfiguration(scratch)
}
