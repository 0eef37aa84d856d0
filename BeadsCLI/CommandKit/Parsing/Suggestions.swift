/// The candidates a mistyped word may have meant: near in spelling or begun by it, nearest first, at most three.
///
/// Linear in the candidates; a word longer than 40 characters has no suggestions.
func nearest(to word: String, among candidates: [String]) -> [String] {
  let typed = Array(word.unicodeScalars.prefix(41))
  guard !typed.isEmpty, typed.count <= 40 else { return [] }
  let limit = min(3, max(1, typed.count / 3))
  var found: [(candidate: String, distance: Int)] = []
  for candidate in candidates where !found.contains(where: { $0.candidate == candidate }) {
    let distance = editDistance(typed, Array(candidate.unicodeScalars))
    if distance <= limit && distance < typed.count {
      found.append((candidate, distance))
    } else if typed.count >= 2 && candidate.hasPrefix(word) {
      found.append((candidate, limit + 1))
    }
  }
  // Sorting is stable by construction: equal distances keep the order of declaration.
  let ranked = found.enumerated().sorted {
    ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset)
  }
  return ranked.prefix(3).map(\.element.candidate)
}

/// A sentence that offers the words, nil if there are none.
func didYouMean(_ words: [String]) -> String? {
  guard let last = words.last else { return nil }
  let quoted = words.dropLast().map { "'\($0)'" }.joined(separator: ", ")
  return "Did you mean \(quoted.isEmpty ? "" : quoted + " or ")'\(last)'?"
}

/// The Damerau-Levenshtein distance: insertions, deletions, substitutions and swaps of neighbours.
///
/// This is the optimal string alignment form, in O(n m) time and O(m) space.
func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for i in 1...left.count {
    var current = [i] + Array(repeating: 0, count: right.count)
    for j in 1...right.count {
      let substitution = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
      current[j] = min(last[j] + 1, current[j - 1] + 1, substitution)
      if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
        current[j] = min(current[j], beforeLast[j - 2] + 1)
      }
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
