// Types of text files with a structure of their own: tables, data, source code.

extension DocumentType {
  /// reStructuredText; its text is the file's own, with the markup.
  package static let rst: DocumentType = DocumentType(
    name: "rst", displayName: "RST", modality: .text, fileExtensions: ["rst", "rest"],
    recognition: .fileExtension
  ) { source throws(DocumentError) in try RSTReader(source).read() }

  /// Comma-separated and tab-separated values.
  package static let csv: DocumentType = DocumentType(
    name: "csv", displayName: "CSV", modality: .text, fileExtensions: ["csv", "tsv", "tab"],
    recognition: .fileExtension
  ) { source throws(DocumentError) in try CSVReader(source).read() }

  /// JSON.
  package static let json: DocumentType = DocumentType(
    name: "json", displayName: "JSON", modality: .text, fileExtensions: ["json", "geojson"],
    recognition: .fileExtension
  ) { source throws(DocumentError) in try JSONReader(source).read() }

  /// JSON Lines: one record per line.
  package static let jsonLines: DocumentType = DocumentType(
    name: "jsonl", displayName: "JSONL", modality: .text, fileExtensions: ["jsonl", "ndjson"],
    recognition: .fileExtension
  ) { source throws(DocumentError) in try JSONReader(source).readLines() }

  /// Jupyter notebooks.
  package static let notebook: DocumentType = DocumentType(
    name: "notebook", displayName: "IPYNB", modality: .text, fileExtensions: ["ipynb"],
    recognition: .fileExtension
  ) { source throws(DocumentError) in try NotebookReader(source).read() }

  /// Subtitles, SubRip and WebVTT.
  package static let subtitles: DocumentType = DocumentType(
    name: "subtitles", displayName: "SRT, VTT", modality: .text,
    fileExtensions: ["srt", "vtt"], recognition: .fileExtension
  ) { source throws(DocumentError) in try SubtitleReader(source).read() }

  /// Source code and settings files, of the languages in `SourceLanguage`.
  package static let sourceCode: DocumentType = DocumentType(
    name: "code", displayName: "source code", modality: .text,
    fileExtensions: SourceLanguage.fileExtensions, recognition: .fileExtension
  ) { source throws(DocumentError) in try SourceCodeReader(source).read() }
}
