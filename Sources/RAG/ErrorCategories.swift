package import Bytes

extension PassagePrompt.DoesNotFit: CategorizedError {
  package var category: ErrorCategory { .invalidData }
}
