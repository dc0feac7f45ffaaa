internal import SwiftRAG
internal import Bytes
internal import ArgumentParser
internal import Foundation
internal import Kernels

extension BenchCommand {
  /// The command `swiftrag bench memory`.
  struct Memory: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Memory bandwidth of the threads, which limits the decoding of a language model.",
      discussion: """
          swiftrag bench memory --threads 2

        A model of 4 GB cannot decode more tokens per second than this bandwidth divided by 4 GB.
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
      let compute = worker.runtime.compute
      guard let bytesPerSecond = compute.readBandwidth() else {
        throw CommandFailure("cannot allocate 1 GB of memory", .busy)
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
