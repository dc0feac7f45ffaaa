import Glibc
import Synchronization
import Testing

@testable import Kernels

/// Nothing is allocated once every buffer has its size.
@Suite struct AllocationTests {
  @Test(.disabled(if: OwnProcess.isThis)) func nothingIsAllocated() throws {
    try OwnProcess.expectPassing(suite: "AllocationChecks", testCount: 3)
  }
}

/// The code that ``AllocationTests`` runs in a separate process.
@Suite(.serialized, .enabled(if: OwnProcess.isThis)) struct AllocationChecks {
  @Test func theProbeSeesOneBlock() {
    let total = Counter()
    let isFree = AllocationProbe.isFree {
      total.value.add(1, ordering: .relaxed)
    }
    #expect(isFree == true)
    let seesBlock = AllocationProbe.isFree {
      let block = malloc(40)
      total.value.add(Int(bitPattern: block), ordering: .relaxed)
      free(block)
    }
    #expect(seesBlock == false)
  }

  @Test func stepsOfThePoolDoNotAllocate() {
    let pool = WorkerPool(threadCount: 2)
    let total = Counter()
    pool.run(taskCount: 4) { total.value.add($0, ordering: .relaxed) }
    let isFree = AllocationProbe.isFree {
      pool.run(taskCount: 4) { total.value.add($0, ordering: .relaxed) }
    }
    #expect(isFree == true)
    #expect(total.value.load(ordering: .relaxed).isMultiple(of: 6))
  }

  @Test(arguments: vectorInstructionSets, LinearQuantizedTests.types)
  func productsDoNotAllocate(instructionSet: InstructionSet, type: WeightType) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let (inputs, outputs) = (512, 200)
    let bytes = Bytes(weightBytes(type, count: inputs * outputs, seed: 1))
    for isMapped in [false, true] {
      let weight =
        try isMapped
        ? WeightMatrix(
          mapped: type, outputs: outputs, inputs: inputs, bytes: bytes.buffer, owner: bytes,
          compute: compute)
        : WeightMatrix(
          type: type, outputs: outputs, inputs: inputs, bytes: bytes.buffer, compute: compute,
          activations: .ggml)
      let single = WeightStack(weight)
      let stack = WeightStack([weight, weight])
      let x = matrix(samples(3 * inputs, seed: 1), columns: inputs)
      var y = Matrix(rows: 3, columns: outputs)
      var z = Matrix(rows: 3, columns: 2 * outputs)
      // The first run may allocate: it gives every buffer its size.
      let isFree = AllocationProbe.isFree {
        compute.linear(x, single, into: &y)
        compute.linear(x, single, addingTo: &y)
        compute.linear(x, stack, into: &z)
      }
      #expect(isFree == true, "mapped \(isMapped)")
    }
  }
}
