import Evaluation
import Foundation
import RAG
import Testing

/// The whole path with trained weights: documents in a folder, questions on the command line, prose
/// with citations out, by the pocket Llama.
///
/// `Benchmarks/pocket/pocket_library.py --apart --unanswerable 6 --seed 51001` wrote the library: 7
/// documents with names that training never saw. The floors are below the measured values (in
/// brackets), and far above what noise says: without the right weights, tokens, template or prompt
/// there is neither a value nor a mark.
@Suite struct PocketAnswerTests {
  /// The least counts of 20 answerable questions.
  struct Floors {
    let passageCount: Int
    let rightValues: Int
    let rightCitations: Int
    let right: Int
  }

  private static let folder = CommandRunner.packageRoot.appending(
    path: "Tests/Fixtures/pocket/library")

  @Test(arguments: [
    // One passage, found and read correctly (15 values, 17 citations, 15 both).
    Floors(passageCount: 1, rightValues: 12, rightCitations: 14, right: 12),
    // Three: the model often cites the wrong passage (14, 8, 6).
    Floors(passageCount: 3, rightValues: 10, rightCitations: 5, right: 3),
  ])
  func runAnswersFromGeneratedDocuments(_ floors: Floors) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let added = try runner.run("add", Self.folder.appending(path: "documents").path)
    #expect(added.status == 0, "\(added.error)")
    let questions = try QuestionSet(path: Self.folder.appending(path: "questions.json").path)
    let evaluation = try AnswerEvaluation.run(questions) { question in
      let outcome = try runner.run(
        "run", "--json", "-m", Self.model, "-k", String(floors.passageCount), "-n", "48",
        "--temp", "0", "--cache-type", "f32", "--prompt", "instructed", "--passages", "all",
        question)
      #expect(outcome.status == 0, "\(outcome.error)")
      return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
    }
    print(
      "pocket Llama, \(floors.passageCount) passages: of \(evaluation.answerableCount) questions "
        + "\(evaluation.rightValueCount) right values, \(evaluation.rightCitationCount) right "
        + "citations, \(evaluation.rightCount) both; \(evaluation.weakEvidenceCount) + "
        + "\(evaluation.declinedCount) of \(evaluation.unanswerableCount) refused")
    #expect(evaluation.answerableCount == 20)
    #expect(evaluation.rightValueCount >= floors.rightValues)
    #expect(evaluation.rightCitationCount >= floors.rightCitations)
    #expect(evaluation.rightCount >= floors.right)
    // Of 6.
    #expect(evaluation.weakEvidenceCount + evaluation.declinedCount >= 5)
    // No right answer is marked as unsupported.
    #expect(evaluation.rightDoubtedCount == 0)
  }

  private static let model = CommandRunner.packageRoot.appending(
    path: "Tests/Fixtures/pocket/pocket-Q4_K_M.gguf"
  ).path
}
