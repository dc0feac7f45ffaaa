internal import CTIFF
internal import Glibc

/// The bytes that libtiff reads, its position in them, and what it reported.
@unsafe
struct TIFFMemory {
  let bytes: UnsafeRawBufferPointer
  var offset: UInt64 = 0
  var firstError: String?
  var seriousWarning: String?

  init(bytes: UnsafeRawBufferPointer) { unsafe self.bytes = unsafe bytes }
}

// The callbacks that libtiff calls with a pointer to a `TIFFMemory`. They have no captures, because
// C has no room for them.

private func memory(_ handle: thandle_t?) -> UnsafeMutablePointer<TIFFMemory>? {
  unsafe handle?.assumingMemoryBound(to: TIFFMemory.self)
}

/// Copies up to `count` bytes from the position on.
func readTIFF(_ handle: thandle_t?, _ target: UnsafeMutableRawPointer?, _ count: tmsize_t)
  -> tmsize_t
{
  guard let memory = unsafe memory(handle), let target = unsafe target, count > 0 else { return 0 }
  let byteCount = unsafe UInt64(memory.pointee.bytes.count)
  let offset = unsafe min(memory.pointee.offset, byteCount)
  let available = Int(min(UInt64(count), byteCount - offset))
  if let base = unsafe memory.pointee.bytes.baseAddress, available > 0 {
    unsafe target.copyMemory(from: base + Int(offset), byteCount: available)
  }
  unsafe memory.pointee.offset = offset + UInt64(available)
  return tmsize_t(available)
}

func refuseTIFFWrite(_: thandle_t?, _: UnsafeMutableRawPointer?, _: tmsize_t) -> tmsize_t { 0 }

/// Moves the position, which may lie beyond the end as in `lseek`.
func seekTIFF(_ handle: thandle_t?, _ distance: toff_t, _ origin: Int32) -> toff_t {
  guard let memory = unsafe memory(handle) else { return 0 }
  let start: UInt64 =
    switch origin {
    case SEEK_CUR: unsafe memory.pointee.offset
    case SEEK_END: unsafe UInt64(memory.pointee.bytes.count)
    default: 0
    }
  unsafe memory.pointee.offset = start &+ distance
  return unsafe memory.pointee.offset
}

func closeTIFF(_: thandle_t?) -> Int32 { 0 }

func sizeOfTIFF(_ handle: thandle_t?) -> toff_t {
  unsafe memory(handle).map { toff_t(unsafe $0.pointee.bytes.count) } ?? 0
}

/// Gives libtiff the bytes where they are, so that it copies none.
func mapTIFF(
  _ handle: thandle_t?, _ base: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
  _ size: UnsafeMutablePointer<toff_t>?
) -> Int32 {
  guard let memory = unsafe memory(handle), let base = unsafe base, let size = unsafe size else {
    return 0
  }
  // libtiff's type lacks const; libtiff never writes to a mapping.
  unsafe base.pointee = UnsafeMutableRawPointer(mutating: memory.pointee.bytes.baseAddress)
  unsafe size.pointee = toff_t(memory.pointee.bytes.count)
  return 1
}

func unmapTIFF(_: thandle_t?, _: UnsafeMutableRawPointer?, _: toff_t) {}

/// Keeps the first message; returning 1 keeps libtiff from printing it.
func keepTIFFError(
  _: OpaquePointer?, _ userData: UnsafeMutableRawPointer?, _: UnsafePointer<CChar>?,
  _ format: UnsafePointer<CChar>?, _ arguments: CVaListPointer?
) -> Int32 {
  guard let memory = unsafe memory(userData), unsafe memory.pointee.firstError == nil else {
    return 1
  }
  unsafe memory.pointee.firstError = unsafe text(format, arguments)
  return 1
}

/// Keeps the warnings after which libtiff would return other pixels than the file has.
///
/// A tag that the file ends in, or whose type is wrong, is ignored with a warning. Without its colour
/// map, libtiff takes a palette's indices for brightnesses.
func keepTIFFWarning(
  _: OpaquePointer?, _ userData: UnsafeMutableRawPointer?, _: UnsafePointer<CChar>?,
  _ format: UnsafePointer<CChar>?, _ arguments: CVaListPointer?
) -> Int32 {
  guard let memory = unsafe memory(userData), unsafe memory.pointee.seriousWarning == nil,
    let message = unsafe text(format, arguments)
  else { return 1 }
  if message.contains("IO error during reading") || message.contains("ColorMap") {
    unsafe memory.pointee.seriousWarning = message
  }
  return 1
}

/// A message of at most 255 bytes of printable ASCII.
private func text(_ format: UnsafePointer<CChar>?, _ arguments: CVaListPointer?) -> String? {
  guard let format = unsafe format, let arguments = unsafe arguments else { return nil }
  var text = [CChar](repeating: 0, count: 256)
  let length = unsafe vsnprintf(&text, text.count, format, arguments)
  // Some messages have several lines, and some quote the file.
  let bytes = text.prefix(max(0, min(Int(length), text.count - 1)))
    .map { (0x20..<0x7F).contains($0) ? UInt8($0) : 0x20 }
  return String(decoding: bytes, as: UTF8.self)
}
