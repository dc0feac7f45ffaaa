internal import ArgumentParser
internal import Bytes
internal import Checkpoints
internal import Foundation
internal import Generation
internal import Models
internal import RAG
internal import SwiftRAG
internal import Tokenizers

/// The command `swiftrag tokenize TEXT`.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Show the token ids of a text.",
    discussion: """
        swiftrag tokenize "unbelievable"
        swiftrag tokenize - < chapter.txt
        swiftrag tokenize -m mistral.gguf "Hello world" --json
        swiftrag tokenize -m phi-3.gguf --special "<|user|> Hello<|end|>"
        swiftrag tokenize --jsonl < strings.jsonl  JSON strings in, arrays of ids out
        swiftrag tokenize --clip openai "a photo of a cat"
        swiftrag tokenize --whisper multilingual " Good morning"

      Without -m the tokenizer of the sentence encoder is used. For a language model the ids are \
      those of the text alone, as for the text of a document: <s> is not added, and without \
      --special the names of special tokens are plain text. --clip is OpenAI's vocabulary of CLIP, \
      --whisper those of its Whispers.
      """)

  @Argument(help: "The text; - reads it from standard input.")
  var text: String?

  @Flag(help: "Read JSON strings, one per line, and print arrays of ids.")
  var jsonl = false

  @Flag(help: "Print the ids and pieces as JSON.")
  var json = false

  @Flag(help: "Parse the names of a language model's special tokens as those tokens.")
  var special = false

  @Option(help: "Use CLIP's tokenizer, and clean texts like: openai or huggingface.")
  var clip: CLIPTextCleaning?

  /// The two vocabularies of Whisper.
  enum WhisperVocabulary: String, CaseIterable, ExpressibleByArgument {
    case multilingual, english
  }

  @Option(help: "Use Whisper's tokenizer: multilingual or english.")
  var whisper: WhisperVocabulary?

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if (text == nil) != jsonl { throw ValidationError("Give either a text or --jsonl.") }
  }

  func run() throws {
    common.apply()
    let tokenizer = try loadTokenizer()
    if let text {
      // The white space of the text is part of it, unlike that of a question.
      let text = text == "-" ? String(decoding: try standardInput(), as: UTF8.self) : text
      return try show(tokenizer.ids(text), tokenizer)
    }
    let decoder = JSONDecoder()
    while let line = readLine() {
      guard let text = try? decoder.decode(String.self, from: Data(line.utf8)) else {
        throw CommandFailure(
          "not a JSON string: \(droppingControls(line))", .invalidData)
      }
      Terminal.answer("[" + tokenizer.ids(text).map(String.init).joined(separator: ",") + "]")
    }
  }

  /// The functions of either kind of tokenizer that this command needs.
  private struct Tokenizing {
    var ids: (String) -> [Int32]
    var piece: (Int32) -> String?
  }

  private func loadTokenizer() throws -> Tokenizing {
    if let tokenizer = try clipTokenizer() {
      return Tokenizing(
        ids: { tokenizer.encode($0, parsesSpecial: special) }, piece: { tokenizer.piece($0) })
    }
    if let whisper {
      let tokenizer = try whisperTokenizer(whisper)
      return Tokenizing(
        ids: { tokenizer.encode($0) },
        piece: { String(decoding: tokenizer.bytes(of: $0), as: UTF8.self) })
    }
    let configuration = try resolveConfiguration(compute.settings)
    if let language = try languageTokenizer(configuration) {
      for note in language.notes { Terminal.note("note: \(note)") }
      return Tokenizing(
        ids: { language.encode($0, parsesSpecial: special) },
        piece: { language.vocabulary.spelling(of: $0) })
    }
    let tokenizer = try Runtime(configuration: configuration).sentenceEncoder().tokenizer
    return Tokenizing(ids: { tokenizer.encode($0) }, piece: { tokenizer.piece($0) })
  }

  /// OpenAI's tokenizer for `--clip`, or the one of `--model` if that is a CLIP.
  private func clipTokenizer() throws -> CLIPTokenizer? {
    if let clip {
      guard let path = Folders.clipMerges, let merges = FileManager.default.contents(atPath: path)
      else {
        throw CommandFailure(
          "CLIP's merges are not beside the program, in swiftrag_SwiftRAG.resources", .unavailable)
      }
      return try CLIPTokenizer(mergesText: Array(merges), cleaning: clip, source: path)
    }
    guard let runtime = try compute.pictureRuntime() else { return nil }
    return try runtime.pictureTokenizer()
  }

  /// The tokenizer of the multilingual or of the English models before large-v3.
  private func whisperTokenizer(
    _ vocabulary: WhisperVocabulary
  ) throws -> WhisperTokenizer {
    let isMultilingual = vocabulary == .multilingual
    guard let path = Folders.whisperTokens(isMultilingual: isMultilingual) else {
      throw CommandFailure(
        "Whisper's lists of tokens are not beside the program, in swiftrag_SwiftRAG.resources",
        .unavailable)
    }
    let count = WhisperConfig.multilingualVocab - (isMultilingual ? 0 : 1)
    return try Transcriber.tokenizer(listPath: path, vocabularyCount: count)
  }

  /// The tokenizer of `--model` if that is the file of a language model.
  private func languageTokenizer(_ configuration: Configuration) throws -> LanguageTokenizer? {
    guard let name = compute.model, let path = try languageModelPath(name, configuration) else {
      return nil
    }
    let metadata = try Checkpoint.open(path: path).metadata
    // The file of a sentence encoder is opened as one.
    guard (try metadata.string(LanguageTokenizer.GGUFKey.architecture)) != "bert",
      (try metadata.string(LanguageTokenizer.GGUFKey.model)) != "bert"
    else { return nil }
    return try LanguageTokenizer(ggufMetadata: metadata, source: path)
  }

  /// The GGUF file with this path, or with this name below models/llm; nil if it is something else.
  private func languageModelPath(_ name: String, _ configuration: Configuration) throws -> String? {
    if FileManager.default.fileExists(atPath: name) { return name.hasSuffix(".gguf") ? name : nil }
    let locator = ModelLocator(configuration: configuration)
    // A sentence encoder of that name has precedence.
    if (try? locator.embeddingModel(name)) != nil { return nil }
    let isFile = name.hasSuffix(".gguf")
    do { return try locator.languageModel(name) } catch {
      // For a file name the error must list the folders of language models; otherwise the error of
      // the encoder lists its own folders.
      if isFile { throw error }
      return nil
    }
  }

  private func show(_ ids: [Int32], _ tokenizer: Tokenizing) throws {
    let pieces = ids.map { tokenizer.piece($0) ?? "" }
    if json {
      struct Tokens: Encodable {
        let ids: [Int32]
        let pieces: [String]
      }
      return try answerJSON(Tokens(ids: ids, pieces: pieces), pretty: false)
    }
    for (id, piece) in zip(ids, pieces) {
      Terminal.answer("\(id)\t\(Bytes.printable(piece, limit: .max))")
    }
  }
}

extension CLIPTextCleaning: ExpressibleByArgument {}
