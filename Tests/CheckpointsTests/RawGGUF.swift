// Builds inconsistent GGUF files, which the writer in Sources refuses to write.

import Bytes

/// The parts of a GGUF file, which need not be consistent.
struct RawGGUF {
  var magic = Array("GGUF".utf8)
  var version: UInt32 = 3
  /// nil for the true count.
  var tensorCount: UInt64?
  /// nil for the true count.
  var entryCount: UInt64?
  var entries: [[UInt8]] = []
  var tensors: [[UInt8]] = []
  var alignment = 32
  var data: [UInt8] = []

  var bytes: [UInt8] {
    var builder = ByteBuilder()
    builder.append(bytes: magic)
    builder.append(version)
    builder.append(tensorCount ?? UInt64(tensors.count))
    builder.append(entryCount ?? UInt64(entries.count))
    for entry in entries { builder.append(bytes: entry) }
    for tensor in tensors { builder.append(bytes: tensor) }
    if !tensors.isEmpty || !data.isEmpty { builder.pad(to: alignment) }
    builder.append(bytes: data)
    return builder.bytes
  }
}

/// A string with a length prefix that may be wrong.
func rawString(_ bytes: [UInt8], statedByteCount: UInt64? = nil) -> [UInt8] {
  le(statedByteCount ?? UInt64(bytes.count)) + bytes
}

func rawString(_ text: String) -> [UInt8] { rawString(Array(text.utf8)) }

/// A metadata entry: key, type id, payload.
func rawEntry(_ key: String, _ type: UInt32, _ payload: [UInt8]) -> [UInt8] {
  rawString(key) + le(type) + payload
}

/// A tensor info, with `dimensions` innermost first as in the file.
func rawTensor(
  _ name: [UInt8], dimensions: [UInt64], dimensionCount: UInt32? = nil, type: UInt32 = 0,
  offset: UInt64 = 0
) -> [UInt8] {
  rawString(name) + le(dimensionCount ?? UInt32(dimensions.count)) + dimensions.flatMap { le($0) }
    + le(type) + le(offset)
}

func rawTensor(
  _ name: String, dimensions: [UInt64], dimensionCount: UInt32? = nil, type: UInt32 = 0,
  offset: UInt64 = 0
) -> [UInt8] {
  rawTensor(
    Array(name.utf8), dimensions: dimensions, dimensionCount: dimensionCount, type: type,
    offset: offset)
}

/// An array payload: element type, count (which may be wrong), elements.
func rawArray(_ type: UInt32, count: UInt64, _ elements: [UInt8] = []) -> [UInt8] {
  le(type) + le(count) + elements
}

/// The little-endian bytes of a number.
func le<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  var builder = ByteBuilder()
  builder.append(value)
  return builder.bytes
}

/// A safetensors file made of header text and data; the stated header length may be wrong.
func rawSafetensors(
  _ header: [UInt8], data: [UInt8] = [], statedByteCount: UInt64? = nil
) -> [UInt8] {
  le(statedByteCount ?? UInt64(header.count)) + header + data
}

func rawSafetensors(_ header: String, dataByteCount: Int = 0) -> [UInt8] {
  rawSafetensors(Array(header.utf8), data: [UInt8](repeating: 7, count: dataByteCount))
}
