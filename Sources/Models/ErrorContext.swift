internal import Checkpoints
import Kernels

/// Turns an error about a checkpoint into one about the model.
func mapCheckpointErrors<Value>(
  _ source: String, _ body: () throws(CheckpointError) -> Value
) throws(ModelError) -> Value {
  do throws(CheckpointError) {
    return try body()
  } catch {
    throw .unreadable(source: source, reason: error.problem.description)
  }
}

/// Turns an error of the kernels into one that names the entry of the file.
func mapKernelErrors<Value>(
  entry: String, source: String, _ body: () throws(KernelError) -> Value
) throws(ModelError) -> Value {
  do throws(KernelError) {
    return try body()
  } catch {
    throw .invalid(entry: entry, reason: error.description, source: source)
  }
}
