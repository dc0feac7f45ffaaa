import Kernels
import Testing

/// The integer kernels are bit-identical to their scalar twin.
@Suite struct VectorScanTests {
  static let vectorSets = InstructionSet.available.filter { $0 != .scalar }

  /// Runs a kernel with canaries around the results.
  private func dots(
    _ codes: [UInt8], misalignment: Int, stride: Int, rows: Int, query: [Int16],
    _ instructionSet: InstructionSet
  ) -> [Int32] {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: codes.count + 64, alignment: 64)
    defer { memory.deallocate() }
    let start = (memory + misalignment).bindMemory(to: UInt8.self, capacity: codes.count)
    for (index, code) in codes.enumerated() { start[index] = code }
    let canary = Int32(bitPattern: 0xDEAD_BEEF)
    var results = [Int32](repeating: canary, count: rows + 8)
    results.withUnsafeMutableBufferPointer { results in
      query.withUnsafeBufferPointer { query in
        guard let results = results.baseAddress, let query = query.baseAddress else { return }
        dotQuantizedVectors(
          codes: start, stride: stride, rows: rows, query: query, dots: results + 4,
          instructionSet: instructionSet)
      }
    }
    #expect(results[..<4].allSatisfy { $0 == canary })
    #expect(results[(rows + 4)...].allSatisfy { $0 == canary })
    return Array(results[4..<rows + 4])
  }

  @Test(arguments: vectorSets) func agreesWithItsTwin(instructionSet: InstructionSet) {
    var generator = SeededGenerator(seed: 1)
    for stride in [64, 128, 384, 448] {
      for rows in 0...9 {
        let codes = (0..<rows * stride).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let query = (0..<stride).map { _ in Int16.random(in: -8_000...8_000, using: &generator) }
        let expected = dots(
          codes, misalignment: 0, stride: stride, rows: rows, query: query, .scalar)
        for misalignment in [0, 1, 17] {
          let found = dots(
            codes, misalignment: misalignment, stride: stride, rows: rows, query: query,
            instructionSet)
          #expect(found == expected, "stride \(stride), rows \(rows)")
        }
      }
    }
  }

  /// The largest magnitudes that the precondition allows: 255 * Σ|query| just below 2³¹.
  @Test(arguments: vectorSets + [.scalar])
  func holdsTheLargestSums(instructionSet: InstructionSet) {
    let stride = 384
    let element = Int16(Int(Int32.max) / 255 / stride)
    for query in [element, -element] {
      let found = dots(
        [UInt8](repeating: 255, count: 5 * stride), misalignment: 0, stride: stride, rows: 5,
        query: [Int16](repeating: query, count: stride), instructionSet)
      #expect(found == [Int32](repeating: 255 * Int32(query) * Int32(stride), count: 5))
    }
  }
}
