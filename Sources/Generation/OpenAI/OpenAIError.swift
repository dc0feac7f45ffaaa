internal import Bytes

/// An error in generating with a server.
package enum OpenAIError: Error, Sendable, Equatable {
  /// The base URL is invalid or not supported.
  case invalidURL(String, reason: String)
  /// The key contains characters that are not allowed in a header. Errors never include the key.
  case invalidKey
  /// The key would be sent to a server that a file in the current folder specifies.
  case untrustedServer(url: String, origin: String)
  /// An environment variable forbids the network, and the server is not on this machine.
  case offline(url: String, variable: String)
  /// The program `curl` is not on PATH.
  case curlMissing
  /// The program `curl` exists but cannot be run.
  case cannotRunCurl(reason: String)
  /// The server cannot be reached.
  case cannotConnect(url: String, reason: String)
  /// The server responded with an error status.
  case status(Int, message: String, url: String, model: String)
  /// The server reported an error after it had begun to answer.
  case failed(message: String, textSoFar: String)
  /// The response is not a stream of events.
  case malformedStream(reason: String, textSoFar: String)
  /// A line of the stream is too long.
  case lineTooLong(limit: Int, textSoFar: String)
  /// The connection was closed before the end of the answer.
  case closedEarly(url: String, reason: String, textSoFar: String)
  /// An option that the protocol does not support.
  case unsupported(option: String)
}

extension OpenAIError: CustomStringConvertible {
  /// A sentence, and the remedy on a second line.
  package var description: String {
    switch self {
    case .invalidURL(let text, let reason):
      "openai_base_url '\(printable(text))': \(reason)\n"
        + "  try: SWIFTRAG_OPENAI_BASE_URL=http://127.0.0.1:8080/v1"
    case .invalidKey:
      "openai_api_key contains a space, a control character or a character outside ASCII\n"
        + "  try: export OPENAI_API_KEY=…, without quotes inside it"
    case .untrustedServer(let url, let origin):
      "\(origin) specifies the server \(printable(url)), but not the API key; a key from elsewhere "
        + "is not sent to it\n  try: SWIFTRAG_OPENAI_BASE_URL=\(printable(url))"
    case .offline(let url, let variable):
      "\(printable(url)) is not on this machine, and \(variable) allows only 127.0.0.1, ::1 and "
        + "localhost\n  try: unset \(variable)"
    case .curlMissing:
      "the program curl, which connects to the server, is not on PATH\n  try: sudo apt install curl"
    case .cannotRunCurl(let reason):
      "the program curl cannot be run: \(reason)\n  try: curl --version"
    case .cannotConnect(let url, let reason):
      "\(printable(url)) cannot be reached: \(printable(reason, limit: 300))\n  try: curl "
        + "\(printable(url))/models, or start one: llama-server -m FILE.gguf --port 8080"
    case .status(let code, let message, let url, let model):
      Self.describe(status: code, message: message, url: url, model: model)
    case .failed(let message, let text):
      "the server failed: \(printable(message, limit: 500))" + Self.kept(text)
    case .malformedStream(let reason, let text):
      "the server's answer is not a stream of events: \(reason)" + Self.kept(text)
        + "\n  try: a base URL that ends in /v1"
    case .lineTooLong(let limit, let text):
      "the server's answer has a line of more than \(limit) bytes" + Self.kept(text)
    case .closedEarly(let url, let reason, let text):
      "\(printable(url)) closed the connection before the end of its answer"
        + (reason.isEmpty ? "" : ": \(printable(reason, limit: 300))") + Self.kept(text)
    case .unsupported(let option):
      "a server does not support \(option)\n  try: --backend native, a model in this process"
    }
  }

  private static func kept(_ text: String) -> String {
    text.isEmpty ? "" : " (after \(text.utf8.count) bytes of text)"
  }

  private static func describe(
    status: Int, message: String, url: String, model: String
  ) -> String {
    let advice =
      switch status {
      case 401, 403:
        "the key of OPENAI_API_KEY is missing or not accepted\n  try: export OPENAI_API_KEY=…"
      case 404:
        "the model '\(printable(model))' or the path does not exist\n  try: curl \(printable(url))/models,"
          + " then OPENAI_MODEL=NAME"
      case 300..<400: "the address has moved; redirections are not followed"
      case 429: "too many requests, or no quota is left"
      case 400: "this server or model does not accept the request"
      default: "the server failed"
      }
    let words = message.isEmpty ? "" : ": \(printable(message, limit: 500))"
    return "HTTP status \(status) from \(printable(url))\(words)\n  \(advice)"
  }
}
