// Metadata values of a GGUF header: thirteen types, and arrays of twelve of them.

internal import Bytes

extension GGUFReader {
  mutating func value(of key: String) throws(CheckpointError) -> MetadataValue {
    let type = try valueType(of: key)
    switch type {
    case .uint8: return .uint8(try integer(key))
    case .int8: return .int8(try integer(key))
    case .uint16: return .uint16(try integer(key))
    case .int16: return .int16(try integer(key))
    case .uint32: return .uint32(try integer(key))
    case .int32: return .int32(try integer(key))
    case .uint64: return .uint64(try integer(key))
    case .int64: return .int64(try integer(key))
    case .float32: return .float32(Float(bitPattern: try integer(key)))
    case .float64: return .float64(Double(bitPattern: try integer(key)))
    case .bool: return .bool(try bool(integer(key), key: key, byteOffset: reader.byteOffset - 1))
    case .string: return .string(String(decoding: try string(key), as: UTF8.self))
    case .array: return .array(try array(of: key))
    }
  }

  private mutating func valueType(of key: String) throws(CheckpointError) -> MetadataTypeID {
    let byteOffset = reader.byteOffset
    let id: UInt32 = try integer(key)
    guard let type = MetadataTypeID(rawValue: id) else {
      throw .unknownValueType(key: key, byteOffset: byteOffset, id: id)
    }
    return type
  }

  private mutating func array(of key: String) throws(CheckpointError) -> MetadataArray {
    let start = reader.byteOffset
    let type = try valueType(of: key)
    if type == .array { throw .nestedArray(key: key, byteOffset: start) }
    let countOffset = reader.byteOffset
    let stated: UInt64 = try integer(key)
    try checkCount(
      stated, leastByteCount: UInt64(type.minimumByteCount),
      limit: CheckpointLimits.arrayElementCount, "length of array \(key)",
      byteOffset: countOffset)
    let count = Int(stated)  // at most arrayElementCount
    switch type {
    case .uint8: return .uint8(try integers(count, key))
    case .int8: return .int8(try integers(count, key))
    case .uint16: return .uint16(try integers(count, key))
    case .int16: return .int16(try integers(count, key))
    case .uint32: return .uint32(try integers(count, key))
    case .int32: return .int32(try integers(count, key))
    case .uint64: return .uint64(try integers(count, key))
    case .int64: return .int64(try integers(count, key))
    case .float32:
      return .float32((try integers(count, key) as [UInt32]).map { Float(bitPattern: $0) })
    case .float64:
      return .float64((try integers(count, key) as [UInt64]).map { Double(bitPattern: $0) })
    case .bool: return .bool(try bools(count, key))
    case .string: return .string(try strings(count, key))
    case .array: throw .nestedArray(key: key, byteOffset: start)
    }
  }

  private func bool(
    _ byte: UInt8, key: String, byteOffset: Int
  ) throws(CheckpointError) -> Bool {
    guard byte <= 1 else {
      throw .invalidBoolean(key: key, byteOffset: byteOffset, value: byte)
    }
    return byte == 1
  }

  private mutating func bools(_ count: Int, _ key: String) throws(CheckpointError) -> [Bool] {
    let start = reader.byteOffset
    let bytes: [UInt8] = try integers(count, key)
    var values: [Bool] = []
    values.reserveCapacity(count)
    for (index, byte) in bytes.enumerated() {
      values.append(try bool(byte, key: key, byteOffset: start + index))
    }
    return values
  }

  private mutating func strings(
    _ count: Int, _ key: String
  ) throws(CheckpointError) -> StringArray {
    var array = StringArray(count: count)
    for _ in 0..<count {
      let byteCount = try stringByteCount(key)
      do throws(BytesError) {
        try reader.withBytes(byteCount, key) { array.append($0) }
      } catch {
        throw .bytes(error)
      }
      try checkMetadataByteCount()
    }
    return array
  }
}
