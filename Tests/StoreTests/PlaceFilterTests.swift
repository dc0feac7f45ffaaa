import Testing

@testable import Store

/// Places are compared byte for byte, and no character of them is a wildcard.
@Suite struct PlaceFilterTests {
  @Test func placesAreExact() {
    let filter = SearchFilter(places: ["/d/Which one?", "/d/\u{DC}"])
    #expect(filter.hasPlace(of: "/d/Which one?/g.txt") && filter.hasPlace(of: "/d/Which one?"))
    #expect(!filter.hasPlace(of: "/d/Which ones/g.txt") && !filter.hasPlace(of: "/d/Which one?x"))
    #expect(filter.hasPlace(of: "/d/\u{DC}/a") && !filter.hasPlace(of: "/d/U\u{308}/a"))
    #expect(SearchFilter(places: ["/"]).hasPlace(of: "/a/b"))
    #expect(!filter.isEmpty && SearchFilter().isEmpty)
  }
}
