public import RAG
public import Store

// The types of answers and passages belong to the modules that make them. These names let a client
// use them with `import SwiftRAG` alone.

/// The answer to a question, with the passages that it rests on.
public typealias Answer = RAG.Answer
/// Answered questions to which a follow-up question may refer.
public typealias Conversation = RAG.Conversation
/// The strength of passages as evidence for a question.
public typealias Evidence = RAG.Evidence
/// An event of indexing.
public typealias IngestEvent = RAG.IngestEvent
/// The result of indexing.
public typealias IngestReport = RAG.IngestReport
/// A passage of a document, found by a search.
public typealias Passage = Store.Passage
/// The place of a passage: file, page, lines and heading.
public typealias Citation = Store.Citation
/// The search mode: by vectors, by words, or both.
public typealias SearchMode = Store.SearchMode
/// A restriction of a search to some documents.
public typealias SearchFilter = Store.SearchFilter
