import Glibc

/// The operating system's text for an errno value, as `strerror` words it.
package func systemMessage(_ code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}
