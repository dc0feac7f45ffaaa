package import Bytes
internal import Foundation
internal import Models
internal import Tokenizers

/// A language model on an OpenAI-compatible server: vLLM, llama-server, ollama and others.
///
/// Conversations are sent to `/chat/completions`, raw prompts to `/completions`, both streamed. The
/// server returns pieces of text without token ids, so results have no tokens and there are no
/// `.token` events.
package struct OpenAIGenerator: TextGenerator {
  /// The model's name at the server.
  package let name: String
  /// The server.
  package let address: WebAddress
  package let contextTokenCount: Int
  private let key: String?
  private let curlPath: String?
  private let offlineVariable: String?

  /// Checks the address and the key; nothing is sent.
  ///
  /// - Parameters:
  ///   - baseURL: for example `http://127.0.0.1:8080/v1`.
  ///   - model: the model's name at the server; llama-server accepts any.
  ///   - key: sent as bearer token; nil or empty for none.
  ///   - contextTokenCount: context of the server's model, which the protocol does not report.
  ///   - environment: contains `SWIFTRAG_OFFLINE`, `HF_HUB_OFFLINE` and `TRANSFORMERS_OFFLINE`.
  ///   - curlPath: the program curl; nil if it is not installed.
  /// - Throws: `OpenAIError.invalidURL` and `.invalidKey`.
  package init(
    baseURL: String, model: String, key: String?, contextTokenCount: Int = 8192,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    curlPath: String? = ChildProcess.find("curl")
  ) throws(OpenAIError) {
    do throws(WebAddress.Invalid) { address = try WebAddress(baseURL) } catch {
      throw .invalidURL(error.text, reason: error.reason)
    }
    name = model
    self.key = key.flatMap { $0.isEmpty ? nil : $0 }
    if let key, !key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { throw .invalidKey }
    self.contextTokenCount = contextTokenCount
    self.curlPath = curlPath
    offlineVariable = WebAddress.offlineVariable(in: environment)
  }

  /// An estimate: one token per 3 bytes of UTF-8, and 8 per message for its frame.
  ///
  /// The server's tokenizer is unknown. Ordinary prose has 3.5 to 5 bytes per token, so the estimate
  /// is an upper bound for it. It may be too small for digits, code and rare scripts; then the server
  /// rejects or truncates the prompt.
  package func tokenCount(of prompt: GenerationPrompt) -> Int {
    switch prompt {
    case .messages(let messages):
      messages.reduce(0) { $0 + Self.tokenCount($1.text) + 8 }
    case .raw(let text): Self.tokenCount(text)
    }
  }

  private static func tokenCount(_ text: String) -> Int { (text.utf8.count + 2) / 3 }

  /// Sends the request and emits the text as it arrives.
  ///
  /// - Throws: `OpenAIError`; `GenerationError` for an empty prompt or stop string and for options
  ///   out of range.
  package func generate(
    _ prompt: GenerationPrompt, options: GenerationOptions, emit: (GenerationEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> GenerationResult {
    try check(prompt, options)
    guard let curlPath else { throw OpenAIError.curlMissing }
    let request = try OpenAIRequest(prompt: prompt, options: options, model: name)
    for note in request.notes { emit(.note(note)) }
    if key != nil, !address.isEncrypted, !address.isLoopback {
      emit(.note("the API key is sent to \(address.host) unencrypted; use https to protect it"))
    }
    var answer = StreamedAnswer(
      stops: options.stops, maxTokenCount: options.maxTokenCount,
      hasForm: options.jsonSchema != nil)
    if shouldStop() { return answer.result(isCancelled: true) }
    let call = try CompletionCall(
      program: curlPath, address: address, path: request.path, key: key, body: request.body)
    defer { call.stop() }
    let end = try read(call, into: &answer, emit: emit, shouldStop: shouldStop)
    switch end {
    case .cancelled: return answer.result(isCancelled: true)
    case .complete: break
    case .connectionEnded: try checkEnding(try call.wait(), answer)
    }
    for text in answer.finish() { emit(.text(text)) }
    if let reason = answer.unusualFinish { emit(.note("the server ended the text: \(reason)")) }
    return answer.result(isCancelled: false)
  }

  private func check(_ prompt: GenerationPrompt, _ options: GenerationOptions) throws {
    switch prompt {
    case .messages(let messages) where messages.isEmpty: throw GenerationError.emptyPrompt
    case .raw(let text) where text.isEmpty: throw GenerationError.emptyPrompt
    default: break
    }
    if options.stops.contains("") { throw GenerationError.emptyStop }
    do { try options.sampler.validate(vocabularyCount: Int(Int32.max)) } catch {
      throw GenerationError.sampler(error)
    }
    if let offlineVariable, !address.isLoopback {
      throw OpenAIError.offline(url: address.url, variable: offlineVariable)
    }
  }

  private enum ReadingEnd {
    case cancelled, complete, connectionEnded
  }

  /// Interval at which cancellation is checked.
  private static let pollMilliseconds = 50

  private func read(
    _ call: CompletionCall, into answer: inout StreamedAnswer, emit: (GenerationEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> ReadingEnd {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      if shouldStop() { return .cancelled }
      switch try call.read(into: &buffer, waitingAtMost: Self.pollMilliseconds) {
      case .nothingYet: continue
      case .end:
        return shouldStop() ? .cancelled : .connectionEnded
      case .bytes(let count):
        var isCancelled = false
        let goesOn = try answer.append(buffer[..<count]) { text in
          emit(.text(text))
          isCancelled = shouldStop()
          return !isCancelled
        }
        if isCancelled { return .cancelled }
        if !goesOn { return .complete }
      }
    }
  }

  /// Throws unless the end of the connection is the end of the answer.
  ///
  /// - Source: the exit codes of curl(1): 22 is a status of 400 or more; 1, 3, 5, 6, 7, 28, 35 and 60
  ///   occur before an answer.
  private func checkEnding(_ ending: CurlProcess.Ending, _ answer: StreamedAnswer) throws {
    if ending.httpStatus != 0, !(200..<300).contains(ending.httpStatus) {
      throw OpenAIError.status(
        ending.httpStatus, message: answer.errorMessage, url: address.url, model: name)
    }
    if ending.httpStatus == 0 {
      throw OpenAIError.cannotConnect(
        url: address.url, reason: ending.message.isEmpty ? "no answer" : ending.message)
    }
    try answer.checkWhole(url: address.url, reason: ending.message)
  }
}
