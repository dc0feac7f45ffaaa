package import Bytes

/// A file at a server, and what is known about it.
package struct RemoteFile: Sendable, Equatable {
  /// The path below the model's folder, `config.json` or `1_Pooling/config.json`.
  package let path: String
  /// The address.
  package let address: WebAddress
  /// The size in bytes; nil where it is not known before the download.
  package let byteCount: Int?
  /// The SHA-256; nil where it is not known before the download.
  package let sha256: SHA256Digest?
  /// Who states that SHA-256.
  package let check: DownloadedFile.Check
  /// An estimate of the size, for the space on the disk, where it is not known.
  package let approximateByteCount: Int?

  package init(
    path: String, address: WebAddress, byteCount: Int? = nil, sha256: SHA256Digest? = nil,
    check: DownloadedFile.Check = .registry, approximateByteCount: Int? = nil
  ) {
    self.path = path
    self.address = address
    self.byteCount = byteCount
    self.sha256 = sha256
    self.check = check
    self.approximateByteCount = approximateByteCount
  }

  /// The size, or its estimate.
  package var expectedByteCount: Int? { byteCount ?? approximateByteCount }
}

/// A file that was downloaded and checked.
package struct DownloadedFile: Sendable, Equatable {
  /// The path below the model's folder.
  package let path: String
  /// The size in bytes.
  package let byteCount: Int
  /// The SHA-256 of its bytes.
  package let sha256: SHA256Digest
  /// Who states that SHA-256.
  package let check: Check
  /// The address without its query.
  package let url: String

  /// Who states the SHA-256 of a file.
  package enum Check: String, Sendable {
    /// The registry, from a source that it names.
    case registry
    /// The hub, in the field `X-Linked-Etag` or in its list of files.
    case hub
    /// Nobody: it was computed from the first download.
    case recorded
  }
}
