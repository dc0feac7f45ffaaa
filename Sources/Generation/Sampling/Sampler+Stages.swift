// The stages between top-k and the draw. Each one keeps a part of the candidates, which are ranked by
// logit; probabilities are normalised over the candidates that the previous stages kept.

extension Sampler {
  /// Σ exp((l - l_max) / temperature) over the candidates.
  ///
  /// While all candidates remain, the sum runs in the order of ids, which needs no sorting; after
  /// that, in the order of ranks.
  private mutating func weightSum(temperature: Double = 1) -> Double {
    let largest = Double(candidates[0].key)
    var sum = 0.0
    if candidates.isWhole {
      for id in 0..<vocabularyCount {
        sum += portableExp((Double(logits[id]) - largest) / temperature)
      }
    } else {
      for rank in 0..<candidates.count {
        sum += portableExp((Double(candidates[rank].key) - largest) / temperature)
      }
    }
    return sum
  }

  /// Locally typical sampling: keeps the tokens whose information -log p is nearest to the entropy,
  /// until their probabilities exceed `typicalP`.
  ///
  /// - Source: Meister et al., Locally typical sampling, arXiv:2202.00666;
  ///   `llama_sampler_typical_apply`.
  mutating func applyTypical() {
    guard options.typicalP < 1 else { return }
    let offset = Double(candidates[0].key) + portableLog(weightSum())
    var entropy = 0.0
    for rank in 0..<candidates.count {
      let logprob = Double(candidates[rank].key) - offset
      entropy -= portableExp(logprob) * logprob
    }
    // A second ranking, whose "ids" are the ranks of the first.
    typicality.removeAll()
    for rank in 0..<candidates.count {
      let logprob = Double(candidates[rank].key) - offset
      typicality.append(id: Int32(rank), key: -Float(abs(-logprob - entropy)))
      isKept[rank] = false
    }
    typicality.rank()
    var probability = 0.0
    var place = 0
    while place < typicality.count, place == 0 || probability <= options.typicalP {
      let rank = Int(typicality[place].id)
      probability += portableExp(Double(candidates[rank].key) - offset)
      isKept[rank] = true
      place += 1
    }
    var keptCount = 0
    for rank in 0..<candidates.count where isKept[rank] {
      candidates.move(from: rank, to: keptCount)
      keptCount += 1
    }
    candidates.keep(first: keptCount)
  }

  /// Nucleus sampling: keeps the most probable tokens until their probabilities reach `topP`.
  ///
  /// - Source: Holtzman et al., The curious case of neural text degeneration, arXiv:1904.09751.
  mutating func applyTopP() {
    guard options.topP < 1 else { return }
    let largest = Double(candidates[0].key)
    let enough = options.topP * weightSum()
    var weight = 0.0
    var keptCount = 0
    while keptCount < candidates.count, keptCount == 0 || weight < enough {
      weight += portableExp(Double(candidates[keptCount].key) - largest)
      keptCount += 1
    }
    candidates.keep(first: keptCount)
  }

  /// Min-p sampling: keeps the tokens that are at least `minP` times as probable as the first.
  ///
  /// - Source: Nguyen et al., Min-p sampling, arXiv:2407.01082.
  mutating func applyMinP() {
    guard options.minP > 0 else { return }
    let least = Double(candidates[0].key) + portableLog(options.minP)
    var keptCount = 1
    while keptCount < candidates.count, Double(candidates[keptCount].key) >= least {
      keptCount += 1
    }
    candidates.keep(first: keptCount)
  }

  /// The candidate at which the cumulative weight exceeds the fraction `uniform` of the total.
  mutating func draw(_ uniform: Double) -> Int32 {
    let largest = Double(candidates[0].key)
    let target = uniform * weightSum(temperature: options.temperature)
    var chosen = candidates[0].id
    var sum = 0.0
    for rank in 0..<candidates.count {
      let candidate = candidates[rank]
      let weight = portableExp((Double(candidate.key) - largest) / options.temperature)
      // The rest is smaller; a sum in another order may fall short of the target by a last bit.
      if weight == 0 { break }
      chosen = candidate.id
      sum += weight
      if sum > target { break }
    }
    return chosen
  }
}
