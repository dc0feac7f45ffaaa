package import Bytes
internal import Kernels

// A session's cache as bytes, so that a long prompt is computed only once.
//
//     "SWKV"  version  fingerprint  tokens  | keys and values, head by head | SHA-256 of all before
//     4 B     4 B      32 B         8 B       KVCache.pieceByteCount          32 B

extension LlamaSession {
  private static let magic: [UInt8] = Array("SWKV".utf8)
  private static let version: UInt32 = 1
  private static let headerByteCount = 48
  private static let digestByteCount = 32

  /// Appends the cache's first `tokenCount` tokens to `sink`.
  ///
  /// - Throws: `ModelError.unreadable` where the sink fails.
  /// - Precondition: the session has at least `tokenCount` tokens.
  package func writeState(tokenCount: Int, to sink: any ByteSink) throws(ModelError) {
    precondition(tokenCount >= 0 && tokenCount <= self.tokenCount, "tokens are not there yet")
    do throws(BytesError) {
      let hasher = try SHA256Hasher()
      let header = try stateHeader(tokenCount: tokenCount)
      try hasher.update(header)
      try sink.append(header)
      try cache.forEachPiece(positions: tokenCount) { piece throws(BytesError) in
        let bytes = UnsafeRawBufferPointer(piece)
        try hasher.update(bytes)
        try sink.append(bytes)
      }
      try sink.append(try hasher.finalize().bytes)
    } catch {
      throw .unreadable(source: "state of a session", reason: error.description)
    }
  }

  /// Replaces the session's tokens by those of a state that ``writeState(tokenCount:to:)`` wrote.
  ///
  /// The model, the type of the cache, the length and the checksum are verified before the cache is
  /// changed.
  ///
  /// - Parameters:
  ///   - file: the file with the state.
  ///   - range: the state's bytes in the file; nil for the whole file.
  /// - Throws: `ModelError.invalid` naming what does not fit; the session is then unchanged.
  package func readState(
    from file: MappedFile, range: Range<Int>? = nil
  ) throws(ModelError) {
    let range = range ?? 0..<file.byteCount
    let tokens = try stateTokenCount(of: file, range)
    let end = range.upperBound - Self.digestByteCount
    let isWhole = try readingState(file) { () throws(BytesError) in
      let hasher = try SHA256Hasher()
      try hasher.update(UnsafeRawBufferPointer(rebasing: file.bytes[range.lowerBound..<end]))
      return try hasher.finalize().bytes == file.copyBytes(end..<range.upperBound)
    }
    guard isWhole else {
      throw stateError(file, "the checksum differs: the file is damaged")
    }
    copyState(tokenCount: tokens, from: file, at: range.lowerBound)
  }

  /// Checks a state's header and length.
  private func stateTokenCount(
    of file: MappedFile, _ range: Range<Int>
  ) throws(ModelError) -> Int {
    let (magic, version, fingerprint, count) = try readingState(file) { () throws(BytesError) in
      var reader = try ByteReader(file: file, range: range)
      return (
        try reader.bytes(4, "magic"), try reader.uint32("version"),
        try reader.bytes(32, "fingerprint"), try reader.uint64("token count")
      )
    }
    guard magic == Self.magic, version == Self.version else {
      throw stateError(file, "not a state of version \(Self.version)")
    }
    let own = try readingState(file) { () throws(BytesError) in try stateFingerprint() }
    guard fingerprint == own else {
      throw stateError(file, "written by another model, cache type or kind of kernels")
    }
    guard let tokens = Int(exactly: count), tokens <= contextTokenCount else {
      throw stateError(file, "\(count) tokens exceed the context of \(contextTokenCount)")
    }
    let needed =
      Self.headerByteCount + cache.pieceByteCount(positions: tokens) + Self.digestByteCount
    guard range.count == needed else {
      throw stateError(
        file, "\(tokens) tokens need \(needed) bytes, but there are \(range.count)")
    }
    return tokens
  }

  private func stateError(_ file: MappedFile, _ reason: String) -> ModelError {
    .invalid(entry: "state of a session", reason: reason, source: file.path)
  }

  private func readingState<Value>(
    _ file: MappedFile, _ body: () throws(BytesError) -> Value
  ) throws(ModelError) -> Value {
    do throws(BytesError) {
      return try body()
    } catch {
      throw stateError(file, error.description)
    }
  }

  private func copyState(tokenCount: Int, from file: MappedFile, at start: Int) {
    var offset = start + Self.headerByteCount
    cache.forEachPiece(positions: tokenCount) { piece in
      piece.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: file.bytes[offset..<(offset + piece.count)]))
      offset += piece.count
    }
    advance(to: tokenCount)
  }

  private func stateHeader(tokenCount: Int) throws(BytesError) -> [UInt8] {
    func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    return Self.magic + bytes(Self.version) + (try stateFingerprint()) + bytes(UInt64(tokenCount))
  }

  /// A hash of the model and of everything else that decides the cache's bytes and their meaning.
  package func stateFingerprint() throws(BytesError) -> [UInt8] {
    let compute = model.compute
    let isLong = contextTokenCount > model.config.originalContext
    let choices =
      "\(cache.type.rawValue) \(compute.path.rawValue) \(compute.instructionSet.rawValue) "
      + "window \(model.slidingWindow ?? 0) long \(isLong)"
    let hasher = try SHA256Hasher()
    try hasher.update(model.fingerprint.bytes)
    try hasher.update(Array(choices.utf8))
    return try hasher.finalize().bytes
  }
}
