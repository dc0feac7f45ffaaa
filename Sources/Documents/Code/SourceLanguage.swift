/// A programming language, described by how its declarations and comments begin.
struct SourceLanguage: Sendable {
  let fileExtensions: [String]
  /// Words that begin a declaration, followed by a name.
  let declarationWords: Set<String>
  /// Marks that begin a line of comment or an attribute that belongs to what follows.
  let commentMarks: [String]
  /// Whether `name(…) {` without such a word declares a function, as in C.
  var hasBareFunctions = false

  private static let slashes = ["//", "/*", "*", "@", "#["]
  private static let sharp = ["#"]

  static let all: [SourceLanguage] = [
    SourceLanguage(
      fileExtensions: ["swift"],
      declarationWords: [
        "func", "struct", "class", "enum", "protocol", "extension", "actor", "init", "subscript",
        "deinit", "macro",
      ], commentMarks: slashes),
    SourceLanguage(
      fileExtensions: ["py", "pyi", "pyw"], declarationWords: ["def", "class"],
      commentMarks: sharp + ["@"]),
    SourceLanguage(
      fileExtensions: ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte"],
      declarationWords: ["function", "class", "interface", "enum", "namespace", "type"],
      commentMarks: slashes, hasBareFunctions: true),
    SourceLanguage(
      fileExtensions: ["java", "kt", "kts", "scala", "groovy", "gradle", "cs", "dart"],
      declarationWords: [
        "class", "interface", "enum", "record", "namespace", "fun", "object", "trait", "def",
        "struct", "mixin", "extension",
      ], commentMarks: slashes, hasBareFunctions: true),
    SourceLanguage(
      fileExtensions: ["c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "m", "mm", "cu", "ino"],
      declarationWords: ["struct", "class", "enum", "union", "namespace"],
      commentMarks: ["//", "/*", "*"], hasBareFunctions: true),
    SourceLanguage(
      fileExtensions: ["go"], declarationWords: ["func", "type"], commentMarks: slashes),
    SourceLanguage(
      fileExtensions: ["rs"],
      declarationWords: ["fn", "struct", "enum", "trait", "impl", "mod", "union"],
      commentMarks: slashes),
    SourceLanguage(
      fileExtensions: ["zig", "v", "vhd", "vhdl", "sv"],
      declarationWords: ["fn", "module", "entity", "architecture", "function", "task"],
      commentMarks: slashes + ["--"]),
    SourceLanguage(
      fileExtensions: ["php"],
      declarationWords: ["function", "class", "interface", "trait", "enum"],
      commentMarks: slashes + sharp),
    SourceLanguage(
      fileExtensions: ["rb", "rake", "cr", "ex", "exs"],
      declarationWords: ["def", "class", "module", "defmodule", "defp", "defmacro"],
      commentMarks: sharp + ["@"]),
    SourceLanguage(
      fileExtensions: ["pl", "pm"], declarationWords: ["sub", "package"], commentMarks: sharp),
    SourceLanguage(
      fileExtensions: ["sh", "bash", "zsh", "fish", "ps1", "awk"],
      declarationWords: ["function"], commentMarks: sharp, hasBareFunctions: true),
    SourceLanguage(
      fileExtensions: ["lua"], declarationWords: ["function"], commentMarks: ["--"]),
    SourceLanguage(
      fileExtensions: ["sql", "psql"],
      declarationWords: ["create", "alter"], commentMarks: ["--", "/*", "*"]),
    SourceLanguage(
      fileExtensions: ["jl"], declarationWords: ["function", "struct", "module", "macro"],
      commentMarks: sharp + ["\""]),
    SourceLanguage(
      fileExtensions: ["f", "f90", "f95", "f03", "for"],
      declarationWords: ["subroutine", "function", "module", "program"], commentMarks: ["!"]),
    SourceLanguage(
      fileExtensions: ["pas", "pp", "bas", "vb", "vbs", "adb", "ads"],
      declarationWords: ["procedure", "function", "sub", "class", "module", "package", "unit"],
      commentMarks: ["//", "{", "'", "--"]),
    SourceLanguage(
      fileExtensions: ["hs", "ml", "mli", "fs", "fsx", "clj", "cljs", "lisp", "el", "scm", "erl"],
      declarationWords: [
        "data", "class", "instance", "module", "newtype", "type", "let", "(defn", "(defun",
        "(define", "(defmacro", "(ns",
      ], commentMarks: ["--", "(*", ";", "%", "//"]),
    SourceLanguage(
      fileExtensions: ["r", "tcl", "cmake", "mk", "nix", "tf", "proto", "graphql"],
      declarationWords: ["proc", "function", "message", "service", "resource", "module", "type"],
      commentMarks: sharp + ["//"]),
    // Settings and style sheets: text without declarations.
    SourceLanguage(
      fileExtensions: [
        "yaml", "yml", "toml", "ini", "cfg", "conf", "properties", "css", "scss", "less", "asm",
        "s", "bat", "cmd",
      ], declarationWords: [], commentMarks: sharp),
  ]

  static let fileExtensions = all.flatMap(\.fileExtensions)

  /// The language that a file's name suggests.
  init?(path: String) {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let ending = String(decoding: path.utf8[path.utf8.index(after: dot)...], as: UTF8.self)
      .lowercased()
    guard let language = Self.all.first(where: { $0.fileExtensions.contains(ending) }) else {
      return nil
    }
    self = language
  }

  private init(
    fileExtensions: [String], declarationWords: Set<String>, commentMarks: [String],
    hasBareFunctions: Bool = false
  ) {
    self.fileExtensions = fileExtensions
    self.declarationWords = declarationWords
    self.commentMarks = commentMarks
    self.hasBareFunctions = hasBareFunctions
  }
}
