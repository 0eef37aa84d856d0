public import BeadsKit

/// Finds which of a row of changes breaks what their end breaks, with as few tests as possible.
public enum Bisection {
  /// The first change that breaks it: everything before it is good, everything up to and with it is not.
  ///
  /// Asks about ceil(log2 count) beginnings. When several changes break it, the first of some of them is found: mend
  /// that and ask again.
  /// - Parameters:
  ///   - count: How many changes; all together are known to be bad, none at all is taken for good.
  ///   - isGood: Whether the first so many changes are good; called with 1 to `count - 1`.
  /// - Returns: The index of the culprit.
  public static func culprit(
    count: Int, isGood: (Int) throws(BeadsError) -> Bool
  ) throws(BeadsError) -> Int {
    // The first `good` changes are good, the first `bad` are not.
    var good = 0
    var bad = max(count, 1)
    while bad - good > 1 {
      let middle = (good + bad) / 2
      if try isGood(middle) { good = middle } else { bad = middle }
    }
    return bad - 1
  }
}
