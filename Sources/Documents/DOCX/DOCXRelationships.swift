/// `word/_rels/document.xml.rels`: the parts that the main part refers to, by identifier (ECMA-376
/// part 2, section 9.3).
///
/// The transitional and the strict form have types that end in the same word.
struct DOCXRelationships: MarkupVisitor {
  private let mainPart: String
  private var targets: [String: String] = [:]
  private var types: [(id: String, type: String)] = []

  init(mainPart: String) {
    self.mainPart = mainPart
  }

  /// The name of the part with the relationships of the main part.
  var partName: String {
    let (folder, name) = Self.split(mainPart)
    return folder + "_rels/" + name + ".rels"
  }

  /// The folder of a part, ending with a slash unless it is the root, and the part's own name.
  private static func split(_ part: String) -> (folder: String, name: String) {
    let name = part.split(separator: "/").last.map(String.init) ?? part
    return (String(part.dropLast(name.count)), name)
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    if element.name == "Relationship", let id = element.attributes["Id"],
      element.attributes["TargetMode"] != "External"
    {
      targets[id] = element.attributes["Target"]
      types.append((id, element.attributes["Type"] ?? ""))
    }
    return true
  }

  mutating func end(_ name: String) {}

  mutating func text(_ text: String) {}

  /// The identifiers of the parts of a type, as in `styles`, in the order of the file.
  func identifiers(ofType type: String) -> [String] {
    types.filter { $0.type.hasSuffix("/" + type) }.map(\.id)
  }

  /// The name of the first part of a type.
  func part(ofType type: String) -> String? {
    identifiers(ofType: type).lazy.compactMap { part(of: $0) }.first
  }

  /// The name of the part in the archive; nil for an unknown identifier or one outside of the file.
  func part(of id: String) -> String? {
    guard let target = targets[id] else { return nil }
    if target.hasPrefix("/") { return String(target.dropFirst()) }
    var components = Self.split(mainPart).folder.split(separator: "/").map(String.init)
    for component in target.split(separator: "/") {
      switch component {
      case ".": continue
      case "..": if components.popLast() == nil { return nil }
      default: components.append(String(component))
      }
    }
    return components.joined(separator: "/")
  }
}
