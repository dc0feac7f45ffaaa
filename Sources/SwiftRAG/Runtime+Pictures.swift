package import RAG

extension Runtime {
  package func pictureEmbedderIfPresent() throws -> (any PictureEmbedder)? { nil }
}
