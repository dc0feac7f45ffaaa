internal import Checkpoints

/// Opens a model file that the command line names.
///
/// - Throws: `CommandFailure` that names the file, whatever is wrong in it.
func openCheckpoint(_ path: String) throws -> Checkpoint {
  try namingFile(path) { try Checkpoint.open(path: path) }
}

/// Adds the file's name to errors of the container, which know only places in it.
func namingFile<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
  do { return try body() } catch let error as CheckpointError {
    throw CommandFailure(error.description(ofFile: path), status: ErrorStatus.of(error))
  }
}
