/// A binary heap of pairs, smallest first.
package struct PairHeap {
  private var items: [(key: Int, value: Int)] = []

  package init() {}

  package var isEmpty: Bool { items.isEmpty }
  var first: (key: Int, value: Int)? { items.first }

  /// Adds a pair; O(log n).
  package mutating func push(_ key: Int, _ value: Int) {
    items.append((key, value))
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard items[child] < items[parent] else { break }
      items.swapAt(child, parent)
      child = parent
    }
  }

  /// Removes the smallest pair; O(log n).
  @discardableResult
  package mutating func pop() -> (key: Int, value: Int)? {
    guard let smallest = items.first else { return nil }
    let last = items.removeLast()
    if items.isEmpty { return smallest }
    items[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < items.count else { break }
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      guard items[child] < items[parent] else { break }
      items.swapAt(child, parent)
      parent = child
    }
    return smallest
  }
}
