import Kernels
import Testing

@testable import Models

/// A decoded token allocates nothing, whatever the kernels.
@Suite struct DecodingAllocationTests {
  @Test(.disabled(if: OwnProcess.isThis)) func nothingIsAllocated() throws {
    try OwnProcess.expectPassing(suite: "DecodingAllocationChecks", testCount: 1)
  }
}

/// The part of ``DecodingAllocationTests`` that runs in a process of its own.
@Suite(.serialized, .enabled(if: OwnProcess.isThis)) struct DecodingAllocationChecks {
  private let tokens = (0..<21).map { Int32(3 + $0 * 7 % 40) }

  @Test(arguments: LlamaGoldens.names) func decodingDoesNotAllocate(_ name: String) throws {
    for path in [KernelBackend.simd, .reference] {
      let session = try LlamaGoldens.session(
        name, compute: ComputeContext(path: path, threadCount: 2), contextTokenCount: 64,
        cacheType: .f16)
      try session.evaluate(Array(tokens[..<20]))
      let next = Array(tokens[20..<21])
      func step() {
        session.rewind(to: 20)
        do throws(ModelError) {
          try session.evaluate(next.span, logits: .last, tap: nil)
        } catch {
          Issue.record(error)
        }
      }
      step()
      // Nil where the C library does not count.
      #expect(AllocationProbe.isFree(step) != false, "\(path)")
    }
  }
}
