// What torch's own names mean: storages, tensors, dictionaries and the objects of TorchScript.

internal import Bytes

extension PickleMachine {
  // MARK: Names

  /// STACK_GLOBAL: the module and the name are strings on the stack.
  mutating func stackGlobal() throws(CheckpointError) {
    let (name, module) = (try pop(), try pop())
    guard case .text(let module) = self[module], case .text(let name) = self[name] else {
      if policy == .survey { return try importGlobal(module: "?", name: "?") }
      throw invalid("STACK_GLOBAL needs two strings")
    }
    try importGlobal(module: module, name: name)
  }

  private func meaning(of id: PickleID) -> TorchGlobal? {
    guard case .global(let index) = self[id] else { return nil }
    return globals[Int(index)].meaning
  }

  private func elements(_ id: PickleID) -> [PickleID]? {
    switch self[id] {
    case .tuple(let elements), .list(let elements): elements
    default: nil
    }
  }

  // MARK: Calls

  /// REDUCE: what a call of `callee` would return.
  mutating func call(_ callee: PickleID, _ arguments: PickleID) throws(CheckpointError) {
    guard let meaning = meaning(of: callee), case .tuple(let arguments) = self[arguments] else {
      if policy == .survey { return try push(.opaque) }
      throw invalid("REDUCE of \(self[callee].kind)")
    }
    switch meaning {
    case .orderedDictionary: try push(.dictionary(try pairs(arguments)))
    case .rebuildTensor, .rebuildTypedTensor:
      if policy == .survey { return try push(.opaque) }
      try push(try tensor(arguments, isTyped: meaning == .rebuildTypedTensor))
    case .rebuildParameter, .scriptValue, .size:
      guard let first = arguments.first else { throw invalid("a call without arguments") }
      try push(first)
    case .device: try push(.opaque)
    case .storage, .dataType, .scriptClass:
      if policy == .survey { return try push(.opaque) }
      throw invalid("REDUCE of a type, which is not a function")
    }
  }

  /// The arguments of OrderedDict: none, or a list of pairs.
  private mutating func pairs(_ arguments: [PickleID]) throws(CheckpointError) -> [PickleID] {
    guard let first = arguments.first else { return [] }
    var items: [PickleID] = []
    for pair in elements(first) ?? [] {
      guard let both = elements(pair), both.count == 2 else {
        throw invalid("OrderedDict needs pairs")
      }
      // Many calls may name one list.
      copiedCount += 1
      try checkLimit(copiedCount, PickleLimits.valueCount, "number of pairs in the pickle")
      items += both
    }
    return items
  }

  /// NEWOBJ: an object of a TorchScript class, without attributes yet.
  mutating func instantiate(
    _ type: PickleID, _ arguments: PickleID
  ) throws(CheckpointError) {
    if policy == .survey { return try push(.object) }
    guard meaning(of: type) == .scriptClass, elements(arguments)?.isEmpty == true else {
      throw invalid("NEWOBJ of anything but a TorchScript class")
    }
    try push(.object)
  }

  /// BUILD: the attributes of an object.
  ///
  /// Those of a dictionary (`_metadata` of `Module.state_dict`) say nothing about the weights.
  mutating func build(state: PickleID) throws(CheckpointError) {
    guard stack.count > (marks.last ?? 0), let top = stack.last else {
      throw invalid("a value is missing on the stack")
    }
    switch (self[top], self[state]) {
    case (.object, _) where states[top] == nil: states[top] = state
    case (.dictionary, .dictionary): break
    default:
      if policy == .refuse {
        throw invalid("BUILD of \(self[top].kind) with \(self[state].kind)")
      }
    }
  }

  // MARK: Storages

  /// BINPERSID: `('storage', type, key, location, element count)`, in legacy files with a sixth
  /// element, which is None.
  mutating func pushStorage(_ id: PickleID) throws(CheckpointError) {
    if policy == .survey { return try push(.opaque) }
    guard case .tuple(let fields) = self[id], fields.count == 5 || fields.count == 6,
      case .text("storage") = self[fields[0]],
      case .storage(let type)? = meaning(of: fields[1]),
      case .text(let key) = self[fields[2]], case .text = self[fields[3]],
      case .integer(let count) = self[fields[4]]
    else { throw invalid("BINPERSID of anything but a storage") }
    if fields.count == 6 {
      guard case .none = self[fields[5]] else {
        throw invalid("a view of a storage, as torch before 0.4 wrote it")
      }
    }
    guard count >= 0, let elementCount = Int(exactly: count) else {
      throw invalid("a storage of \(count) elements")
    }
    _ = try checkedName(Array(key.utf8), what: "key of a storage", byteOffset: opcodeOffset)
    try push(
      TorchStorage(
        key: key, type: type, elementCount: elementCount, byteOffset: opcodeOffset))
  }

  // MARK: Tensors

  /// The tensor that a call of `_rebuild_tensor_v2` or `_rebuild_tensor_v3` describes.
  ///
  /// The arguments are storage, offset, size, strides, requires_grad and hooks, then in the third
  /// version the type, and of late a dictionary of properties.
  private func tensor(
    _ arguments: [PickleID], isTyped: Bool
  ) throws(CheckpointError) -> TorchTensor {
    let properties = isTyped ? 7 : 6
    guard arguments.count >= (isTyped ? 7 : 4), arguments.count <= properties + 1,
      case .storage(let position) = self[arguments[0]],
      case .integer(let offset) = self[arguments[1]]
    else { throw invalid("a tensor needs a storage, an offset, a size and strides") }
    let storage = storages[Int(position)]
    var type = storage.type
    if isTyped, case .dataType(let own)? = meaning(of: arguments[6]), type == nil { type = own }
    guard let type else { throw invalid("a tensor without a type that is supported") }
    if arguments.count > properties, case .dictionary(let items) = self[arguments[properties]],
      !items.isEmpty
    {
      // Flags such as `neg` and `conj` change the numbers.
      throw invalid("a tensor with properties beyond size and strides")
    }
    let shape = try dimensions(arguments[2], "size")
    let strides = try dimensions(arguments[3], "stride")
    guard shape.count == strides.count else {
      throw invalid("a tensor with \(shape.count) dimensions and \(strides.count) strides")
    }
    return try view(
      of: Int(position), type, shape: shape, strides: strides, elementOffset: offset)
  }

  private func dimensions(
    _ id: PickleID, _ what: String
  ) throws(CheckpointError) -> [Int] {
    guard let elements = elements(id) else { throw invalid("the \(what) is \(self[id].kind)") }
    try checkLimit(
      elements.count, CheckpointLimits.torchDimensionCount + 1, "number of dimensions")
    var numbers: [Int] = []
    for element in elements {
      guard case .integer(let number) = self[element], number >= 0 else {
        throw invalid("a \(what) that is negative or not an integer")
      }
      numbers.append(Int(number))
    }
    return numbers
  }

  /// Checks that every element of a view is inside its storage.
  private func view(
    of position: Int, _ type: TensorType, shape: [Int], strides: [Int], elementOffset: Int64
  ) throws(CheckpointError) -> TorchTensor {
    let storage = storages[position]
    let capacity =
      storage.type == nil ? storage.elementCount / type.blockByteCount : storage.elementCount
    guard elementOffset >= 0 else { throw invalid("a tensor with a negative offset") }
    // The product of the sizes must fit even where one of them is zero.
    var (count, extent) = (1, 1)
    do throws(BytesError) {
      for (size, stride) in zip(shape, strides) where size > 0 {
        let what = "size of a tensor"
        count = try checkedProduct(count, size, what: what, byteOffset: opcodeOffset)
        let reach = try checkedProduct(size - 1, stride, what: what, byteOffset: opcodeOffset)
        extent = try checkedSum(extent, reach, what: what, byteOffset: opcodeOffset)
      }
    } catch {
      throw .bytes(error)
    }
    if shape.contains(0) { (count, extent) = (0, 0) }
    // Fewer elements than the shape has would be one element many times: a small file that fills
    // the memory.
    guard elementOffset <= capacity, max(extent, count) <= capacity - Int(elementOffset) else {
      throw .tensorOutsideStorage(
        storage: storage.key, byteOffset: opcodeOffset, elementOffset: Int(elementOffset),
        needed: max(extent, count), available: capacity)
    }
    return TorchTensor(
      storage: position, type: type, shape: shape, strides: strides,
      elementOffset: Int(elementOffset), extent: extent, byteOffset: opcodeOffset)
  }
}
