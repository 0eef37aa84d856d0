import BeadsKit
import GasTownKit
import Testing

@Suite("Bisection")
struct BisectionTests {
  @Test("finds a culprit in any place with log2 n tests", arguments: 1...33)
  func anyPlace(count: Int) throws {
    for culprit in 0..<count {
      var asked: [Int] = []
      let found = try Bisection.culprit(count: count) { first in
        asked.append(first)
        return first <= culprit
      }
      #expect(found == culprit)
      #expect(Set(asked).count == asked.count)
      #expect((1 << asked.count) < 2 * count || asked.isEmpty, "\(asked.count) tests for \(count) changes")
    }
  }

  @Test("of several culprits names one that breaks what is good before it", arguments: 2...16)
  func several(count: Int) throws {
    for first in 0..<count {
      for second in first..<count {
        let found = try Bisection.culprit(count: count) { $0 <= first }
        #expect(found == first, "\(first) and \(second) of \(count)")
      }
    }
  }
}
