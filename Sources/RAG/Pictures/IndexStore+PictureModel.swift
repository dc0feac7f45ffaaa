package import Store

extension IndexStore {
  /// The model as it is used with this index: the first call of ``PictureModel/get()`` checks that the
  /// index has its vectors from the same model, and adds the space of pictures where it is missing.
  package func adopting(_ model: PictureModel) -> PictureModel {
    PictureModel { [self] in
      let embedder = try model.get()
      if let embedder { try adopt(embedder.vectorSpace) }
      return embedder
    }
  }
}
