package import Bytes

/// A model that can be downloaded by name: one entry of `models/models.json`.
package struct RegistryModel: Sendable, Equatable {
  /// The name, in lower case.
  package let name: String
  /// Shorter names.
  package let aliases: [String]
  /// Its role, and so its folder.
  package let role: ModelRole
  /// The name that people use, for example "Mistral 7B Instruct v0.2".
  package let title: String
  /// The number format of the weights, such as `Q4_K_M`, where it is one of several.
  package let quantization: String?
  /// The licence.
  package let license: String
  /// Requirements of the licence beyond naming it; nil for a free licence.
  package let conditions: String?
  /// Whether the hub wants an account that has accepted the licence.
  package let isGated: Bool
  /// Memory while it runs, in bytes, where it was measured or computed.
  package let memoryByteCount: Int?
  /// The folder below that of the role; nil for a model of one file.
  package let directory: String?
  /// The files.
  package let files: [File]

  /// One file of a model.
  package struct File: Sendable, Equatable {
    /// The path below the model's folder.
    package let path: String
    package let location: Location
    /// The size in bytes, where a public source states it.
    package let byteCount: Int?
    /// An estimate of the size.
    package let approximateByteCount: Int?
    package let sha256: SHA256Digest?
    /// The public source of the SHA-256.
    package let sha256Source: String?
  }

  /// The source of a file.
  package enum Location: Sendable, Equatable {
    /// A file of a repository of the hub.
    case hub(repository: String, revision: String, path: String)
    /// An address elsewhere.
    case url(String)
  }

  /// The size of all files, with estimates where the size is not known.
  package var byteCount: Int {
    files.reduce(0) { $0 + ($1.byteCount ?? $1.approximateByteCount ?? 0) }
  }

  /// Whether that size is exact.
  package var isByteCountExact: Bool { files.allSatisfy { $0.byteCount != nil } }

  /// The path below the models folder: `llm/FILE`, or `embeddings/DIRECTORY`.
  package var installedPath: String {
    "\(role.rawValue)/" + (directory ?? files.first.map(\.path) ?? name)
  }
}
