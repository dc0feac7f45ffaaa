/// One value of a checkpoint's metadata, with the type stated in the file.
///
/// The cases are GGUF's thirteen value types; safetensors has only strings.
/// - Source: ggml/docs/gguf.md, `gguf_metadata_value_type`.
package enum MetadataValue: Sendable, Equatable {
  case uint8(UInt8)
  case int8(Int8)
  case uint16(UInt16)
  case int16(Int16)
  case uint32(UInt32)
  case int32(Int32)
  case float32(Float)
  case bool(Bool)
  /// Text. Bytes that are not UTF-8 are replaced by U+FFFD.
  case string(String)
  case array(MetadataArray)
  case uint64(UInt64)
  case int64(Int64)
  case float64(Double)
}

/// The elements of an array value, all of one type; arrays of arrays are refused.
package enum MetadataArray: Sendable, Equatable {
  case uint8([UInt8])
  case int8([Int8])
  case uint16([UInt16])
  case int16([Int16])
  case uint32([UInt32])
  case int32([Int32])
  case float32([Float])
  case bool([Bool])
  case string(StringArray)
  case uint64([UInt64])
  case int64([Int64])
  case float64([Double])
}

/// The ids that GGUF files use for value types.
///
/// - Source: ggml/docs/gguf.md, `gguf_metadata_value_type`.
enum MetadataTypeID: UInt32, CaseIterable {
  case uint8 = 0
  case int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

  /// Bytes of one value in a file; for strings and arrays the minimum.
  var minimumByteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64, .string: 8
    case .array: 12
    }
  }
}

extension MetadataValue {
  /// The text, or nil for other types.
  package var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The truth value, or nil for other types.
  package var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// Any integer type as `Int`, or nil for other types and for values from 2^63 on.
  package var integerValue: Int? {
    switch self {
    case .uint8(let value): Int(value)
    case .int8(let value): Int(value)
    case .uint16(let value): Int(value)
    case .int16(let value): Int(value)
    case .uint32(let value): Int(value)
    case .int32(let value): Int(value)
    case .uint64(let value): Int(exactly: value)
    case .int64(let value): Int(value)
    default: nil
    }
  }

  /// A floating-point or integer value as `Double`, or nil for other types.
  package var numberValue: Double? {
    switch self {
    case .float32(let value): Double(value)
    case .float64(let value): value
    default: integerValue.map(Double.init)
    }
  }

  /// The array, or nil for other types.
  package var arrayValue: MetadataArray? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The name of the type as GGUF's specification writes it, such as `uint32` or `array of string`.
  package var typeName: String {
    if case .array(let array) = self { return "array of \(array.elementType)" }
    return "\(typeID)"
  }

  var typeID: MetadataTypeID {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .float32: .float32
    case .bool: .bool
    case .string: .string
    case .array: .array
    case .uint64: .uint64
    case .int64: .int64
    case .float64: .float64
    }
  }
}

extension MetadataArray {
  /// The number of elements.
  package var count: Int {
    switch self {
    case .uint8(let values): values.count
    case .int8(let values): values.count
    case .uint16(let values): values.count
    case .int16(let values): values.count
    case .uint32(let values): values.count
    case .int32(let values): values.count
    case .float32(let values): values.count
    case .bool(let values): values.count
    case .string(let values): values.count
    case .uint64(let values): values.count
    case .int64(let values): values.count
    case .float64(let values): values.count
    }
  }

  /// Element `index` as a single value.
  ///
  /// - Precondition: `index` is below `count`.
  package subscript(index: Int) -> MetadataValue {
    switch self {
    case .uint8(let values): .uint8(values[index])
    case .int8(let values): .int8(values[index])
    case .uint16(let values): .uint16(values[index])
    case .int16(let values): .int16(values[index])
    case .uint32(let values): .uint32(values[index])
    case .int32(let values): .int32(values[index])
    case .float32(let values): .float32(values[index])
    case .bool(let values): .bool(values[index])
    case .string(let values): .string(values[index])
    case .uint64(let values): .uint64(values[index])
    case .int64(let values): .int64(values[index])
    case .float64(let values): .float64(values[index])
    }
  }

  /// The strings, or nil for other element types.
  package var strings: StringArray? {
    if case .string(let values) = self { values } else { nil }
  }

  /// Any integer type as `Int`, or nil for other types and where a value is 2^63 or more.
  package var integers: [Int]? {
    switch self {
    case .uint8(let values): return values.map(Int.init)
    case .int8(let values): return values.map(Int.init)
    case .uint16(let values): return values.map(Int.init)
    case .int16(let values): return values.map(Int.init)
    case .uint32(let values): return values.map(Int.init)
    case .int32(let values): return values.map(Int.init)
    case .int64(let values): return values.map(Int.init)
    case .uint64(let values):
      let exact = values.compactMap { Int(exactly: $0) }
      return exact.count == values.count ? exact : nil
    default: return nil
    }
  }

  /// Floating-point elements as `Float` (Float64 is rounded), or nil for other types.
  package var floats: [Float]? {
    switch self {
    case .float32(let values): values
    case .float64(let values): values.map(Float.init)
    default: nil
    }
  }

  var elementType: MetadataTypeID {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .float32: .float32
    case .bool: .bool
    case .string: .string
    case .uint64: .uint64
    case .int64: .int64
    case .float64: .float64
    }
  }
}
