/// Suggestions for mistyped words.
public enum Spelling {
  /// The known word nearest to a mistyped one, or nil when none is near enough to be meant.
  ///
  /// O(words x letters squared).
  public static func nearest(to word: String, among known: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().utf8.prefix(64))
    let limit = max(1, letters.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in known {
      let distance = distance(letters, Array(candidate.lowercased().utf8.prefix(64)))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }

  /// "did you mean 'x'? known are: a, b, x", or only the list.
  public static func hint(for word: String, among known: [String], kind: String) -> String {
    let list = "known \(kind): " + known.joined(separator: ", ")
    return nearest(to: word, among: known).map { "did you mean '\($0)'? \(list)" } ?? list
  }

  /// How many letters must be inserted, removed, replaced or swapped with their neighbour.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(row[j] + 1, previous[j + 1] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforePrevious[j - 1] + 1) }
        row.append(cost)
      }
      beforePrevious = previous
      previous = row
    }
    return previous[b.count]
  }
}
