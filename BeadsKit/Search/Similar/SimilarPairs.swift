/// Finds the pairs of texts that are alike, without comparing each with each word by word.
///
/// The words of a text are ordered by how few texts have them. Its head is the shortest beginning after which the
/// rest alone could not make two texts alike enough, however well it fitted. The rarest word that two similar texts
/// share is then in both heads, so that an index of the heads finds every pair (prefix filtering), and common words
/// are never looked up. Where texts have few different words the index would name more texts than there are: then
/// all of similar length are looked at. Sketches bound the similarity, and only pairs above the bound are compared
/// whole. The higher the least similarity, the better all that works, so that a limited number of pairs is first
/// looked for among the most similar.
struct SimilarPairs {
  struct Pair {
    let first: Int
    let second: Int
    let similarity: Double
  }

  private let counts: WordCounts
  private let sketches: [WordSketch]
  /// The texts from the shortest to the longest, and the number of words of each.
  private let order: [Int32]
  private let totals: [Double]
  private let threshold: Double
  /// Room for rounding, in bounds only.
  private static let slack = 1e-9

  /// Takes texts; linear in their length.
  /// - Parameter threshold: The least similarity of interest, above 0 and at most 1.
  init(_ texts: some Sequence<String>, threshold: Double) {
    self.threshold = threshold
    let counts = WordCounts(texts)
    self.counts = counts
    sketches = counts.bags.map { WordSketch(counts.entries[$0.range]) }
    order = counts.bags.indices.sorted { (counts.bags[$0].total, $0) < (counts.bags[$1].total, $1) }
      .map(Int32.init)
    totals = order.map { Double(counts.bags[Int($0)].total) }
  }

  /// How many of a text's words are its head.
  private func head(_ bag: WordCounts.Bag, _ threshold: Double) -> Int {
    let (total, length) = (Double(bag.total), Double(bag.square).squareRoot())
    var (tailTotal, tailSquare) = (0.0, 0.0)
    for place in bag.range.reversed() {
      let count = Double(counts.entries[place].count)
      tailTotal += count
      tailSquare += count * count
      if (tailTotal / total + tailSquare.squareRoot() / length) / 2 >= threshold - Self.slack {
        return place + 1 - bag.range.lowerBound
      }
    }
    return 0
  }

  // MARK: Pairs

  /// The pairs, the most similar first and then in the order of the texts; the first of a pair comes before the second.
  /// - Parameter limit: At most so many; nil for all.
  func pairs(limit: Int? = nil) -> [Pair] {
    if limit == 0 { return [] }
    if let limit {
      for least in [0.9, 0.75, 0.6] where least > threshold {
        let found = pairs(from: least, limit)
        if found.count >= limit { return found }
      }
    }
    return pairs(from: threshold, limit)
  }

  private func pairs(from threshold: Double, _ limit: Int?) -> [Pair] {
    var found: [Pair] = []
    // Once there are as many pairs as wanted, only better ones count, and heads become shorter.
    var least = threshold
    var candidates = Candidates(counts)
    var table = [Int32](repeating: 0, count: counts.wordCount)
    var shortest = 0
    for place in order.indices {
      let text = Int(order[place])
      let bag = counts.bags[text]
      // Of texts that are shorter than that, not even all words would do.
      while totals[shortest] < totals[place] * (2 * least - 1) - Self.slack { shortest += 1 }
      let words = counts.entries[bag.range.prefix(head(bag, least))]
      candidates.collect(words, order[shortest..<place], text)
      if candidates.texts.isEmpty { continue }
      counts.spread(bag, into: &table)
      let bound = Float(least - 1e-4)
      for other in candidates.texts where sketches[text].bound(sketches[Int(other)]) >= bound {
        let similarity = counts.similarity(bag, table, to: counts.bags[Int(other)])
        if similarity < least { continue }
        let pair = (min(text, Int(other)), max(text, Int(other)))
        found.append(Pair(first: pair.0, second: pair.1, similarity: similarity))
      }
      counts.spread(bag, into: &table, isClearing: true)
      if let limit, found.count / 2 >= limit {
        Self.keepBest(limit, of: &found)
        least = found.last?.similarity ?? least
      }
    }
    Self.keepBest(limit ?? .max, of: &found)
    return found
  }

  private static func keepBest(_ limit: Int, of pairs: inout [Pair]) {
    pairs.sort { ($1.similarity, $0.first, $0.second) < ($0.similarity, $1.first, $1.second) }
    if pairs.count > limit { pairs.removeLast(pairs.count - limit) }
  }
}

/// The texts so far by the words of their heads, and those that share one with the present text.
private struct Candidates {
  private var postings: [[Int32]]
  private var seen: [Int32]
  /// The texts to compare with.
  private(set) var texts: [Int32] = []

  init(_ counts: WordCounts) {
    postings = [[Int32]](repeating: [], count: counts.wordCount)
    seen = [Int32](repeating: -1, count: counts.bags.count)
  }

  /// Looks the words of a text's head up, and adds it to their lists.
  /// - Parameter earlier: The texts before that are long enough.
  mutating func collect(_ words: ArraySlice<WordCounts.Entry>, _ earlier: ArraySlice<Int32>, _ text: Int) {
    texts.removeAll(keepingCapacity: true)
    let volume = words.reduce(0) { $0 + postings[Int($1.word)].count }
    if volume > earlier.count {
      texts.append(contentsOf: earlier)
    } else {
      for entry in words {
        for other in postings[Int(entry.word)] where seen[Int(other)] != Int32(text) {
          seen[Int(other)] = Int32(text)
          texts.append(other)
        }
      }
    }
    for entry in words { postings[Int(entry.word)].append(Int32(text)) }
  }
}
