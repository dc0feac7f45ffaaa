/// Which elements of a page are read, which are left out, and why.
///
/// A browser shows more than its main content: menus, lists of other pages, banners. They make up
/// about two fifths of the words of a news page, and a question that meets them gets a menu for an
/// answer. As readability and trafilatura do, blocks are judged by the share of their words that
/// are links, by their element and role, and by the words of their class and identifier; what is
/// left out is counted. If too little would be left, the page is a list of links by purpose, and all
/// of it is read.
struct HTMLContentPlan {
  private let page: HTMLPage
  /// Words below each node, and those of them in links.
  private var words: [Int32]
  private var linkWords: [Int32]
  private var linkCounts: [Int32]
  private(set) var reasons: [Int: LeftOutWords.Reason] = [:]

  /// Pages with fewer words are read whole, but for their navigation.
  static let smallestPage = 100
  /// The share of a page's words, in percent, that has to be left.
  static let smallestRest = 30

  init(_ page: HTMLPage) {
    self.page = page
    words = [Int32](repeating: 0, count: page.nodes.count)
    linkWords = words
    linkCounts = words
    let order = page.preorder()
    count(order)
    let hidden = HTMLHiddenElements(page, order)
    judge(order, hidden)
  }

  /// Number of words below a node.
  func wordCount(_ node: Int) -> Int { Int(words[node]) }

  private mutating func count(_ order: [Int]) {
    for node in order.reversed() {
      let kind = page.nodes[node].kind
      if kind == .text { words[node] = Int32(Self.wordCount(page.text[page.nodes.range(node)])) }
      let tag = page.nodes.tag(node)
      if HTMLTextWriter.unread.contains(tag) || page.nodes[node].namespace == .svg {
        (words[node], linkWords[node], linkCounts[node]) = (0, 0, 0)
      }
      if tag == .a {
        linkWords[node] = words[node]
        linkCounts[node] = 1
      }
      guard let parent = page.nodes.parent(node) else { continue }
      words[parent] += words[node]
      linkWords[parent] += linkWords[node]
      linkCounts[parent] += linkCounts[node]
    }
  }

  /// Words between white space; two characters of a script without spaces count as one.
  private static func wordCount(_ bytes: ArraySlice<UInt8>) -> Int {
    var count = 0
    var ideographs = 0
    var wasSpace = true
    for byte in bytes {
      let isSpace = byte <= 0x20
      if wasSpace, !isSpace { count += 1 }
      if (0xE3...0xED).contains(byte) { ideographs += 1 }
      wasSpace = isSpace
    }
    return count + ideographs / 2
  }

  // MARK: The judgement

  private mutating func judge(_ order: [Int], _ hidden: HTMLHiddenElements) {
    var total = 0
    var boilerplate: [Int] = []
    var skippedBelow: [Bool] = [Bool](repeating: false, count: page.nodes.count)
    var insideMain = skippedBelow
    let pageWords = Int(words[0])
    for node in order {
      if let parent = page.nodes.parent(node) {
        insideMain[node] = insideMain[parent]
        if skippedBelow[parent] {
          skippedBelow[node] = true
          continue
        }
      }
      guard page.nodes[node].kind == .element else { continue }
      let attributes = page.nodes.attributes(node)
      let tag = page.nodes.tag(node)
      if tag == .main || tag == .article || attributes[.role] == "main" { insideMain[node] = true }
      if hidden.isHidden(node) {
        reasons[node] = .hidden
      } else if isNavigation(node, tag, attributes) {
        reasons[node] = .navigation
      } else if pageWords >= Self.smallestPage,
        isBoilerplate(node, tag, attributes, insideMain: insideMain[node], of: pageWords)
      {
        reasons[node] = .boilerplate
        boilerplate.append(node)
      }
      if reasons[node] != nil {
        skippedBelow[node] = true
        total += Int(words[node])
      }
    }
    if (pageWords - total) * 100 < pageWords * Self.smallestRest {
      for node in boilerplate { reasons[node] = nil }
    }
  }

  private func isNavigation(_ node: Int, _ tag: HTMLTag, _ attributes: HTMLAttributes) -> Bool {
    guard tag == .nav || attributes[.role] == "navigation" else { return false }
    // Prose inside a navigation element is a mistake of the page, and is read.
    return words[node] < 30 || share(node) >= 30
  }

  /// The share of a node's words that are links, in percent.
  private func share(_ node: Int) -> Int {
    words[node] > 0 ? Int(linkWords[node]) * 100 / Int(words[node]) : 0
  }

  private static let blocks: HTMLTagSet = [
    .aside, .div, .dl, .footer, .form, .header, .ol, .p, .section, .table, .td, .ul,
  ]

  private func isBoilerplate(
    _ node: Int, _ tag: HTMLTag, _ attributes: HTMLAttributes, insideMain: Bool, of pageWords: Int
  ) -> Bool {
    let count = Int(words[node])
    guard count > 0, Self.blocks.contains(tag), count * 10 < pageWords * 4 else { return false }
    let hint = HTMLBlockHint(attributes)
    if hint == .banner { return count < 200 }
    let share = share(node)
    if insideMain { return hint == .furniture && share >= 50 && count < 200 }
    if hint == .furniture || tag == .footer || tag == .aside { return share >= 20 }
    return share >= 60 && linkCounts[node] > 2
  }
}

/// The kind of a block according to its class, identifier and role.
enum HTMLBlockHint {
  /// Cookies, advertisements, buttons for sharing: never content.
  case banner
  /// Menus, side bars, related pages: no content if they are made of links.
  case furniture

  init?(_ attributes: HTMLAttributes) {
    var words: Set<Substring> = []
    for attribute in [HTMLAttribute.class, .id, .role] {
      guard let value = attributes[attribute] else { continue }
      words.formUnion(value.lowercased().split { !$0.isLetter })
    }
    if words.isEmpty { return nil }
    if !words.isDisjoint(with: Self.banners) {
      self = .banner
    } else if !words.isDisjoint(with: Self.furnitures) {
      self = .furniture
    } else {
      return nil
    }
  }

  private static let banners: Set<Substring> = [
    "advert", "advertisement", "ads", "breadcrumb", "breadcrumbs", "consent", "cookie", "cookies",
    "gdpr", "newsletter", "outbrain", "pagination", "share", "sharing", "social", "sponsored",
    "taboola",
  ]
  private static let furnitures: Set<Substring> = [
    "aside", "banner", "byline", "complementary", "contentinfo", "footer", "header", "menu",
    "menubar", "meta", "nav", "navbar", "navigation", "pager", "popular", "promo", "recommended",
    "related", "search", "sidebar", "skip", "submenu", "subscribe", "tags", "toolbar", "trending",
    "widget",
  ]
}
