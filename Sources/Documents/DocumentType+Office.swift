// Types of office programs and books: sheets, slides, texts, mail.

extension DocumentType {
  /// Office Open XML spreadsheets (ECMA-376).
  package static let xlsx: DocumentType = DocumentType(
    name: "xlsx", displayName: "XLSX", modality: .text,
    fileExtensions: ["xlsx", "xlsm", "xltx", "xltm"], recognition: .archive(XLSXReader.matches)
  ) { source throws(DocumentError) in try XLSXReader(source).read() }

  /// Office Open XML presentations; pages are slides.
  package static let pptx: DocumentType = DocumentType(
    name: "pptx", displayName: "PPTX", modality: .text,
    fileExtensions: ["pptx", "pptm", "ppsx", "ppsm", "potx", "potm"],
    recognition: .archive(PPTXReader.matches)
  ) { source throws(DocumentError) in try PPTXReader(source).read() }

  /// OpenDocument text.
  package static let odt: DocumentType = DocumentType(
    name: "odt", displayName: "ODT", modality: .text, fileExtensions: ["odt", "ott"],
    recognition: .archive { ODFReader.matches($0, kind: "text") }
  ) { source throws(DocumentError) in try ODFReader(source, as: .odt).read() }

  /// OpenDocument spreadsheets.
  package static let ods: DocumentType = DocumentType(
    name: "ods", displayName: "ODS", modality: .text, fileExtensions: ["ods", "ots"],
    recognition: .archive { ODFReader.matches($0, kind: "spreadsheet") }
  ) { source throws(DocumentError) in try ODFReader(source, as: .ods).read() }

  /// OpenDocument presentations; pages are slides.
  package static let odp: DocumentType = DocumentType(
    name: "odp", displayName: "ODP", modality: .text, fileExtensions: ["odp", "otp"],
    recognition: .archive { ODFReader.matches($0, kind: "presentation") }
  ) { source throws(DocumentError) in try ODFReader(source, as: .odp).read() }

  /// Rich Text.
  package static let rtf: DocumentType = DocumentType(
    name: "rtf", displayName: "RTF", modality: .text, fileExtensions: ["rtf"],
    recognition: .markup(RTFReader.isPresent)
  ) { source throws(DocumentError) in try RTFReader(source).read() }

  /// EPUB books.
  package static let epub: DocumentType = DocumentType(
    name: "epub", displayName: "EPUB", modality: .text, fileExtensions: ["epub"],
    recognition: .archive(EPUBReader.matches)
  ) { source throws(DocumentError) in try EPUBReader(source).read() }

  /// One mail message (RFC 5322).
  package static let eml: DocumentType = DocumentType(
    name: "eml", displayName: "EML", modality: .text, fileExtensions: ["eml"],
    recognition: .fileExtension
  ) { source throws(DocumentError) in try MailReader(source).readMessage() }

  /// A mailbox of messages (RFC 4155).
  package static let mbox: DocumentType = DocumentType(
    name: "mbox", displayName: "MBOX", modality: .text, fileExtensions: ["mbox", "mbx"],
    recognition: .markup { bytes, suggested in
      suggested != .eml && suggested != .sourceCode && Mailbox.isPresent(bytes)
    }
  ) { source throws(DocumentError) in try MailReader(source).readMailbox() }

  /// Word files of before 2007, through LibreOffice.
  package static let doc: DocumentType = DocumentType(
    name: "doc", displayName: "DOC", modality: .text, fileExtensions: ["doc", "dot"],
    recognition: .signature { OldOfficeReader.hasStream($0, "WordDocument") }
  ) { source throws(DocumentError) in
    let kind = OldOfficeReader.Kind(
      type: .doc, fileExtension: "doc", target: .docx, debianPackage: "libreoffice-writer-nogui")
    return try OldOfficeReader(source, kind: kind).read()
  }

  /// Excel files of before 2007, through LibreOffice.
  package static let xls: DocumentType = DocumentType(
    name: "xls", displayName: "XLS", modality: .text, fileExtensions: ["xls", "xlt"],
    recognition: .signature { OldOfficeReader.hasStream($0, "Workbook", "Book") }
  ) { source throws(DocumentError) in
    let kind = OldOfficeReader.Kind(
      type: .xls, fileExtension: "xls", target: .xlsx, debianPackage: "libreoffice-calc-nogui")
    return try OldOfficeReader(source, kind: kind).read()
  }

  /// PowerPoint files of before 2007, through LibreOffice.
  package static let ppt: DocumentType = DocumentType(
    name: "ppt", displayName: "PPT", modality: .text, fileExtensions: ["ppt", "pps", "pot"],
    recognition: .signature { OldOfficeReader.hasStream($0, "PowerPoint Document") }
  ) { source throws(DocumentError) in
    let kind = OldOfficeReader.Kind(
      type: .ppt, fileExtension: "ppt", target: .pptx, debianPackage: "libreoffice-impress-nogui")
    return try OldOfficeReader(source, kind: kind).read()
  }
}
