internal import Bytes

/// One event of a streamed completion.
struct CompletionChunk: Equatable {
  /// The next piece of the text.
  var text = ""
  /// `finish_reason`, in the last chunk of the text.
  var finish: String?
  /// The stop string that ended the text, if the server reports it (vLLM).
  var stop: String?
  /// `usage.prompt_tokens`, in the last event, as the two counts below.
  var promptTokenCount: Int?
  /// `usage.prompt_tokens_details.cached_tokens`.
  var cachedTokenCount: Int?
  /// `usage.completion_tokens`.
  var generatedTokenCount: Int?

  /// An event that is not a chunk.
  enum Failure: Error, Equatable {
    /// The event reports an error of the server.
    case server(message: String)
    /// The event is not a JSON object.
    case malformed(reason: String)
  }

  /// - Parameter bytes: the JSON of a `data:` line, of `/chat/completions` or `/completions`.
  /// - Throws: `Failure`.
  init(_ bytes: [UInt8]) throws(Failure) {
    let json: JSONValue
    do { json = try JSONValue.parse(bytes) } catch { throw .malformed(reason: "\(error)") }
    guard json.members != nil else { throw .malformed(reason: "an event is not a JSON object") }
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

  /// The message of an error response, in the forms of OpenAI, vLLM (`message` at the top level,
  /// `detail`), llama-server and ollama (`error` as a string); nil if the value is not an error.
  static func errorMessage(_ json: JSONValue) -> String? {
    if let error = json["error"], error != .null {
      return error.stringValue ?? error["message"]?.stringValue
        ?? String(decoding: error.compactText, as: UTF8.self)
    }
    guard json["choices"] == nil else { return nil }
    return json["message"]?.stringValue ?? json["detail"]?.stringValue
  }
}
