/// The properties of a run (ECMA-376, 17.3.2) or a style that decide whether and how its text is
/// read.
///
/// Nil where it says nothing, so that styles can be inherited.
struct DOCXRunProperties: Equatable {
  enum Position { case baseline, superscript, subscript_ }

  /// `w:vanish`, which Word neither shows nor prints.
  var isHidden: Bool?
  /// `w:strike` or `w:dstrike`: text that a person has struck out.
  var isStruck: Bool?
  /// `w:vertAlign`.
  var position: Position?

  /// Takes over what an element of `w:rPr` says.
  mutating func take(_ element: MarkupElement) {
    let value = element.attributes["val"]
    // A toggle without a value is on (17.17.4).
    let isOn = !["0", "false", "off"].contains(value)
    switch element.name {
    case "w:vanish", "w:specVanish": isHidden = isOn
    case "w:strike", "w:dstrike": isStruck = isOn || (isStruck ?? false)
    case "w:vertAlign":
      position =
        value == "superscript" ? .superscript : value == "subscript" ? .subscript_ : .baseline
    default: break
    }
  }

  /// These properties, with those of `other` where nothing is said here.
  func over(_ other: DOCXRunProperties) -> DOCXRunProperties {
    DOCXRunProperties(
      isHidden: isHidden ?? other.isHidden, isStruck: isStruck ?? other.isStruck,
      position: position ?? other.position)
  }
}
