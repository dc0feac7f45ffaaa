import Foundation

extension SQuADDataset.Failure {
  /// Why a file is not the JSON that is expected, in a few words.
  static func reason(of error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.reduce("") { text, key in
        if let index = key.intValue { return "\(text)[\(index)]" }
        return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
      }
      return path.isEmpty ? "" : "\(path): "
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context):
      return place(context) + "'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return place(context) + context.debugDescription
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "it is not JSON" : place(context) + context.debugDescription
    case nil: return "\(error)"
    @unknown default: return "\(error)"
    }
  }
}
