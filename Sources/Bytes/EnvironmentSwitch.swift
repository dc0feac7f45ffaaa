/// Whether an environment variable has one of the values that switch something on, in any case.
///
/// - Source: 1, on, yes and true are the values in `constants.py` of `huggingface_hub`.
package func isSwitchedOn(_ name: String, in environment: [String: String]) -> Bool {
  environment[name].map { ["1", "on", "yes", "true"].contains($0.lowercased()) } ?? false
}
