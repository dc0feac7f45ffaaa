// The target that libFuzzer drives with model files and ZIP archives; Tests/Fuzz/run.sh builds it.

import Bytes
import Checkpoints

/// Opens `data` as every format that the two modules read, and uses what opened.
///
/// A trap, a sanitizer's report, or a broken promise (a range outside the file, a byte map with a
/// hole) ends the run; an error does not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCheckpoint(_ data: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: byteCount))
  let file = MappedFile(bytes: bytes, name: "input")
  if let checkpoint = try? Checkpoint.open(file: file) { use(checkpoint) }
  for one in TorchImport.all(of: file) { precondition(one.byteOffset >= 0, "import nowhere") }
  if let archive = try? ZipArchive(file: file) {
    for entry in archive.entries {
      precondition(entry.dataRange.upperBound <= byteCount, "member outside the archive")
      _ = try? archive.contents(of: entry)
    }
  }
  return 0
}

private func use(_ checkpoint: Checkpoint) {
  let byteCount = checkpoint.byteCount
  var sum = 0
  for tensor in checkpoint.tensors {
    precondition(tensor.byteRange.upperBound <= byteCount, "tensor outside the file")
    for byte in checkpoint.bytes(of: tensor) { sum &+= Int(byte) }
  }
  var end = 0
  for region in checkpoint.byteMap(ofFile: 0) {
    precondition(region.byteRange.lowerBound == end, "byte map with a hole or an overlap")
    end = region.byteRange.upperBound
  }
  precondition(end == byteCount && sum >= 0, "byte map that ends early")
  _ = try? Inspection(of: checkpoint)
}
