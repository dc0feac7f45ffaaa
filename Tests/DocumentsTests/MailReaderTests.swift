import Testing

@testable import Documents

/// Messages and mailboxes: decoded headers and texts, places, attachments.
@Suite struct MailReaderTests {
  @Test func aMessageHasItsHeaderTextAndAttachments() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("offer.eml"))
    #expect(document.type == .eml)
    #expect(document.title == "Réparation du toit — offre n° 7")
    #expect(
      document.text == """
        Réparation du toit — offre n° 7

        From: Zoë Müller <zoe@example.org>
        To: Greta Holm <greta@example.org>
        Date: Fri, 01 May 2026 10:00:00 +0200

        Bonjour Greta,

        Le toit sera réparé le 12 juin pour 4 300 €.

        Zoë

        Attachments: devis été.pdf
        """)
    #expect(document.warnings.count == 1)
    #expect(document.warnings.first?.hasPrefix("1 attachment(s) were not read") == true)
  }

  @Test func aMailboxHasAPartForEachMessage() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("letters.mbox"))
    #expect(document.type == .mbox)
    let chunks = Chunker(maximumTokenCount: 400, measure: ChunkerTests.words).chunks(of: document)
    #expect(
      chunks.map(\.place) == [
        "message 'Строия site' of 2026-06-03", "message 'Boiler service' of 2026-06-02",
      ])
    #expect(chunks[0].text.contains("From: Jiří Novák <jiri@example.org>"))
    #expect(chunks[0].text.contains("Klíč je v trezoru."))
    // The mark that the mailbox put before the line is gone.
    #expect(chunks[1].text.contains("\nFrom tomorrow the boiler is serviced."))
  }

  @Test(arguments: [
    ("=?utf-8?q?Caf=C3=A9_noir?=", "Café noir"), ("plain", "plain"), ("=?utf-8?b?w6k=?=", "é"),
    ("=?utf-8?b?w6k=?= =?utf-8?b?w6k=?=", "éé"), ("a =?iso-8859-1?q?=E9?= b", "a é b"),
    // A character that is split between two words.
    ("=?utf-8?b?w?= =?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"), ("=?x-none?q?abc?=", "abc"),
    ("=?utf-8?q?open", "=?utf-8?q?open"), ("=?gb2312?B?xOO6ww==?=", "你好"), ("=?=?=?", "=?=?=?"),
    ("=?utf-8*en?q?hi?=", "hi"),
  ])
  func encodedWordsAreResolved(value: String, decoded: String) {
    #expect(EncodedWords.decode(value) == decoded)
  }

  @Test func parametersMayBeContinuedAndEncoded() {
    let parameters = HeaderParameters(
      "attachment; filename*0*=utf-8'fr'devis%20; filename*1=\"juin; 2.pdf\"; size=3; x*=latin1''%E9"
    )
    #expect(parameters.value("filename") == "devis juin; 2.pdf")
    #expect(parameters.value("size") == "3")
    #expect(parameters.value("x") == "é")
  }

  @Test func quotedPrintableJoinsLines() {
    let text = Array("a=\r\nb=3D=E9 = x=  \nend=".utf8)
    #expect(
      TransferEncoding.quotedPrintableDecoded(text[...]) == Array("ab=".utf8) + [0xE9]
        + Array(" = xend".utf8))
  }

  @Test(arguments: [
    "aGVsbG8=", "aGVs\r\nbG8=", "aGVsbG8", " aGVsbG8=  ", "aGVsbG8=!",
  ])
  func base64IsDecoded(text: String) {
    #expect(TransferEncoding.base64Decoded(Array(text.utf8)[...]) == Array("hello".utf8))
  }

  @Test func flowedTextIsJoined() {
    #expect(
      MailMessage.unflowed("one \ntwo\n\n-- \nsign \noff\n> q \n> r")
        == "one two\n\n-- \nsign off\n> q \n> r")
  }

  @Test(arguments: [
    ("Fri, 1 May 2026 10:00:00 +0200", "2026-05-01"), ("1-May-26 10:00", "2026-05-01"),
    ("Mon May  4 10:00:00 2026", nil), ("yesterday", nil),
  ])
  func datesAreRead(value: String, date: String?) {
    #expect(MailDate.isoDate(of: value) == date)
  }

  @Test func forwardedMessagesAndNestedPartsAreRead() throws {
    let mail = """
      From: a@example.org
      Subject: Fwd
      Content-Type: multipart/mixed; boundary=b

      preamble
      --b
      Content-Type: text/plain; charset=utf-8

      See below.
      --b
      Content-Type: message/rfc822

      From: c@example.org
      Subject: Original
      Date: Thu, 7 May 2026 10:00:00 +0000

      The key is under the mat.
      --b--
      epilogue
      """
    let document = try DocumentFixture.read(mail, "a.eml")
    #expect(document.headings.map(\.title) == ["Fwd", "Original"])
    #expect(document.text.contains("The key is under the mat."))
    #expect(!document.text.contains("epilogue") && !document.text.contains("preamble"))
  }

  @Test func aFileWithoutHeaderIsDamaged() {
    #expect(throws: DocumentError.self) { try DocumentFixture.read("no header here", "a.eml") }
  }
}
