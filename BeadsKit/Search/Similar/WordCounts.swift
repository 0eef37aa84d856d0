/// The words of many texts, each with how often it occurs, ready to be compared.
///
/// Words are numbered by how few texts have them, the rarest first, and each text lists its own in that order.
struct WordCounts {
  /// One word of a text and how often it occurs.
  struct Entry {
    let word: Int32
    var count: Int32
  }

  /// The words of one text.
  struct Bag {
    /// Where they are among the entries of all texts.
    let range: Range<Int>
    /// How many words there are with their repetitions.
    let total: Int
    /// The sum of the squared counts.
    let square: Int
  }

  /// The words of all texts, those of the first text first.
  private(set) var entries: [Entry] = []
  /// The texts in the order they were given.
  private(set) var bags: [Bag] = []
  /// How many different words there are.
  let wordCount: Int

  /// Counts the words; linear in the length of the texts.
  init(_ texts: some Sequence<String>) {
    var numbers: [String: Int32] = [:]
    var words: [Int32] = []
    var ends: [Int] = []
    for text in texts {
      let start = words.count
      TextWords.forEach(in: text) { word in
        let number = numbers[word] ?? Int32(numbers.count)
        if number == numbers.count { numbers[word] = number }
        words.append(number)
      }
      words[start...].sort()
      ends.append(words.count)
    }
    wordCount = numbers.count
    let ranks = Self.ranks(words, ends, wordCount: wordCount)
    bags.reserveCapacity(ends.count)
    var start = 0
    for end in ends {
      for place in start..<end { words[place] = ranks[Int(words[place])] }
      words[start..<end].sort()
      append(words[start..<end])
      start = end
    }
  }

  /// The place of each word in the order of rarity.
  private static func ranks(_ words: [Int32], _ ends: [Int], wordCount: Int) -> [Int32] {
    var frequency = [Int32](repeating: 0, count: wordCount)
    var start = 0
    for end in ends {
      var last: Int32 = -1
      for word in words[start..<end] where word != last {
        frequency[Int(word)] += 1
        last = word
      }
      start = end
    }
    var ranks = [Int32](repeating: 0, count: wordCount)
    let order = (0..<wordCount).sorted { (frequency[$0], $0) < (frequency[$1], $1) }
    for (rank, word) in order.enumerated() { ranks[word] = Int32(rank) }
    return ranks
  }

  private mutating func append(_ words: ArraySlice<Int32>) {
    let start = entries.count
    for word in words {
      if entries.count > start, entries[entries.count - 1].word == word {
        entries[entries.count - 1].count += 1
      } else {
        entries.append(Entry(word: word, count: 1))
      }
    }
    let square = entries[start...].reduce(0) { $0 + Int($1.count) * Int($1.count) }
    bags.append(Bag(range: start..<entries.count, total: words.count, square: square))
  }

  // MARK: Comparing

  /// Writes the counts of a text into a table with a place for each word, or zeros again.
  func spread(_ bag: Bag, into table: inout [Int32], isClearing: Bool = false) {
    for entry in entries[bag.range] { table[Int(entry.word)] = isClearing ? 0 : entry.count }
  }

  /// How much two texts have in common: the mean of the weighted Jaccard index and the cosine of their counts.
  ///
  /// Linear in the words of the second.
  /// - Parameter table: The counts of the first, see `spread`.
  @inline(__always)
  func similarity(_ first: Bag, _ table: UnsafePointer<Int32>, to second: Bag) -> Double {
    if first.total == 0 || second.total == 0 { return 0 }
    // Counts are far below the range of their sums.
    var (common, product) = (0, 0)
    entries.withUnsafeBufferPointer { entries in
      for place in second.range {
        let entry = entries[place]
        let count = table[Int(entry.word)]
        common &+= Int(min(count, entry.count))
        product &+= Int(count) &* Int(entry.count)
      }
    }
    let jaccard = Double(common) / Double(first.total + second.total - common)
    let cosine = Double(product) / (Double(first.square) * Double(second.square)).squareRoot()
    return (jaccard + cosine) / 2
  }
}
