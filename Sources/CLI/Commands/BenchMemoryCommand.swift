internal import ArgumentParser
internal import Foundation
internal import Kernels

extension BenchCommand {
  /// The command `swiftrag bench memory`.
  struct Memory: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How fast the threads read memory: the limit of a language model's decoding.",
      discussion: """
          swiftrag bench memory --threads 2

        A model of 4 GB cannot say more tokens a second than this divided by 4 GB.
        """)

    @OptionGroup var worker: ThreadOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    private struct Report: Encodable {
      let threads: Int
      let bytesPerSecond: Double
    }

    func run() throws {
      common.apply()
      let compute = ComputeContext(threadCount: worker.threads)
      guard let bytesPerSecond = compute.readBandwidth() else {
        throw CommandFailure("1 GB of memory cannot be had", status: ExitStatus.temporaryFailure)
      }
      if json {
        let report = Report(threads: compute.pool.threadCount, bytesPerSecond: bytesPerSecond)
        return try answerJSON(report, pretty: false)
      }
      Terminal.answer(
        String(format: "%.1f GB/s on %d threads", bytesPerSecond / 1e9, compute.pool.threadCount))
    }
  }
}
