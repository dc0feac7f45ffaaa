import Bytes
import Foundation

/// A home folder with pictures, Markdown, DOCX and a scanned PDF, and the programs to read them.
struct PictureAlbum {
  let runner: CommandRunner
  /// The models without a CLIP, whatever is in the checkout.
  private let models: URL
  /// A folder of programs without tesseract.
  private let programs: URL

  static let fixtures = CommandRunner.packageRoot.appending(path: "Tests/Fixtures")
  /// A CLIP with random weights: equal pictures have equal vectors, and that is all it knows.
  static let randomCLIP = fixtures.appending(path: "clip/tiny").path

  init() throws {
    runner = try CommandRunner()
    models = runner.home.appending(path: "models")
    programs = runner.home.appending(path: "bin")
    let manager = FileManager.default
    for folder in ["docs", "models", "bin"] {
      try manager.createDirectory(
        at: runner.home.appending(path: folder), withIntermediateDirectories: true)
    }
    try manager.createSymbolicLink(
      at: models.appending(path: "embeddings"),
      withDestinationURL: CommandRunner.packageRoot.appending(path: "models/embeddings"))
    for program in ["pdftotext", "pdftoppm", "prlimit"] {
      guard let path = ChildProcess.find(program) else { continue }
      try manager.createSymbolicLink(
        at: programs.appending(path: program), withDestinationURL: URL(filePath: path))
    }
    for (name, source) in [
      ("flag.png", "pictures/rgb.png"), ("yard.docx", "documents/pictures.docx"),
      ("minutes.pdf", "documents/scanned.pdf"), ("IMG_0001.jpg", "pictures/orientation-6.jpg"),
    ] {
      try manager.copyItem(
        at: Self.fixtures.appending(path: source), to: runner.home.appending(path: "docs/" + name))
    }
    try Data(
      "# Flags\n\nThe club flies a flag at noon.\n\n![the flag of the club](flag.png)\n".utf8
    )
    .write(to: runner.home.appending(path: "docs/flags.md"))
  }

  func cleanUp() { runner.cleanUp() }

  static var hasPoppler: Bool {
    ["pdftotext", "pdftoppm"].allSatisfy { ChildProcess.find($0) != nil }
  }

  /// Runs swiftrag without tesseract and, unless `clip` names one, without a picture model.
  func run(_ arguments: String..., clip: String? = nil) throws -> CommandRunner.Outcome {
    var environment = ["SWIFTRAG_MODELS": models.path, "PATH": programs.path + ":/nonexistent"]
    environment["CLIP_MODEL_PATH"] = clip
    return try runner.run(arguments: arguments, environment: environment)
  }

  /// Puts a program named tesseract on the path, which finds the same words in every picture.
  func installFakeTesseract(_ behaviour: String = "printf '%b' \"$table\"") throws {
    let script = """
      #!/bin/sh
      if [ "$1" = --list-langs ]; then printf 'List of languages (1):\\neng\\nosd\\n'; exit 0; fi
      cat > /dev/null
      row='5\\t1\\t1\\t1\\t1'
      table="$row\\t1\\t10\\t20\\t60\\t12\\t96\\tWalrus\\n$row\\t2\\t80\\t21\\t70\\t12\\t95\\tcrossing\\n"
      \(behaviour)
      """
    let file = programs.appending(path: "tesseract")
    try Data(script.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    // The script needs cat and printf.
    for program in ["sh", "cat"]
    where !FileManager.default.fileExists(
      atPath: programs.appending(path: program).path)
    {
      try FileManager.default.createSymbolicLink(
        at: programs.appending(path: program), withDestinationURL: URL(filePath: "/bin/" + program))
    }
  }
}

/// The part of a passage's JSON that the tests of pictures read.
struct PassageShape: Decodable {
  struct Citation: Decodable {
    struct Picture: Decodable {
      struct Region: Decodable {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
      }
      let origin: String
      let width: Int
      let height: Int
      let region: Region?
    }
    let path: String
    let kind: String
    let page: Int?
    let picture: Picture?
  }
  let citation: Citation
  let text: String
  let score: Double
  let pictureCosine: Double?
  let pictureRelevance: Double?

  var fileName: String { URL(filePath: citation.path).lastPathComponent }

  static func list(_ outcome: CommandRunner.Outcome) throws -> [PassageShape] {
    try JSONDecoder().decode([PassageShape].self, from: Data(outcome.output.utf8))
  }
}
