import Bytes
import Checkpoints
import Testing

/// Every prefix and three changes of every byte of small files: an error or tensors in bounds.
@Suite struct TorchDamageTests {
  @Test(arguments: ["zip", "legacy", "script"])
  func damagedFiles(_ kind: String) throws {
    let valid = try Self.file(kind)
    #expect(try open(valid).tensors.count >= 2)
    var (refused, opened) = (0, 0)
    func attempt(_ bytes: [UInt8], _ comment: String) {
      do throws(CheckpointError) {
        let checkpoint = try open(bytes)
        var sum = 0
        for tensor in checkpoint.tensors {
          #expect(tensor.byteRange.upperBound <= bytes.count, "\(comment)")
          let content = checkpoint.bytes(of: tensor)
          #expect(content.count == tensor.byteCount, "\(comment)")
          for byte in content { sum += Int(byte) }
        }
        var end = 0
        for region in checkpoint.byteMap(ofFile: 0) {
          #expect(region.byteRange.lowerBound == end, "\(comment)")
          end = region.byteRange.upperBound
        }
        #expect(end == bytes.count && sum >= 0, "\(comment)")
        opened += 1
      } catch {
        #expect(!error.description.isEmpty)
        refused += 1
      }
      _ = TorchImport.all(of: MappedFile(bytes: bytes, name: "test"))
    }
    for byteCount in 0..<valid.count {
      attempt(Array(valid.prefix(byteCount)), "cut at \(byteCount)")
    }
    #expect(opened == 0, "a file that is cut short opened")
    for position in valid.indices {
      for value in [0x00, 0xFF, valid[position] ^ 0x80] {
        var bytes = valid
        bytes[position] = value
        attempt(bytes, "byte \(position) = \(value)")
      }
    }
    print(
      "PyTorch \(kind): \(valid.count) prefixes and \(3 * valid.count) mutations, "
        + "\(refused) refused, \(opened) opened in bounds")
  }

  /// Small enough to change every byte: a view and a contiguous tensor, a setting, attributes.
  private static func file(_ kind: String) throws -> [UInt8] {
    typealias P = RawPickle
    let pickle = P.state(
      ("step", P.integer(3)),
      ("state_dict", P.dictionary([("a", P.tensor()), ("b", P.tensor(strides: [1, 2]))])))
    switch kind {
    case "zip": return RawTorch.zip(pickle)
    case "legacy": return RawTorch.legacy(pickle)
    default:
      let linear =
        P.global("__torch__.Linear", "Linear") + P.emptyTuple + P.newobj
        + P.dictionary([("weight", P.tensor()), ("training", [0x88])]) + P.build
      let module =
        P.global("__torch__.M", "M") + P.emptyTuple + P.newobj
        + P.dictionary([("scale", P.tensor(size: [], strides: [])), ("layer", linear)]) + P.build
      return RawTorch.zip(P.proto + module + P.stop) {
        $0.members.append(RawZipMember("m/constants.pkl", P.proto + P.emptyTuple + P.stop))
      }
    }
  }
}
