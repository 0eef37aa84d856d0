/// Finds the pairs of texts that are alike, without comparing each with each.
///
/// The words of a text are ordered by how few texts have them. Its head is the shortest beginning after which the
/// rest alone could not make two texts alike enough, however well it fitted. The rarest word that two similar texts
/// share is then in both heads, so that an index of the heads finds every pair (prefix filtering), and common words
/// are never looked up. What the heads share bounds the similarity; only pairs above the bound are compared whole.
struct SimilarPairs {
  struct Pair {
    let first: Int
    let second: Int
    let similarity: Double
  }

  /// The facts about a bag that bounds need.
  private struct Facts {
    /// How many of the entries are the head.
    var head = 0
    /// The last word of the head.
    var lastWord: Int32 = -1
    /// The number of words, and of those in the tail, with repetitions.
    var total = 0.0
    var tailTotal = 0.0
    /// The length as a vector, and that of the tail.
    var length = 0.0
    var tailLength = 0.0
  }

  /// What the heads of two texts have in common.
  private struct Overlap {
    var common: Int32 = 0
    var product: Int64 = 0
  }

  private struct Posting {
    let document: Int32
    let count: Int32
  }

  private var bags: [TokenBag] = []
  private let wordCount: Int
  private let threshold: Double
  /// Room for rounding, in bounds only.
  private static let slack = 1e-9

  /// Takes texts; linear in their length.
  /// - Parameter threshold: The least similarity of interest, above 0 and at most 1.
  init(_ texts: some Sequence<String>, threshold: Double) {
    self.threshold = threshold
    var numbers: [String: Int32] = [:]
    var lists: [[Int32]] = []
    for text in texts {
      var list: [Int32] = []
      TokenBag.words(of: text) { word in
        let number = numbers[word] ?? Int32(numbers.count)
        if number == numbers.count { numbers[word] = number }
        list.append(number)
      }
      list.sort()
      lists.append(list)
    }
    wordCount = numbers.count
    let ranks = Self.ranks(lists, wordCount: wordCount)
    bags = lists.map { list in TokenBag(sorted: list.map { ranks[Int($0)] }.sorted()) }
  }

  /// The place of each word in the order of rarity.
  private static func ranks(_ lists: [[Int32]], wordCount: Int) -> [Int32] {
    var frequency = [Int32](repeating: 0, count: wordCount)
    for list in lists {
      var last: Int32 = -1
      for word in list where word != last {
        frequency[Int(word)] += 1
        last = word
      }
    }
    var ranks = [Int32](repeating: 0, count: wordCount)
    let order = (0..<wordCount).sorted { (frequency[$0], $0) < (frequency[$1], $1) }
    for (rank, word) in order.enumerated() { ranks[word] = Int32(rank) }
    return ranks
  }

  private static func facts(_ bag: TokenBag, _ threshold: Double) -> Facts {
    var facts = Facts()
    facts.total = Double(bag.total)
    facts.length = Double(bag.square).squareRoot()
    facts.head = bag.entries.count
    var tailSquare = 0.0
    while facts.head > 0 {
      let count = Double(bag.entries[facts.head - 1].count)
      let (total, square) = (facts.tailTotal + count, tailSquare + count * count)
      if (total / facts.total + square.squareRoot() / facts.length) / 2 >= threshold - slack { break }
      (facts.tailTotal, tailSquare) = (total, square)
      facts.head -= 1
    }
    facts.tailLength = tailSquare.squareRoot()
    if facts.head > 0 { facts.lastWord = bag.entries[facts.head - 1].word }
    return facts
  }

  // MARK: Pairs

  /// The pairs, the most similar first and then in the order of the texts; the first of a pair comes before the second.
  /// - Parameter limit: At most so many; nil for all.
  func pairs(limit: Int? = nil) -> [Pair] {
    if limit == 0 { return [] }
    var found: [Pair] = []
    // Once there are as many pairs as wanted, only better ones count, and heads become shorter.
    var least = threshold
    var postings = [[Posting]](repeating: [], count: wordCount)
    var facts: [Facts] = []
    var overlaps = [Overlap](repeating: Overlap(), count: bags.count)
    var touched: [Int32] = []
    for (second, bag) in bags.enumerated() {
      let own = Self.facts(bag, least)
      facts.append(own)
      for entry in bag.entries[..<own.head] {
        for posting in postings[Int(entry.word)] {
          let first = Int(posting.document)
          if overlaps[first].common == 0 { touched.append(posting.document) }
          overlaps[first].common += min(entry.count, posting.count)
          overlaps[first].product += Int64(entry.count) * Int64(posting.count)
        }
        postings[Int(entry.word)].append(Posting(document: Int32(second), count: entry.count))
      }
      for first in touched {
        let first = Int(first)
        let bound = Self.bound(facts[first], own, overlaps[first])
        overlaps[first] = Overlap()
        if bound + Self.slack < least { continue }
        let similarity = bags[first].similarity(to: bag)
        if similarity >= least { found.append(Pair(first: first, second: second, similarity: similarity)) }
      }
      touched.removeAll(keepingCapacity: true)
      if let limit, found.count / 2 >= limit {
        Self.keepBest(limit, of: &found)
        least = found.last?.similarity ?? least
      }
    }
    Self.keepBest(limit ?? .max, of: &found)
    return found
  }

  /// The most similar two texts can be whose heads have so much in common.
  @inline(__always)
  private static func bound(_ a: Facts, _ b: Facts, _ overlap: Overlap) -> Double {
    // Other words they share come after the head that ends first, and so are in its tail.
    let isFirst = a.lastWord < b.lastWord
    let tailTotal = isFirst ? a.tailTotal : b.tailTotal
    let tailProduct = isFirst ? a.tailLength * b.length : b.tailLength * a.length
    let common = min(Double(overlap.common) + tailTotal, min(a.total, b.total))
    let product = min(Double(overlap.product) + tailProduct, a.length * b.length)
    return (common / (a.total + b.total - common) + product / (a.length * b.length)) / 2
  }

  private static func keepBest(_ limit: Int, of pairs: inout [Pair]) {
    pairs.sort { ($1.similarity, $0.first, $0.second) < ($0.similarity, $1.first, $1.second) }
    if pairs.count > limit { pairs.removeLast(pairs.count - limit) }
  }
}
