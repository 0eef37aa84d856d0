import Testing

@testable import CommandKit

@Suite struct SuggestionTests {
  static let distances: [(String, String, Int)] = [
    ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("list", "list", 0), ("lsit", "list", 1), ("lst", "list", 1),
    ("liist", "list", 1), ("lost", "list", 1), ("ca", "abc", 3), ("kitten", "sitting", 3), ("é", "e", 1),
  ]

  @Test(arguments: distances) func measuresDistance(_ left: String, _ right: String, _ distance: Int) {
    #expect(editDistance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == distance)
    #expect(editDistance(Array(right.unicodeScalars), Array(left.unicodeScalars)) == distance)
  }

  @Test func agreesWithTheRecursiveDefinition() {
    func naive(_ a: ArraySlice<Unicode.Scalar>, _ b: ArraySlice<Unicode.Scalar>) -> Int {
      guard let x = a.last, let y = b.last else { return max(a.count, b.count) }
      var best = min(naive(a.dropLast(), b) + 1, naive(a, b.dropLast()) + 1)
      best = min(best, naive(a.dropLast(), b.dropLast()) + (x == y ? 0 : 1))
      if a.count > 1, b.count > 1, a.dropLast().last == y, b.dropLast().last == x {
        best = min(best, naive(a.dropLast(2), b.dropLast(2)) + 1)
      }
      return best
    }
    var random = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      let words = (0..<2).map { _ in
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
          ["a", "b", "c"].randomElement(using: &random) ?? "a" as Unicode.Scalar
        }
      }
      #expect(editDistance(words[0], words[1]) == naive(words[0][...], words[1][...]))
    }
  }

  @Test func ordersByDistanceThenDeclaration() {
    #expect(nearest(to: "lisst", among: ["lists", "list", "lisa"]) == ["lists", "list"])
    #expect(
      nearest(to: "stat", among: ["status", "state", "stats", "stale", "start"]) == [
        "state", "stats", "start",
      ])
    #expect(nearest(to: "cr", among: ["create", "create-form", "cook"]) == ["create", "create-form"])
    #expect(nearest(to: "a", among: ["b", "ab"]) == [])
    #expect(nearest(to: "", among: ["a"]) == [])
    #expect(nearest(to: String(repeating: "a", count: 41), among: [String(repeating: "a", count: 40)]) == [])
    #expect(nearest(to: "lst", among: ["list", "list"]) == ["list"])
  }

  @Test func asksInOneSentence() {
    #expect(didYouMean([]) == nil)
    #expect(didYouMean(["a"]) == "Did you mean 'a'?")
    #expect(didYouMean(["a", "b"]) == "Did you mean 'a' or 'b'?")
    #expect(didYouMean(["a", "b", "c"]) == "Did you mean 'a', 'b' or 'c'?")
  }
}
