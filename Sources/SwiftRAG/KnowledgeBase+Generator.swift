internal import Kernels
package import RAG

extension KnowledgeBase {
  /// Opens the configured language model: `model_path`, or the first file in `models/llm`.
  ///
  /// - Throws: ``ModelLocator/Failure`` when there is none; what the file's readers throw.
  package static func loadGenerator(
    configuration: Configuration, options: NativeGeneratorOptions
  ) throws -> NativeGenerator {
    let threads = configuration.integer(.threads)
    let kernels = configuration.text(.kernels).flatMap(KernelPath.init(rawValue:)) ?? .simd
    let path = try ModelLocator(configuration: configuration)
      .languageModel(configuration.text(.modelPath))
    return try NativeGenerator.open(
      path: path, compute: Compute(path: kernels, threadCount: threads == 0 ? nil : threads),
      options: options)
  }
}
