/// The position of a value among those that a pickle has made.
///
/// Values refer to each other by position, not by reference: a file decides how deep they are
/// nested, and releasing references nested a million times would overflow the stack.
struct PickleID: Hashable {
  let index: Int32
}

/// A value of a pickle: data, or a description of an object that is never made.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int64)
  case float(Double)
  case text(String)
  case tuple([PickleID])
  case list([PickleID])
  /// Keys and values in turn, in the order of the file.
  case dictionary([PickleID])
  /// A name that the pickle imports: a position in `PickleMachine.globals`.
  case global(Int32)
  /// An instance of a TorchScript class; `PickleMachine.states` has its attributes.
  case object
  /// A position in `PickleMachine.storages`.
  case storage(Int32)
  /// A position in `PickleMachine.tensors`.
  case tensor(Int32)
  /// Something that no reader of weights needs: bytes, integers above 64 bits, sets, devices.
  case opaque

  /// The kind of the value, for errors.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a Boolean"
    case .integer: "an integer"
    case .float: "a float"
    case .text: "a string"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .global: "a global"
    case .object: "an object"
    case .storage: "a storage"
    case .tensor: "a tensor"
    case .opaque: "a value of another type"
    }
  }
}

/// A storage that a pickle refers to: the bytes of one or several tensors.
struct TorchStorage {
  /// Its name in the archive, or its number in a legacy file.
  let key: String
  /// The type of its numbers; nil for an untyped storage, which counts bytes.
  let type: TensorType?
  /// The number of elements that the pickle states; not negative.
  let elementCount: Int
  /// The place of the reference in the file, for errors.
  let byteOffset: Int
}

/// A tensor as a pickle describes it: a view of a storage.
struct TorchTensor {
  /// A position in `PickleMachine.storages`.
  let storage: Int
  let type: TensorType
  /// Outermost first.
  let shape: [Int]
  /// The distance between neighbours of each dimension, in elements.
  let strides: [Int]
  /// The first element, counted from the start of the storage.
  let elementOffset: Int
  /// The elements from the first to the last, both included; 0 for an empty tensor.
  let extent: Int
  /// The place of the description in the file, for errors.
  let byteOffset: Int
}
