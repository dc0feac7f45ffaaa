internal import Bytes

/// Following `Location`, hop by hop, so that every address is checked before a request goes there.
enum Redirection {
  /// More hops than this are refused.
  ///
  /// A hub needs one or two; browsers follow 20.
  static let limit = 10

  /// The address that a response leads to.
  ///
  /// - Parameters:
  ///   - location: the field `Location`, absolute or relative.
  ///   - address: the address of the request.
  /// - Returns: nil where there is no usable address, or where an encrypted connection would be
  ///   followed by one that is not.
  static func target(of location: String?, from address: WebAddress) -> WebAddress? {
    guard let location, let url = absolute(location, from: address),
      let target = try? WebAddress(url, allowsQuery: true),
      target.isEncrypted || !address.isEncrypted
    else { return nil }
    return target
  }

  /// - Source: RFC 3986, 5.2, without `..`, which no hub sends.
  private static func absolute(_ location: String, from address: WebAddress) -> String? {
    if location.contains("://") { return location }
    if location.hasPrefix("//") { return (address.isEncrypted ? "https:" : "http:") + location }
    if location.hasPrefix("/") { return address.root + location }
    return nil
  }
}
