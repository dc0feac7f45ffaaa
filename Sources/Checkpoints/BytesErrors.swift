internal import Bytes

/// Runs `body` and turns its error into one of checkpoints.
func mapBytesErrors<Value>(
  _ body: () throws(BytesError) -> Value
) throws(CheckpointError) -> Value {
  do throws(BytesError) { return try body() } catch { throw .bytes(error) }
}
