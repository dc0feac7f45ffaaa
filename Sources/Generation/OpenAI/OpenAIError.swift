internal import Bytes

/// Why a server generated nothing, or not all.
package enum OpenAIError: Error, Sendable, Equatable {
  /// The base URL cannot be used.
  case invalidURL(String, reason: String)
  /// The key has characters that no header may have; the key itself is never told.
  case invalidKey
  /// The key would go to a server that a file in the current folder names.
  case untrustedServer(url: String, origin: String)
  /// An environment variable forbids the network, and the server is not on this machine.
  case offline(url: String, variable: String)
  /// There is no program `curl` on PATH.
  case curlMissing
  /// The program was found and cannot be run.
  case cannotRunCurl(reason: String)
  /// Nothing answers there.
  case cannotConnect(url: String, reason: String)
  /// The server refused.
  case status(Int, message: String, url: String, model: String)
  /// The server told of an error after it had begun to answer.
  case failed(message: String, textSoFar: String)
  /// What came is not a stream of events.
  case malformedStream(reason: String, textSoFar: String)
  /// A line of the stream is longer than any server's.
  case lineTooLong(limit: Int, textSoFar: String)
  /// The connection ended before the answer did.
  case closedEarly(url: String, reason: String, textSoFar: String)
  /// An option that no such server can honour.
  case unsupported(option: String)
}

extension OpenAIError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidURL(let text, let reason):
      "openai_base_url '\(printable(text))': \(reason)\n"
        + "  try: SWIFTRAG_OPENAI_BASE_URL=http://127.0.0.1:8080/v1"
    case .invalidKey:
      "openai_api_key has a space, a control character or one outside of ASCII\n"
        + "  try: export OPENAI_API_KEY=…, without quotes inside it"
    case .untrustedServer(let url, let origin):
      "\(origin) names the server \(printable(url)), and the API key is from elsewhere; it is not "
        + "sent there on that file's word\n  try: SWIFTRAG_OPENAI_BASE_URL=\(printable(url))"
    case .offline(let url, let variable):
      "\(printable(url)) is not on this machine, and \(variable) allows only 127.0.0.1, ::1 and "
        + "localhost\n  try: unset \(variable)"
    case .curlMissing:
      "the program curl, which talks to the server, is not on PATH\n  try: sudo apt install curl"
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
      "\(printable(url)) ended the connection before its answer did"
        + (reason.isEmpty ? "" : ": \(printable(reason, limit: 300))") + Self.kept(text)
    case .unsupported(let option):
      "a server cannot be held to \(option)\n  try: --backend native, a model in this process"
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
        "there is no model '\(printable(model))' or no such path\n  try: curl \(printable(url))/models,"
          + " then OPENAI_MODEL=NAME"
      case 300..<400: "the address has moved; redirections are not followed"
      case 429: "too many requests, or no quota is left"
      case 400: "the request does not suit this server or model"
      default: "the server failed"
      }
    let words = message.isEmpty ? "" : ", which says: \(printable(message, limit: 500))"
    return "HTTP status \(status) from \(printable(url))\(words)\n  \(advice)"
  }
}
