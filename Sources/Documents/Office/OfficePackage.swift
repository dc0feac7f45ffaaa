import Bytes

/// A document in a ZIP archive: its parts by name, with the limits on their size.
struct OfficePackage {
  let path: String
  let type: DocumentType
  let limits: DocumentLimits
  /// The names of all parts.
  let names: [String]
  /// Returns the content of a part by its name; nil if there is none.
  ///
  /// Throws `.textTooLarge`, and `.damaged`, for example for a wrong checksum.
  let part: (String) throws(DocumentError) -> [UInt8]?

  init(
    path: String, type: DocumentType, limits: DocumentLimits, names: [String] = [],
    part: @escaping (String) throws(DocumentError) -> [UInt8]?
  ) {
    self.path = path
    self.type = type
    self.limits = limits
    self.names = names
    self.part = part
  }

  /// Opens the archive.
  ///
  /// - Throws: `.damaged` for an archive that breaks a rule of `ZipArchive`.
  init(_ source: DocumentSource, type: DocumentType) throws(DocumentError) {
    let (path, limits) = (source.path, source.limits)
    let archive: ZipArchive
    do throws(ZipError) {
      archive = try ZipArchive(file: MappedFile(bytes: source.contents, name: path))
    } catch {
      throw .damaged(path: path, type: type, reason: "\(error)")
    }
    self.init(path: path, type: type, limits: limits, names: archive.names) {
      (name: String) throws(DocumentError) -> [UInt8]? in
      guard let entry = archive.entry(named: name) else { return nil }
      guard entry.byteCount <= limits.maximumMarkupByteCount else {
        throw .textTooLarge(path: path, limit: limits.maximumMarkupByteCount)
      }
      do throws(ZipError) {
        return try archive.contents(of: entry)
      } catch {
        throw .damaged(path: path, type: type, reason: "\(error)")
      }
    }
  }

  /// Reads a part that the document cannot do without.
  func walk(_ name: String, _ visitor: inout some MarkupVisitor) throws(DocumentError) {
    guard let bytes = try part(name) else {
      throw .damaged(path: path, type: type, reason: "'\(name)' is missing")
    }
    do throws(XMLPullReader.Malformed) {
      try XMLPullReader.walk(bytes, &visitor)
    } catch {
      throw .damaged(path: path, type: type, reason: "\(name): \(error.reason)")
    }
  }

  /// Reads a part that may be missing; a damaged one gives a warning.
  func walkOptional(
    _ name: String, _ visitor: inout some MarkupVisitor, _ warnings: inout [String]
  ) throws(DocumentError) {
    guard let bytes = try part(name) else { return }
    do throws(XMLPullReader.Malformed) {
      try XMLPullReader.walk(bytes, &visitor)
    } catch {
      warnings.append("\(name) was not used: \(error.reason)")
    }
  }

  /// The relationships of a part, or of the package for an empty name.
  func relationships(
    of part: String, _ warnings: inout [String]
  ) throws(DocumentError) -> OfficeRelationships {
    var found = OfficeRelationships(source: part)
    try walkOptional(found.partName, &found, &warnings)
    return found
  }

  /// The part with the document itself: the target of the package's `officeDocument` relationship,
  /// or the usual name.
  func mainPart(usual: String, _ warnings: inout [String]) throws(DocumentError) -> String {
    let package = try relationships(of: "", &warnings)
    let named = package.targets(of: "officeDocument").first
    if let named, names.contains(named) { return named }
    return usual
  }

  /// The title that the properties state; nil without one.
  func title(
    in part: String = "docProps/core.xml", _ warnings: inout [String]
  ) throws(DocumentError) -> String? {
    var properties = OfficeProperties()
    try walkOptional(part, &properties, &warnings)
    return properties.title
  }
}

/// The relationships of one part: the parts that it refers to (ECMA-376 part 2, section 9.3).
struct OfficeRelationships: MarkupVisitor {
  private let source: String
  private var parts: [String: String] = [:]
  private var kinds: [(id: String, kind: String)] = []

  init(source: String) { self.source = source }

  /// The name of the part that contains the relationships.
  var partName: String { folder + "_rels/" + source.dropFirst(folder.count) + ".rels" }

  private var folder: String { PartPath.folder(of: source) }

  mutating func start(_ element: MarkupElement) -> Bool {
    guard element.name == "Relationship", element.attributes["TargetMode"] != "External",
      let id = element.attributes["Id"], let target = element.attributes["Target"],
      let part = PartPath.resolve(target, against: folder)
    else { return true }
    parts[id] = part
    // The last component is the same in the transitional and the strict namespace.
    let kind = element.attributes["Type"]?.split(separator: "/").last.map(String.init) ?? ""
    kinds.append((id, kind))
    return true
  }

  mutating func end(_ name: String) {}
  mutating func text(_ text: String) {}

  /// The part with an identifier.
  func part(_ id: String) -> String? { parts[id] }

  /// The identifiers of the parts of a kind, such as `notesSlide`, in the order of the file.
  func identifiers(of kind: String) -> [String] { kinds.filter { $0.kind == kind }.map(\.id) }

  /// The parts of a kind, in the order of the file.
  func targets(of kind: String) -> [String] { identifiers(of: kind).compactMap { parts[$0] } }
}

/// Names of members of an archive, relative to each other.
enum PartPath {
  /// Resolves a reference in a part.
  ///
  /// - Parameters:
  ///   - reference: a relative or absolute path; a fragment is dropped, percent escapes are
  ///     resolved.
  ///   - folder: the folder of the part; ends with a slash unless it is the root.
  /// - Returns: the name of the member; nil if the path leaves the archive.
  static func resolve(_ reference: String, against folder: String) -> String? {
    let path = reference.prefix { $0 != "#" && $0 != "?" }
    var components = path.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
    for component in path.split(separator: "/") {
      switch component {
      case ".": continue
      case "..": if components.popLast() == nil { return nil }
      default: components.append(unescaped(component))
      }
    }
    return components.isEmpty ? nil : components.joined(separator: "/")
  }

  /// Resolves percent escapes; others stay as they are.
  private static func unescaped(_ text: Substring) -> String {
    String(decoding: TransferEncoding.percentDecoded(Array(text.utf8)), as: UTF8.self)
  }

  /// The folder of a part, ending with a slash; empty for the root.
  static func folder(of part: String) -> String {
    part.lastIndex(of: "/").map { String(part[...$0]) } ?? ""
  }
}
