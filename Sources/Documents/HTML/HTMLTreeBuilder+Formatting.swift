/// Formatting elements such as `b` and `a`, which pages close in any order.
extension HTMLTreeBuilder {
  /// Adds the current element, at most three with the same tag and attributes.
  mutating func pushFormatting(_ node: Int) {
    var equal: [Int] = []
    var first = formatting.count
    for (index, entry) in formatting.enumerated().reversed() {
      guard case .element(let other) = entry else { break }
      first = index
      if nodes.tag(other) == nodes.tag(node),
        nodes.attributes(other).fingerprint == nodes.attributes(node).fingerprint
      {
        equal.append(index)
      }
    }
    if equal.count >= 3, let earliest = equal.last { formatting.remove(at: earliest) }
    if formatting.count - first >= Self.maximumFormattingCount { formatting.remove(at: first) }
    formatting.append(.element(node))
  }

  /// Begins a part of the page whose formatting elements are closed with it.
  mutating func pushMarker() {
    if formatting.count < Self.maximumMarkedCount { formatting.append(.marker) }
  }

  mutating func clearFormattingToMarker() {
    while let entry = formatting.popLast() {
      if case .marker = entry { return }
    }
  }

  /// Opens the formatting elements again that a block has closed (section 13.2.4.3).
  mutating func reconstructFormatting() {
    var index = formatting.count
    while index > 0, case .element(let node) = formatting[index - 1], !open.contains(node) {
      index -= 1
    }
    // Without this bound a page of n tags could ask for n² elements.
    guard reopenedCount < 10_000 + 4 * tokenizer.position else { return }
    while index < formatting.count {
      guard case .element(let node) = formatting[index] else { return }
      let copy = nodes.copy(node)
      push(copy)
      formatting[index] = .element(copy)
      reopenedCount += 1
      index += 1
    }
  }

  /// The index in `formatting` of the last element with a tag after the last marker.
  func lastFormatting(_ tag: HTMLTag) -> Int? {
    for (index, entry) in formatting.enumerated().reversed() {
      guard case .element(let node) = entry else { return nil }
      if nodes.tag(node) == tag { return index }
    }
    return nil
  }

  private func formattingIndex(of node: Int) -> Int? {
    formatting.firstIndex {
      if case .element(node) = $0 { true } else { false }
    }
  }

  /// The adoption agency algorithm (section 13.2.6.4.7).
  mutating func adopt(_ token: HTMLToken) {
    if let node = current, nodes.tag(node) == token.tag, formattingIndex(of: node) == nil {
      open.removeLast()
      return
    }
    for _ in 0..<8 {
      guard let entry = lastFormatting(token.tag), case .element(let element) = formatting[entry]
      else { return endOther(token) }
      guard let place = open.lastIndex(of: element) else {
        formatting.remove(at: entry)
        return
      }
      guard isInScope(element) else { return }
      guard
        let furthest = open[(place + 1)...].first(where: { isSpecial($0) })
      else {
        open.removeSubrange(place...)
        formatting.remove(at: entry)
        return
      }
      moveOut(furthest, of: element, at: place)
    }
  }

  private func isInScope(_ element: Int) -> Bool {
    for node in open.reversed() {
      if node == element { return true }
      if nodes[node].namespace == .html {
        if HTMLTagSet.scope.contains(nodes.tag(node)) { return false }
      } else if HTMLTagSet.specialForeign.contains(nodes[node].tag) {
        return false
      }
    }
    return false
  }

  func isSpecial(_ node: Int) -> Bool {
    nodes[node].namespace == .html
      ? HTMLTagSet.special.contains(nodes[node].tag)
      : HTMLTagSet.specialForeign.contains(nodes[node].tag)
  }

  /// One round: takes the furthest block out of the formatting element and puts a copy of that
  /// element into it.
  private mutating func moveOut(_ furthest: Int, of element: Int, at place: Int) {
    let ancestor = place > 0 ? open[place - 1] : 0
    guard var bookmark = formattingIndex(of: element),
      var index = open.lastIndex(of: furthest)
    else { return }
    var last = furthest
    var round = 0
    while true {
      round += 1
      index -= 1
      guard index > place else { break }
      var node = open[index]
      var entry = formattingIndex(of: node)
      if round > 3, let known = entry {
        formatting.remove(at: known)
        if known < bookmark { bookmark -= 1 }
        entry = nil
      }
      guard let entry else {
        open.remove(at: index)
        continue
      }
      node = nodes.copy(node)
      formatting[entry] = .element(node)
      open[index] = node
      if last == furthest { bookmark = entry + 1 }
      nodes.remove(last)
      nodes.insert(last, into: node)
      last = node
    }
    nodes.remove(last)
    let target = self.place(in: ancestor)
    nodes.insert(last, into: target.parent, before: target.before)
    let copy = nodes.copy(element)
    nodes.moveChildren(of: furthest, to: copy)
    nodes.insert(copy, into: furthest)
    if let old = formattingIndex(of: element) {
      formatting.remove(at: old)
      if old < bookmark { bookmark -= 1 }
    }
    formatting.insert(.element(copy), at: min(bookmark, formatting.count))
    open.removeAll { $0 == element }
    if let position = open.lastIndex(of: furthest) { open.insert(copy, at: position + 1) }
  }
}
