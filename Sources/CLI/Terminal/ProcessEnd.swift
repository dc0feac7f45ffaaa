internal import ArgumentParser
internal import Foundation

/// Ends the program without the functions that libraries call at its end.
///
/// Other threads may still compute, after Ctrl-C or where the output is closed, and `exit` would release
/// beneath them what OpenSSL and others need. Nothing is left to do but to write the buffers.
///
/// - Parameter code: the exit code.
func endProcess(_ code: ExitCode) -> Never {
  fflush(nil)
  _exit(code.rawValue)
}
