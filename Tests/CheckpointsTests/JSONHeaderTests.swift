import Bytes
import Checkpoints
import Testing

/// JSON that is valid in a safetensors header, although the usual writers do not use it.
@Suite struct JSONHeaderTests {
  @Test func escapesAreResolved() throws {
    let text = #"{"__metadata__":{"a\u0062":"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE42\u65e5"}}"#
    let metadata = try open(rawSafetensors(text)).metadata
    #expect(try metadata.string("ab") == "\"\\/\u{8}\u{C}\n\r\té🙂日")
  }

  @Test func spaceMayStandBetweenTokens() throws {
    let text =
      "{ \"a\"\t:\n{\"shape\" : [ 2 , 1 ] ,\r\"data_offsets\":[ 0,2 ],\"dtype\": \"I8\" } }   "
    let checkpoint = try open(rawSafetensors(text, dataByteCount: 2))
    #expect(checkpoint.tensor(named: "a")?.shape == [2, 1])
    #expect(numbers(checkpoint, "a", Int8.self) == [7, 7])
    checkPromises(checkpoint, "white space")
    #expect(checkpoint.byteMap(ofFile: 0).map(\.kind) == [.header, .tensorInfo, .padding, .tensor])
  }

  @Test func largestNumbersAreRead() throws {
    let offsets = "[18446744073709551615,18446744073709551615]"
    let text = "{\"a\":{\"dtype\":\"I8\",\"shape\":[0],\"data_offsets\":\(offsets)}}"
    let error = #expect(throws: CheckpointError.self) { try open(rawSafetensors(text)) }
    #expect(error.map(caseName) == "tensorOutsideFile")
  }

  @Test func noTensorsIsFine() throws {
    let checkpoint = try open(rawSafetensors("{}"))
    #expect(checkpoint.tensors.isEmpty && checkpoint.metadata.entries.isEmpty)
    checkPromises(checkpoint, "empty")
  }
}
