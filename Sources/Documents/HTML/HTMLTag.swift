/// The elements that tree construction or the reader treats by name (HTML Standard, section 13.2.6).
///
/// The case names are the tag names; every other element is `other`, and its name is kept beside it.
enum HTMLTag: UInt8, CaseIterable {
  case a, abbr, acronym, address, applet, area, article, aside, audio
  case b, base, basefont, bgsound, big, blockquote, body, br, button
  case canvas, caption, center, code, col, colgroup
  case datalist, dd, del, details, dialog, dir, div, dl, dt
  case em, embed, fieldset, figcaption, figure, font, footer, form, frame, frameset
  case h1, h2, h3, h4, h5, h6, head, header, hgroup, hr, html
  case i, iframe, image, img, input, ins, keygen, label, legend, li, link, listing
  case main, map, marquee, menu, meta, nav, nobr, noembed, noframes, noscript
  case object, ol, optgroup, option, p, param, picture, plaintext, pre
  case rb, rp, rt, rtc, ruby, s, samp, script, search, section, select, small, source, span
  case strike, strong, style, sub, summary, sup
  case table, tbody, td, template, textarea, tfoot, th, thead, title, tr, track, tt
  case u, ul, video, wbr, xmp
  // SVG and MathML.
  case annotation, annotationXML, desc, foreignObject, malignmark, math, mfrac, mglyph, mi, mn, mo
  case mroot, ms, msqrt, msub, msubsup, msup, mtd, mtext, mtr, svg
  case other

  /// The tag of a name in lower case.
  init(name: String) { self = Self.byName[name] ?? .other }

  /// The name in lower case; empty for `other`.
  var name: String {
    switch self {
    case .annotationXML: "annotation-xml"
    case .foreignObject: "foreignobject"
    case .other: ""
    default: "\(self)"
    }
  }

  private static let byName: [String: HTMLTag] = Dictionary(
    uniqueKeysWithValues: allCases.filter { $0 != .other }.map { ($0.name, $0) })

  /// 1 to 6 for a heading; nil for other elements.
  var headingLevel: Int? {
    switch self {
    case .h1: 1
    case .h2: 2
    case .h3: 3
    case .h4: 4
    case .h5: 5
    case .h6: 6
    default: nil
    }
  }
}

/// A set of tags as a bit set, because tree construction tests membership several times per tag.
struct HTMLTagSet: ExpressibleByArrayLiteral, Sendable {
  private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

  init(arrayLiteral tags: HTMLTag...) {
    for tag in tags { insert(tag) }
  }

  private mutating func insert(_ tag: HTMLTag) {
    let bit: UInt64 = 1 << UInt64(tag.rawValue & 63)
    switch tag.rawValue >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    default: words.2 |= bit
    }
  }

  /// Whether the tag is in the set.
  func contains(_ tag: HTMLTag) -> Bool {
    let bit: UInt64 = 1 << UInt64(tag.rawValue & 63)
    return switch tag.rawValue >> 6 {
    case 0: words.0 & bit != 0
    case 1: words.1 & bit != 0
    default: words.2 & bit != 0
    }
  }

  /// The tags of either set.
  func union(_ other: HTMLTagSet) -> HTMLTagSet {
    var result = self
    result.words.0 |= other.words.0
    result.words.1 |= other.words.1
    result.words.2 |= other.words.2
    return result
  }
}

extension HTMLTagSet {
  /// The category "special" (section 13.2.4.2), HTML elements only.
  static let special: HTMLTagSet = [
    .address, .applet, .area, .article, .aside, .base, .basefont, .bgsound, .blockquote, .body,
    .br, .button, .caption, .center, .col, .colgroup, .dd, .details, .dir, .div, .dl, .dt, .embed,
    .fieldset, .figcaption, .figure, .footer, .form, .frame, .frameset, .h1, .h2, .h3, .h4, .h5,
    .h6, .head, .header, .hgroup, .hr, .html, .iframe, .img, .input, .keygen, .li, .link, .listing,
    .main, .marquee, .menu, .meta, .nav, .noembed, .noframes, .noscript, .object, .ol, .p, .param,
    .plaintext, .pre, .script, .search, .section, .select, .source, .style, .summary, .table,
    .tbody, .td, .template, .textarea, .tfoot, .th, .thead, .title, .tr, .track, .ul, .wbr, .xmp,
  ]

  /// The category "special" of SVG and MathML, which also end every scope but those of tables and
  /// lists of options.
  static let specialForeign: HTMLTagSet = [
    .mi, .mo, .mn, .ms, .mtext, .annotationXML, .foreignObject, .desc, .title,
  ]

  /// Elements in the list of active formatting elements.
  static let formatting: HTMLTagSet = [
    .a, .b, .big, .code, .em, .font, .i, .nobr, .s, .small, .strike, .strong, .tt, .u,
  ]

  static let headings: HTMLTagSet = [.h1, .h2, .h3, .h4, .h5, .h6]

  /// The elements that end a scope (section 13.2.4.2).
  static let scope: HTMLTagSet = [
    .applet, .caption, .html, .table, .td, .th, .marquee, .object, .template,
  ]
  static let listScope = scope.union([.ol, .ul])
  static let buttonScope = scope.union([.button])
  static let tableScope: HTMLTagSet = [.html, .table, .template]

  /// Elements whose end tags may be implied (section 13.2.6.3).
  static let impliedEnd: HTMLTagSet = [
    .dd, .dt, .li, .optgroup, .option, .p, .rb, .rp, .rt, .rtc,
  ]
  static let impliedEndThoroughly = impliedEnd.union([
    .caption, .colgroup, .tbody, .td, .tfoot, .th, .thead, .tr,
  ])

  /// Blocks that close an open paragraph and have nothing else of their own.
  static let blocks: HTMLTagSet = [
    .address, .article, .aside, .blockquote, .center, .details, .dialog, .dir, .div, .dl,
    .fieldset, .figcaption, .figure, .footer, .header, .hgroup, .main, .menu, .nav, .ol, .p,
    .search, .section, .summary, .ul,
  ]

  /// Start tags that end foreign content (section 13.2.6.5).
  static let breakout: HTMLTagSet = [
    .b, .big, .blockquote, .body, .br, .center, .code, .dd, .div, .dl, .dt, .em, .embed, .h1, .h2,
    .h3, .h4, .h5, .h6, .head, .hr, .i, .img, .li, .listing, .menu, .meta, .nobr, .ol, .p, .pre,
    .ruby, .s, .small, .span, .strong, .strike, .sub, .sup, .table, .tt, .u, .ul,
  ]

  /// Start tags that the rules of the head process wherever they are.
  static let headContent: HTMLTagSet = [
    .base, .basefont, .bgsound, .link, .meta, .noframes, .script, .style, .template, .title,
  ]

  static let rowGroups: HTMLTagSet = [.tbody, .tfoot, .thead]
  static let cells: HTMLTagSet = [.td, .th]
}
