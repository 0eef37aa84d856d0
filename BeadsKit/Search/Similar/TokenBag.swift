/// The words of a text, each with how often it occurs.
///
/// A word is two or more letters, digits and hyphens, in lower case.
struct TokenBag {
  /// The words in the order of the text, repeated as they are.
  static func words(of text: String, _ body: (String) -> Void) {
    var word: [UInt8] = []
    var length = 0
    func end() {
      if length > 1 { body(String(decoding: word, as: UTF8.self)) }
      word.removeAll(keepingCapacity: true)
      length = 0
    }
    for scalar in text.lowercased().unicodeScalars {
      guard belongs(scalar) else {
        if length > 0 { end() }
        continue
      }
      word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      length += 1
    }
    end()
  }

  private static func belongs(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "0"..."9", "-": true
    case "\0"..."\u{7F}": false
    default:
      // A letter may be followed by its accent.
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || scalar.properties.generalCategory == .nonspacingMark
    }
  }

  /// One word and how often it occurs.
  struct Entry {
    var word: Int32
    var count: Int32
  }

  /// The words by number, ascending.
  private(set) var entries: [Entry]
  /// How many words there are with their repetitions.
  let total: Int
  /// The sum of the squared counts.
  let square: Int

  /// Counts sorted numbers of words.
  init(sorted words: [Int32]) {
    var entries: [Entry] = []
    for word in words {
      if entries.last?.word == word {
        entries[entries.count - 1].count += 1
      } else {
        entries.append(Entry(word: word, count: 1))
      }
    }
    self.entries = entries
    total = words.count
    square = entries.reduce(0) { $0 + Int($1.count) * Int($1.count) }
  }

  /// How much two bags have in common: the mean of the weighted Jaccard index and the cosine of their counts.
  func similarity(to other: TokenBag) -> Double {
    var (mine, others) = (0, 0)
    var (common, product) = (0, 0)
    while mine < entries.count, others < other.entries.count {
      let (a, b) = (entries[mine], other.entries[others])
      if a.word == b.word {
        common += Int(min(a.count, b.count))
        product += Int(a.count) * Int(b.count)
      }
      if a.word <= b.word { mine += 1 }
      if b.word <= a.word { others += 1 }
    }
    let jaccard = Double(common) / Double(total + other.total - common)
    let cosine = Double(product) / (Double(square) * Double(other.square)).squareRoot()
    return (jaccard + cosine) / 2
  }
}
