internal import ArgumentParser
internal import Bytes
internal import Foundation
internal import RAG
internal import SwiftRAG

/// The command `swiftrag classify IMAGE...`.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify", abstract: "Label pictures with the best of some texts.",
    discussion: """
        swiftrag classify photo.jpg --labels "cat,dog,horse"
        swiftrag classify *.jpg --labels day,night --template "a photo taken at {}."
        swiftrag classify scan.png --labels "a letter,a bill" --template "{}"

      Each label is put into the template and compared with the picture by CLIP; the shares of all \
      labels add up to 1. With several --template the label's texts are averaged. The labels should \
      cover what can be there: among "cat,dog" one of them wins for every picture.
      """)

  @Argument(help: "The pictures.", completion: .file())
  var pictures: [String]

  @Option(help: "The labels, separated by commas.")
  var labels: String

  @Option(
    help: "A text in which {} is the label; may be repeated (default: \"a photo of a {}.\").")
  var template: [String] = []

  @Option(name: [.customShort("n"), .long], help: "Print only the best N labels of each picture.")
  var best: Int?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var compute: PictureComputeOptions
  @OptionGroup var common: CommonOptions

  private struct Row: Encodable {
    struct Label: Encodable {
      let label: String
      let probability, cosine: Double
    }
    let picture: String
    let labels: [Label]
  }

  private var labelList: [String] {
    labels.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  func validate() throws {
    if labelList.isEmpty { throw ValidationError("Give at least one label in --labels.") }
    if let wrong = template.first(where: { !$0.contains("{}") }) {
      throw ValidationError("--template \"\(wrong)\" has no {} for the label.")
    }
    if let best, best < 1 { throw ValidationError("--best must be at least 1, not \(best).") }
  }

  func run() throws {
    common.apply()
    try requireExisting(pictures)
    let runtime = try makeRuntime(compute.settings)
    let embedder = try runtime.pictureEmbedder()
    let classifier = try PictureClassifier(
      labels: labelList,
      templates: template.isEmpty ? [PictureClassifier.defaultTemplate] : template,
      embedder: embedder)
    var rows: [Row] = []
    for path in pictures {
      if Interrupts.isRequested { throw ExitCode.interrupted }
      let picture = try runtime.preparedPicture(path: path, for: embedder)
      let scores = try classifier.scores(of: [picture])[0].sorted {
        $0.probability > $1.probability
      }
      let row = Row(
        picture: path,
        labels: scores.prefix(best ?? scores.count).map {
          .init(label: $0.label, probability: $0.probability, cosine: $0.cosine)
        })
      rows.append(row)
      if !json { show(row) }
    }
    if json { try answerJSON(rows) }
  }

  private func show(_ row: Row) {
    if pictures.count > 1 { Terminal.answer(Style.bold.apply(shownName(row.picture))) }
    for label in row.labels {
      Terminal.answer(
        String(format: "%5.1f %%  ", label.probability * 100) + droppingControls(label.label))
    }
  }
}
