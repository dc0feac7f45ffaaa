// A closure parameter that does not escape cannot be stored for other threads:
// `withoutActuallyEscaping` would allow it, but puts a box on the heap for every call, and a
// decoded token makes hundreds of calls. In Swift's calling convention such a closure is passed as
// two words, its function and its context, without any reference count. The functions below are
// defined on one side of that fact and declared, under the same symbol, on its other side by
// `WorkerPoolState` in Kernels. (A module may not see both sides, so they cannot be declared
// there.)

/// The two words of a closure that does not escape.
@frozen
package struct TaskBodyWords {
  package var function: UnsafeRawPointer
  package var context: UnsafeRawPointer?
}

/// Kernels declares this as `taskBodyWords(of: (_ task: Int, _ thread: Int) -> Void)`.
@_silgen_name("swiftrag_taskBodyWords")
package func taskBodyWords(
  function: UnsafeRawPointer, context: UnsafeRawPointer?
) -> TaskBodyWords {
  TaskBodyWords(function: function, context: context)
}

/// Kernels declares this with the two words instead of `body`.
@_silgen_name("swiftrag_callTaskBody")
package func callTaskBody(_ body: (_ task: Int, _ thread: Int) -> Void, task: Int, thread: Int) {
  body(task, thread)
}
