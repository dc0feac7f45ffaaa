internal import Checkpoints
import Kernels

/// Runs `body` and turns its error into one about the model in the file `source`.
func mapCheckpointErrors<Value>(
  _ source: String, _ body: () throws(CheckpointError) -> Value
) throws(ModelError) -> Value {
  do throws(CheckpointError) {
    return try body()
  } catch {
    throw .unreadable(source: source, reason: error.problem.description)
  }
}

/// Runs `body` and turns its error into one that names the entry and the file.
func mapKernelErrors<Value>(
  entry: String, source: String, _ body: () throws(KernelError) -> Value
) throws(ModelError) -> Value {
  do throws(KernelError) {
    return try body()
  } catch {
    throw .invalid(entry: entry, reason: error.description, source: source)
  }
}
