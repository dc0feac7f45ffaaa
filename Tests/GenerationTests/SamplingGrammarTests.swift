@testable import Generation
import Bytes
import Testing

import Models

@Suite struct SamplingGrammarTests {
  /// All single bytes, pieces of JSON, and pieces of UTF-8 that end within a character; the last id ends
  /// the generation.
  static let tokens: [[UInt8]] =
    (0...255).map { [$0] }
    + [
      "{\"", "\":", "\", \"", "true", "false", "null", "},", "]}", "name", " \"", "\n  ", "12", "é",
      "日本", "tr", "\\u", "\\n", "[]", "{}", "-1", "e+",
    ].map { Array($0.utf8) }
    + [[0xC3], [0xE6, 0x97], [0x61, 0xF0, 0x9F], [0x98, 0x80], [0xA9, 0x22]] + [[]]
  static let end = Int32(tokens.count - 1)
  static let vocabulary = VocabularyTrie(tokenBytes: tokens)

  static let schemas = [
    ##"{"type":"object","properties":{"name":{"type":"string","maxLength":12},"age":{"type":"integer"},"tags":{"type":"array","items":{"type":"string","minLength":1,"maxLength":4},"minItems":1,"maxItems":3}},"required":["name","tags"],"additionalProperties":false}"##,
    ##"{"enum":["red","green",null,3,[1,{"a":"\"\n"}]]}"##,
    ##"{"const":{"fixed":[true,1.5,"é"]}}"##,
    ##"{"type":"array","items":{"type":"number"},"maxItems":5}"##,
    ##"{"type":["string","null","boolean"],"minLength":2,"maxLength":2}"##,
    ##"{"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#/$defs/tree"},"maxItems":2}},"required":["value"]}}}"##,
    ##"{"anyOf":[{"type":"object","properties":{"kind":{"const":"circle"},"radius":{"type":"number"}},"required":["kind","radius"]},{"type":"object","properties":{"kind":{"const":"square"},"side":{"type":"number"}},"required":["kind","side"]},{"type":"integer"}]}"##,
    ##"{"type":"object","properties":{"a":{"type":"boolean"},"b":{"type":"null"},"c":{"enum":[1,2]},"d":{"type":"object","additionalProperties":false}}}"##,
    ##"{"type":"array","minItems":2,"maxItems":2,"items":{"type":"array","maxItems":0}}"##,
    ##"{"title":"list","type":"object","properties":{"head":{"type":"string"},"tail":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["head","tail"]}"##,
  ]

  private func constraint(_ schema: String) throws -> GrammarConstraint {
    GrammarConstraint(
      grammar: try JSONSchemaCompiler.compile(Array(schema.utf8)), vocabulary: Self.vocabulary,
      endOfGeneration: [Self.end])
  }

  /// Random text of a schema: all tokens are equally likely, except that closing ones are slightly more
  /// likely, so that texts stay short.
  private func randomText(
    _ grammar: ByteGrammar, seed: UInt64
  ) throws -> (text: [UInt8], isWhole: Bool) {
    let constraint = GrammarConstraint(
      grammar: grammar, vocabulary: Self.vocabulary, endOfGeneration: [Self.end])
    var sampler = try Sampler(
      options: SamplerOptions(temperature: 1, topK: 0, topP: 1, minP: 0, seed: seed),
      vocabularyCount: Self.tokens.count)
    var logits = [Float](repeating: 0, count: Self.tokens.count)
    for byte in "\"]}".utf8 { logits[Int(byte)] = 4 }
    logits[Int(UInt8(ascii: "\n"))] = -2
    var text: [UInt8] = []
    for _ in 0..<4000 {
      let id = try sampler.sample(logits.span, constraint: constraint).id
      if id == Self.end { return (text, true) }
      text += Self.tokens[Int(id)]
      constraint.accept(id)
      sampler.accept(id)
      if constraint.isComplete { return (text, true) }
    }
    return (text, false)
  }

  @Test(arguments: schemas.indices)
  func randomRunsSatisfyTheSchema(index: Int) throws {
    let schema = Self.schemas[index]
    let root = try JSONValue.parse(Array(schema.utf8))
    let grammar = try JSONSchemaCompiler.compile(root)
    var texts: Set<[UInt8]> = []
    for seed in 0..<100 {
      let (text, isWhole) = try randomText(grammar, seed: UInt64(seed))
      #expect(isWhole)
      let value = try JSONValue.parse(text)
      #expect(
        SchemaValidator(root: root).accepts(value, root),
        "\(String(decoding: text, as: UTF8.self))")
      texts.insert(text)
    }
    // All schemas except the constant have more than one text.
    #expect(texts.count > 1 || schema.contains("const\":{"))
  }

  /// Follows a text byte by byte and returns whether it is complete at its end.
  private func isText(_ text: String, of schema: String) throws -> Bool {
    var automaton = GrammarAutomaton(
      try JSONSchemaCompiler.compile(Array(schema.utf8)),
      depthLimit: JSONSchemaCompiler.depthLimit)
    var configuration = automaton.start()
    for byte in text.utf8 where configuration != GrammarAutomaton.dead {
      configuration = automaton.step(configuration, byte)
    }
    return configuration != GrammarAutomaton.dead && automaton.mayEnd(configuration)
  }

  @Test func textsAreToldApart() throws {
    let object = Self.schemas[0]
    #expect(try isText(#"{"name":"a","tags":["x"]}"#, of: object))
    #expect(
      try isText("{\n  \"name\": \"é\", \"age\": -12, \"tags\": [\"x\", \"y\"]\n}", of: object))
    for wrong in [
      ##"{"tags":["x"]}"#, #"{"name":"a","tags":[]}"#, #"{"tags":["x"],"name":"a"}"##,
      ##"{"name":"a","age":01,"tags":["x"]}"#, #"{"name":"a","tags":["x"],}"#, #"{"name":"a""##,
      #"{"name":"a","tags":["x"]} "#, #"{"name":"0123456789abc","tags":["x"]}"#, "",
    ] {
      #expect(try !isText(wrong, of: object), "\(wrong)")
    }
    let number = #"{"type":"number"}"#
    for text in ["0", "-0", "12.5", "1e9", "-3.25E-12"] { #expect(try isText(text, of: number)) }
    for text in ["-", "01", "1.", "1e", "+1", ".5", "1e999", "1234567890123456"] {
      #expect(try !isText(text, of: number))
    }
    let string = #"{"type":"string","minLength":1,"maxLength":2}"#
    for text in [#""é😀""#, #""\u00e9\n""#, "\"\u{10FFFF}\"", #""a""#] {
      #expect(try isText(text, of: string))
    }
    for text in [#""""#, #""abc""#, #""\ud800""#, #""\x""#, "\"\n\""] {
      #expect(try !isText(text, of: string))
    }
  }

  @Test func charactersMayBeSplitBetweenTokens() throws {
    let constraint = try constraint(#"{"type":"string","maxLength":1}"#)
    let half = Int32(Self.tokens.firstIndex(of: [0xE6, 0x97])!)
    constraint.accept(Int32(UInt8(ascii: "\"")))
    constraint.accept(half)
    var logits = [Float](repeating: 0, count: Self.tokens.count)
    constraint.restrict(&logits)
    let allowed = logits.indices.filter { logits[$0] == 0 }
    // As well as the token that completes the character and closes the string.
    #expect(allowed == Array(0x80...0xBF) + [Self.tokens.firstIndex(of: [0xA9, 0x22])!])
    constraint.accept(0xA5)
    logits = [Float](repeating: 0, count: Self.tokens.count)
    constraint.restrict(&logits)
    #expect(logits.indices.filter { logits[$0] == 0 } == [Int(UInt8(ascii: "\""))])
    #expect(!constraint.isSatisfied)
    constraint.accept(Int32(UInt8(ascii: "\"")))
    #expect(constraint.isSatisfied && constraint.isComplete)
  }

  @Test func theEndIsAllowedOnlyWhenTheTextIsWhole() throws {
    let constraint = try constraint(#"{"type":"integer"}"#)
    func mayEnd() -> Bool {
      var logits = [Float](repeating: 0, count: Self.tokens.count)
      constraint.restrict(&logits)
      return logits[Int(Self.end)] == 0
    }
    #expect(!mayEnd())
    constraint.accept(Int32(UInt8(ascii: "-")))
    #expect(!mayEnd())
    constraint.accept(Int32(UInt8(ascii: "7")))
    #expect(mayEnd() && constraint.isSatisfied && !constraint.isComplete)
  }

  @Test func recursionIsBounded() throws {
    let nested = { (depth: Int) in
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    let schema = ##"{"type":"array","items":{"$ref":"#"}}"##
    #expect(try isText(nested(JSONSchemaCompiler.depthLimit), of: schema))
    #expect(try !isText(nested(JSONSchemaCompiler.depthLimit + 1), of: schema))
  }

  /// A schema may have any number of alternatives at one node: following them does not recurse.
  @Test func thousandsOfOptionalPropertiesAreFollowed() throws {
    let members = (0..<30_000).map { "\"p\($0)\":{\"type\":\"null\"}" }
    let schema = "{\"type\":\"object\",\"properties\":{" + members.joined(separator: ",") + "}}"
    #expect(try isText(#"{"p7":null,"p29999":null}"#, of: schema))
    #expect(try !isText(#"{"p29999":null,"p7":null}"#, of: schema))
  }

  @Test func referencesToReferencesAreFollowedOnlySoFar() throws {
    func chain(_ count: Int) -> String {
      let links = (0..<count).map { "\"a\($0)\":{\"$ref\":\"#/$defs/a\($0 + 1)\"}," }
      return "{\"$ref\":\"#/$defs/a0\",\"$defs\":{" + links.joined()
        + "\"a\(count)\":{\"type\":\"null\"}}}"
    }
    let limit = JSONSchemaCompiler.referenceDepthLimit
    #expect(try isText("null", of: chain(limit - 1)))
    #expect(throws: JSONSchemaError.self) { try constraint(chain(limit)) }
  }

  @Test func tablesThatAreDroppedChangeNothing() throws {
    var automaton = GrammarAutomaton(
      try JSONSchemaCompiler.compile(Array(Self.schemas[0].utf8)), depthLimit: 32)
    var configuration = automaton.start()
    for byte in ##"{"name":"abc","tags":["é","##.utf8 {
      configuration = automaton.step(configuration, byte)
      configuration = automaton.forgetAll(but: configuration)
    }
    for byte in #""z"]}"#.utf8 { configuration = automaton.step(configuration, byte) }
    #expect(automaton.mustEnd(configuration))
  }

  @Test func whatCannotBeEnforcedIsNamed() {
    func failure(_ schema: String) -> JSONSchemaError? {
      do throws(JSONSchemaError) {
        _ = try JSONSchemaCompiler.compile(Array(schema.utf8))
        return nil
      } catch { return error }
    }
    #expect(
      failure(#"{"type":"object","properties":{"a":{"type":"string","pattern":"x"}}}"#)
        == .unsupportedKeyword("pattern", path: "$.properties.a"))
    #expect(
      failure(
        #"{"type":"array","items":{"anyOf":[{"type":"null"},{"type":"integer","minimum":1}]}}"#)
        == .unsupportedKeyword("minimum", path: "$.items.anyOf[1]"))
    #expect(failure(#"{"oneOf":[]}"#) == .unsupportedKeyword("oneOf", path: "$"))
    #expect(
      failure(##"{"$ref":"#/$defs/x"}"##)
        == .unresolvedReference("#/$defs/x", path: "$.$ref"))
    #expect(failure(##"{"anyOf":[{"$ref":"#"},{"type":"null"}]}"##) == .endlessReference)
    #expect(
      failure(##"{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}"##)
        == .unsatisfiable(depthLimit: 32))
    for schema in [
      "{}", "[]", "{\"type\":\"text\"}", #"{"type":"object"}"#, #"{"type":"array"}"#,
      #"{"type":"object","properties":{},"required":["a"]}"#, #"{"enum":[]}"#,
      #"{"type":"object","properties":{},"additionalProperties":true}"#,
      #"{"type":"string","minLength":3,"maxLength":2}"#, #"{"type":"string","minLength":-1}"#,
      #"{"type":"integer","enum":["a"]}"#, #"{"const":1,"minLength":2}"#, #"{"type":["a"]}"#,
    ] {
      guard case .invalid? = failure(schema) else {
        Issue.record("\(schema): \(String(describing: failure(schema)))")
        continue
      }
    }
    guard case .notJSON? = failure("{") else {
      Issue.record("a cut text is JSON")
      return
    }
    #expect("\(failure(#"{"oneOf":[]}"#)!)".contains("'oneOf' at $"))
  }

  @Test func tokensOfEqualBytesAreAllInTheTrie() {
    let trie = VocabularyTrie(tokenBytes: [[65], [], [65, 66], [65], [66]])
    #expect(trie.tokenIDs == [0, 3, 2, 4])
    #expect(trie.nodes.map(\.byte) == [65, 66, 66])
    #expect(trie.nodes.map(\.subtreeEnd) == [2, 2, 3])
    #expect(trie.nodes[0].firstToken == 0 && trie.nodes[0].endToken == 2)
  }
}
