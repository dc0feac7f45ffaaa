/// Lists and pictures of a page.
extension HTMLTextWriter {
  // MARK: Pictures

  mutating func addImage(_ attributes: HTMLAttributes) {
    guard let address = attributes[.src], images.count < PictureCollector.shownLimit else { return }
    let captions = [HTMLAttribute.alt, .title].compactMap { attributes[$0] }
    images.append(
      ShownPicture(address: address, captions: captions, byteOffset: prose.bytes.count))
  }

  mutating func beginCaption() {
    guard let last = figures.indices.last else { return }
    figures[last].captionStart = prose.bytes.count
  }

  mutating func endCaption() {
    guard let last = figures.indices.last, let start = figures[last].captionStart else { return }
    figures[last].caption = String(decoding: prose.bytes[start...], as: UTF8.self)
    figures[last].captionStart = nil
  }

  /// The caption may precede the picture, so it is added at the end of the figure.
  mutating func endFigure() {
    guard let figure = figures.popLast(), !figure.caption.isEmpty else { return }
    for index in figure.firstImage..<images.count {
      images[index].captions.append(figure.caption)
    }
  }

  // MARK: Lists

  mutating func beginList(_ node: Int, _ tag: HTMLTag) {
    if lists.isEmpty { prose.breakParagraph() } else { prose.breakLine() }
    let first = page.nodes.attributes(node)[.start].flatMap { Int($0) } ?? 1
    lists.append(List(isOrdered: tag == .ol, number: first))
  }

  mutating func beginItem(_ attributes: HTMLAttributes) {
    // Indentation is limited to ten levels.
    let indentation = String(repeating: "  ", count: min(max(0, lists.count - 1), 10))
    guard let last = lists.indices.last, lists[last].isOrdered else {
      prose.beginItem(indentation + "- ")
      return
    }
    if let value = attributes[.value].flatMap({ Int($0) }) { lists[last].number = value }
    prose.beginItem(indentation + "\(lists[last].number). ")
    lists[last].number &+= 1
  }
}
