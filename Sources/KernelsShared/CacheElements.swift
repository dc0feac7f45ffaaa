import KernelInterface

// Attention with a cache, its elements: loaded, widened and scaled.

/// Whether elements have scales; a switch, since `==` would need a conformance in this module.
@inline(__always)
func isScaled(_ type: CacheElement) -> Bool {
  switch type {
  case .f32, .f16: false
  case .q80: true
  }
}

/// One register of a cache's elements, widened; scales apart.
@inline(__always)
func loadCached(_ source: UnsafeRawPointer, type: CacheElement) -> FloatLanes {
  switch type {
  case .f32: load(source.assumingMemoryBound(to: Float.self))
  case .f16: loadHalves(source.assumingMemoryBound(to: Float16.self))
  case .q80: loadSignedBytes(source)
  }
}

/// The scales of the elements that a ``CacheProduct`` loads.
struct CacheScale {
  var first = zeroLanes()
  var second = zeroLanes()
  var next: UnsafePointer<Float16>?

  @inline(__always)
  init(_ product: CacheProduct, type: CacheElement, isKey: Bool) {
    guard isScaled(type), let scales = product.scales else { return }
    if isKey {
      first = loadHalves(scales)
      second = loadHalves(scales + product.secondScale)
    } else {
      next = scales
      advance(product.scaleStep)
    }
  }

  /// Takes the next term's scale.
  ///
  /// The scale after the last is read as well: a cache has room for it.
  @inline(__always)
  mutating func advance(_ step: Int) {
    guard let scales = next else { return }
    first = broadcast(Float(scales.pointee))
    second = first
    next = scales + step
  }

  @inline(__always)
  func apply(_ lanes: FloatLanes, type: CacheElement, isSecond: Bool) -> FloatLanes {
    guard isScaled(type) else { return lanes }
    return lanes * (isSecond ? second : first)
  }
}
