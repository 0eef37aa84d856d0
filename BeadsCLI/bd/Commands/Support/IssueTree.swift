import BeadsKit

/// Issues as a forest: children under their parents where both are in the list, all else in the order of the list.
struct IssueTree {
  /// A line's issue and the branches drawn before it.
  struct Row {
    let issue: Issue
    let branches: String
    /// What lines that belong to the issue start with.
    let indent: String
  }

  let rows: [Row]

  /// Deeper issues are not moved further to the right, so that a chain of any length costs linear time.
  private static let widestIndent = 120

  /// Arranges issues in linear time.
  ///
  /// Issues that are each other's ancestors stay where they are in the list.
  init(_ issues: [Issue]) {
    let places = Dictionary(issues.enumerated().map { ($1.id, $0) }) { first, _ in first }
    var children = [[Int]](repeating: [], count: issues.count)
    var roots: [Int] = []
    for (place, issue) in issues.enumerated() {
      if let parent = issue.parentID.flatMap({ places[$0] }), parent != place {
        children[parent].append(place)
      } else {
        roots.append(place)
      }
    }
    var walk = Walk(issues: issues, children: children)
    walk.visit(roots)
    // What is left hangs in a circle of parents.
    for place in issues.indices where !walk.isVisited[place] { walk.visit([place]) }
    rows = walk.rows
  }

  private struct Walk {
    let issues: [Issue]
    let children: [[Int]]
    var isVisited: [Bool]
    var rows: [Row] = []

    init(issues: [Issue], children: [[Int]]) {
      self.issues = issues
      self.children = children
      isVisited = [Bool](repeating: false, count: issues.count)
    }

    /// Goes down with its own stack: a hierarchy from a file may be of any depth.
    mutating func visit(_ places: [Int]) {
      var stack = places.reversed().map { (place: $0, branches: "", indent: "") }
      while let next = stack.popLast() {
        if isVisited[next.place] { continue }
        isVisited[next.place] = true
        rows.append(Row(issue: issues[next.place], branches: next.branches, indent: next.indent))
        let descendants = children[next.place]
        for (index, child) in descendants.enumerated().reversed() {
          let isLast = index == descendants.count - 1
          let below = next.indent + (isLast ? "    " : "│   ")
          stack.append(
            (
              place: child, branches: next.indent + (isLast ? "└── " : "├── "),
              indent: below.count > IssueTree.widestIndent ? next.indent : below
            ))
        }
      }
    }
  }
}
