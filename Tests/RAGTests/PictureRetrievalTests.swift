import Documents
import Foundation
import Generation
import Media
import Store
import Tokenizers
import Testing

@testable import RAG

/// Passages and pictures in one ranking, and answers that rest on pictures.
@Suite struct PictureRetrievalTests {
  let album: PictureFolder
  let embedder = ColourEmbedder()

  init() throws {
    album = try PictureFolder()
    try album.writePicture("IMG_1.bmp", red: 250, green: 10, blue: 10)
    try album.writePicture("IMG_2.bmp", red: 10, green: 250, blue: 10)
    try album.writePicture("grey.bmp", red: 128, green: 128, blue: 128)
    try album.write("The red barn was painted in 1931 by Greta Holm.", "barn.txt")
    try album.write("Ferries leave the harbour at seven in the morning.", "ferry.txt")
    try album.write(
      "# Meadow\n\nThe meadow is near the mill.\n\n![the wide meadow](IMG_2.bmp)", "meadow.md")
  }

  private func indexed() throws -> IndexStore {
    let store = try album.store()
    _ = try album.add(to: store, embedder)
    return store
  }

  private func find(
    _ text: String, _ store: IndexStore, limit: Int = 5, mode: SearchMode = .hybrid
  ) throws -> [Passage] {
    try album.retriever(store, embedder).retrieve(text, mode: mode, limit: limit).passages
  }

  @Test func aPictureIsFoundByItsContent() throws {
    defer { album.cleanUp() }
    let found = try find("something red", indexed())
    let picture = try #require(found.first { $0.fileName == "IMG_1.bmp" })
    #expect(picture.citation.kind == "picture" && picture.text.isEmpty)
    #expect(picture.pictureRelevance.map { $0 > 0.9 } == true)
    #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
    #expect(!found.contains { $0.fileName == "IMG_2.bmp" && $0.pictureRelevance != nil })
  }

  @Test func aQuestionThatNoPictureShowsFindsNone() throws {
    defer { album.cleanUp() }
    let store = try indexed()
    for question in ["ferries in the morning", "who painted it"] {
      let found = try find(question, store)
      #expect(found.allSatisfy { $0.pictureRelevance == nil }, "\(question)")
      // Without pictures, the ranking and its scores are those of the texts alone.
      let texts = try Retriever(store: store, encoder: album.encoder).retrieve(
        question, mode: .hybrid, limit: 5)
      #expect(found.map(\.score) == texts.passages.map(\.score))
    }
  }

  @Test func anIrrelevantPictureDoesNotPushOutAPassage() throws {
    defer { album.cleanUp() }
    // The passage answers the question; the red picture leads the list of pictures.
    let found = try find("The red barn was painted in 1931 by", indexed(), limit: 2)
    #expect(found.first?.fileName == "barn.txt")
    #expect(found.count == 2)
  }

  @Test func aPictureAndThePageThatShowsItAreOneResult() throws {
    defer { album.cleanUp() }
    let found = try find("green", indexed(), limit: 3)
    let green = found.filter { $0.pictureRelevance != nil }
    #expect(green.map(\.fileName) == ["meadow.md"])
    #expect(green.first?.text == "the wide meadow")
    #expect(green.first?.alsoAt.map { URL(filePath: $0.path).lastPathComponent } == ["IMG_2.bmp"])
    #expect(green.first?.citation.place == "line 5, IMG_2.bmp")
    #expect(green.first?.citation.picturePath?.hasSuffix("/docs/IMG_2.bmp") == true)
  }

  @Test func aPictureFindsItsLikeAndTheTextBesideIt() throws {
    defer { album.cleanUp() }
    let store = try indexed()
    let picture = Picture(
      width: 2, height: 1, pixels: [20, 240, 20, 0, 255, 0])
    let found = try album.retriever(store, embedder).retrieve(like: picture, limit: 4)
    #expect(found.prefix(2).map(\.fileName) == ["meadow.md", "meadow.md"])
    #expect(found.map(\.citation.kind) == ["picture", "text", "picture", "picture"])
    #expect(found[1].text.contains("near the mill"))
    #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
    #expect(try album.retriever(store).retrieve(like: picture, limit: 4).isEmpty)
  }

  @Test func filtersHoldForPictures() throws {
    defer { album.cleanUp() }
    let store = try indexed()
    let retriever = album.retriever(store, embedder)
    for (filter, names, alsoAt) in [
      // The page shows the picture, so the two are one result.
      (SearchFilter(types: ["picture"]), ["meadow.md"], ["IMG_2.bmp"]),
      (SearchFilter(paths: ["*.bmp"], types: ["picture"]), ["IMG_2.bmp"], []),
      (SearchFilter(types: ["markdown"]), ["meadow.md"], []),
      (SearchFilter(paths: ["*.txt"]), [], []),
    ] {
      let found = try retriever.retrieve("green", mode: .hybrid, limit: 5, filter: filter).passages
      let pictures = found.filter { $0.pictureRelevance != nil }
      #expect(pictures.map(\.fileName) == names)
      #expect(
        pictures.flatMap(\.alsoAt).map { URL(filePath: $0.path).lastPathComponent } == alsoAt)
      #expect(filter.types != ["picture"] || found.allSatisfy(\.citation.isPicture))
    }
  }

  @Test func keywordSearchFindsCaptionsOnly() throws {
    defer { album.cleanUp() }
    let store = try indexed()
    let found = try find("wide meadow", store, mode: .keyword)
    #expect(found.first?.citation.kind == "picture" && found.first?.keywordRank == 1)
    #expect(try find("green", store, mode: .keyword).isEmpty)
  }

  @Test func anAnswerNamesThePicture() throws {
    defer { album.cleanUp() }
    let store = try indexed()
    let pipeline = AnswerPipeline(
      retriever: album.retriever(store, embedder),
      backend: ExtractiveBackend(encoder: album.encoder))
    let request = try pipeline.request(for: "Is anything green?", mode: .hybrid, limit: 3)
    #expect(request.evidence.isSufficient && request.evidence.bestPictureRelevance ?? 0 > 0.9)
    let answer = try pipeline.answer(request)
    #expect(
      answer.text
        == "Picture: IMG_2.bmp. It shows: the wide meadow. It has 40 x 40 pixels. [1]")
    #expect(answer.passages.first?.citation.kind == "picture")
    let other = try pipeline.request(for: "How do volcanoes erupt?", mode: .hybrid, limit: 3)
    #expect(!other.evidence.isSufficient && other.evidence.bestPictureRelevance == nil)
  }

  @Test func aLanguageModelGetsWhatIsKnownOfAPicture() throws {
    defer { album.cleanUp() }
    let passage = Passage(
      citation: Citation(
        path: "/a/cat.jpg", title: nil, type: "picture", modality: .picture,
        picture: PictureDetails(
          origin: .file, width: 640, height: 480, capturedAt: "2019-06-01T12:30:00",
          latitude: 48.208333, longitude: -16.3725, sha256: ""),
        page: nil, lines: 1...1, heading: nil, textBytes: 0..<0, sourceBytes: nil,
        documentSHA256: ""),
      text: "a cat on a keyboard", score: 1, cosine: nil, denseRank: nil, keywordRank: nil)
    let prompt = try PassagePrompt(
      AnswerRequest(question: "Where is the cat?", passages: [passage]), tokenLimit: 1_000
    ) { $0.reduce(0) { $0 + $1.text.count / 4 } }
    let text = try #require(prompt.messages.last?.text)
    #expect(
      text.contains(
        """
        <passage 1: cat.jpg, picture of 640 x 480 pixels>
        Picture: cat.jpg. It shows: a cat on a keyboard. It was taken on 2019-06-01 at 12:30:00. \
        It was taken at 48.2083 N, 16.3725 W. It has 640 x 480 pixels.
        </passage 1>
        """))
    let checked = CitationCheck.check(
      "The picture cat.jpg shows a cat on a keyboard [1]. It is from 2019 [1]. It is from 2018 [1].",
      passages: [passage])
    #expect(checked.map(\.isSupported) == [true, true, false])
  }

  @Test func theProbabilityIsThatOfTheEquation() {
    let relevance = PictureRelevance(logitScale: 100, neutralLevel: 0.2)
    #expect(relevance.probability(cosine: 0.2) == 0.5)
    #expect(abs(relevance.probability(cosine: 0.23) - exp(23) / (exp(23) + exp(20))) < 1e-12)
    #expect(relevance.probability(cosine: -9) == 0)
    #expect(relevance.probability(cosine: 9) == 1)
  }

  /// Cosines of OpenAI's ViT-B/32 for 8 texts and 8 pictures, from the figure of its notebook
  /// `Interacting_with_CLIP.ipynb` (rows are texts, two decimals).
  static let published: [[Double]] = [
    [0.35, 0.15, 0.16, 0.20, 0.20, 0.20, 0.18, 0.16],
    [0.13, 0.28, 0.22, 0.17, 0.16, 0.15, 0.17, 0.15],
    [0.17, 0.19, 0.30, 0.18, 0.17, 0.14, 0.21, 0.16],
    [0.12, 0.12, 0.12, 0.31, 0.15, 0.17, 0.14, 0.12],
    [0.17, 0.11, 0.15, 0.15, 0.35, 0.15, 0.20, 0.17],
    [0.14, 0.15, 0.12, 0.18, 0.15, 0.29, 0.13, 0.12],
    [0.19, 0.19, 0.21, 0.21, 0.20, 0.14, 0.29, 0.16],
    [0.14, 0.15, 0.16, 0.15, 0.16, 0.13, 0.12, 0.32],
  ]

  /// Each text is asked with its picture and without it; the other texts, without their own
  /// pictures, are the neutral ones.
  @Test func thePublishedCosinesAreSeparated() {
    let wrong = Self.published.enumerated().map { row, cosines in
      cosines.indices.filter { $0 != row }.map { cosines[$0] }.max() ?? 0
    }
    var (shownCount, noneCount) = (0, 0)
    for row in wrong.indices {
      let others = wrong.indices.filter { $0 != row }.map { wrong[$0] }
      let relevance = PictureRelevance(
        logitScale: 100, neutralLevel: others.reduce(0, +) / Double(others.count))
      func isShown(_ cosine: Double) -> Bool {
        relevance.probability(cosine: cosine) >= PictureRelevance.threshold
      }
      if isShown(Self.published[row][row]) { shownCount += 1 }
      if !isShown(wrong[row]) { noneCount += 1 }
    }
    #expect(shownCount == 8)
    // The rocket passes for the astronaut, with 0.22.
    #expect(noneCount == 7)
  }
}
