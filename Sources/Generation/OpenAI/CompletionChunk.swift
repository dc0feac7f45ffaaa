internal import Bytes

/// What one event of a streamed completion says.
struct CompletionChunk: Equatable {
  /// The next piece of the text.
  var text = ""
  /// The server's word for why it ended, in the last chunk of the text.
  var finish: String?
  /// The stop string that ended the text, where the server names it (vLLM).
  var stop: String?
  /// From `usage`, which comes last.
  var promptTokenCount: Int?
  var cachedTokenCount: Int?
  var generatedTokenCount: Int?

  enum Failure: Error, Equatable {
    /// The event is an error of the server.
    case server(message: String)
    /// The event is no JSON object.
    case malformed(reason: String)
  }

  /// - Parameter bytes: the JSON of a `data:` line, of `/chat/completions` or `/completions`.
  /// - Throws: `Failure`.
  init(_ bytes: [UInt8]) throws(Failure) {
    let json: JSONValue
    do { json = try JSONValue.parse(bytes) } catch { throw .malformed(reason: "\(error)") }
    guard json.members != nil else { throw .malformed(reason: "an event is no JSON object") }
    if let message = Self.errorMessage(json) { throw .server(message: message) }
    if let choice = json["choices"]?.arrayValue?.first {
      text = choice["delta"]?["content"]?.stringValue ?? choice["text"]?.stringValue ?? ""
      finish = choice["finish_reason"]?.stringValue
      stop = choice["stop_reason"]?.stringValue
    }
    if let usage = json["usage"] {
      promptTokenCount = Self.count(usage["prompt_tokens"])
      cachedTokenCount = Self.count(usage["prompt_tokens_details"]?["cached_tokens"])
      generatedTokenCount = Self.count(usage["completion_tokens"])
    }
  }

  private static func count(_ value: JSONValue?) -> Int? {
    value?.integerValue.flatMap { $0 >= 0 ? $0 : nil }
  }

  /// The message of an error's body, in the forms that OpenAI, vLLM (`message` outside, `detail`),
  /// llama-server and ollama (`error` as a text) use; nil for what is no error.
  static func errorMessage(_ json: JSONValue) -> String? {
    if let error = json["error"], error != .null {
      return error.stringValue ?? error["message"]?.stringValue
        ?? String(decoding: error.compactText, as: UTF8.self)
    }
    guard json["choices"] == nil else { return nil }
    return json["message"]?.stringValue ?? json["detail"]?.stringValue
  }
}
