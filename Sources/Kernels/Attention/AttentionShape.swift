/// The heads of an attention layer.
package struct AttentionShape: Sendable, Equatable {
  /// Query heads; a multiple of `keyValueHeads`.
  package var heads: Int
  /// Heads of keys and of values.
  ///
  /// Query head h uses head `h / (heads / keyValueHeads)` of them (Ainslie et al. 2023,
  /// arXiv:2305.13245).
  package var keyValueHeads: Int
  /// Elements of a head.
  package var headDim: Int

  /// A shape with `keyValueHeads` heads of keys and values; as many as query heads when nil.
  package init(heads: Int, keyValueHeads: Int? = nil, headDim: Int) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.headDim = headDim
  }

  /// Elements of a row of queries, and of a row of the result.
  package var queryWidth: Int { heads * headDim }
  /// Elements of a row of keys, and of a row of values.
  package var keyWidth: Int { keyValueHeads * headDim }
  /// Elements of a packed row: queries, keys and values.
  package var columns: Int { queryWidth + 2 * keyWidth }
  /// Query heads that share a head of keys.
  package var headsPerKey: Int { heads / keyValueHeads }
  /// The first columns of queries, keys and values in a packed row.
  package var packedColumns: AttentionColumns {
    AttentionColumns(queries: 0, keys: queryWidth, values: queryWidth + keyWidth)
  }

  /// Traps where the heads do not share keys evenly.
  func check() {
    precondition(
      keyValueHeads > 0 && heads.isMultiple(of: keyValueHeads), "heads do not share evenly")
  }
}

/// The columns at which the heads of queries, keys and values begin in the rows of their matrices.
package struct AttentionColumns: Sendable, Equatable {
  /// The first column of the first query head.
  package var queries: Int
  /// The first column of the first head of keys.
  package var keys: Int
  /// The first column of the first head of values.
  package var values: Int

  /// Columns of three matrices of their own, where nothing else is given.
  package init(queries: Int = 0, keys: Int = 0, values: Int = 0) {
    self.queries = queries
    self.keys = keys
    self.values = values
  }
}
