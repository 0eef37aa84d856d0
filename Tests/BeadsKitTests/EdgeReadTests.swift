import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

/// A store whose issues are named by single letters: `t-a`, `t-b` ...
private struct Letters {
  let project: TestProject
  let store: Store

  init(_ letters: String, edges: [String] = []) throws {
    project = try TestProject()
    store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      for letter in letters {
        var draft = IssueDraft(title: "Title \(letter)")
        draft.id = id(letter)
        try transaction.create(draft)
      }
      // "ab" is a blocks edge from a to b, "a^b" makes b the parent, "a~b" relates both, "a?b" waits.
      for edge in edges {
        let (from, to) = (id(edge.first ?? "?"), id(edge.last ?? "?"))
        switch edge.dropFirst().first {
        case "^": try transaction.addDependency(from, dependsOn: to, type: .parentChild, checksCycles: false)
        case "~": try transaction.relate(from, to)
        case "?": try transaction.addDependency(from, dependsOn: to, type: .waitsFor, checksCycles: false)
        default: try transaction.addDependency(from, dependsOn: to, checksCycles: false)
        }
      }
    }
  }

  func id(_ letter: Character) -> IssueID { named("t-\(letter)") }

  /// Letters of IDs.
  static func text(_ ids: [IssueID]) -> String { ids.map { String($0.rawValue.last ?? "?") }.joined() }
}

private func named(_ text: String) -> IssueID {
  guard let id = IssueID(rawValue: text) else { preconditionFailure("\(text) is no ID") }
  return id
}

@Suite struct DependencyTreeTests {
  /// The nodes as letters after one dot for each level, `-` after truncated ones.
  private func outline(_ tree: DependencyTree) -> String {
    tree.nodes.map { node in
      String(repeating: ".", count: node.depth) + Letters.text([node.id]) + (node.isTruncated ? "-" : "")
    }.joined(separator: " ")
  }

  private func unfold(
    _ edges: [String], _ edit: (inout DependencyTree.Options) -> Void = { _ in }
  ) throws -> DependencyTree {
    let letters = try Letters("abcdef", edges: edges)
    var options = DependencyTree.Options()
    edit(&options)
    return try letters.store.dependencyTree(of: letters.id("a"), options)
  }

  @Test(arguments: [
    ([], "a"),
    (["ab", "bc", "cd"], "a .b ..c ...d"),
    (["ab", "ac", "bd", "cd"], "a .b ..d .c ..d"),
    // What is below a diamond is shown once, where it is nearest to the root.
    (["ab", "ac", "bd", "cd", "de"], "a .b ..d ...e .c ..d-"),
    (["ab", "bc", "cd", "ac"], "a .b ..c- .c ..d"),
    (["ab", "bc", "ca"], "a .b ..c ...a-"),
    (["ab", "a~b", "b~c", "cd"], "a .b ..a ..c"),
  ]) func unfoldsOnce(_ edges: [String], _ expected: String) throws {
    #expect(outline(try unfold(edges)) == expected)
  }

  @Test func unfoldsEveryPath() throws {
    let tree = try unfold(["ab", "ac", "bd", "cd", "de", "ea"]) { $0.showsAllPaths = true }
    #expect(outline(tree) == "a .b ..d ...e ....a- .c ..d ...e ....a-")
    #expect(tree.nodes.map(\.parentID).map { Letters.text([$0]) }.joined() == "aabdeacde")
  }

  @Test func stopsAtDepthAndFollowsTypes() throws {
    #expect(outline(try unfold(["ab", "bc"]) { $0.maximumDepth = 1 }) == "a .b-")
    #expect(outline(try unfold(["ab", "bc"]) { $0.maximumDepth = 0 }) == "a-")
    #expect(outline(try unfold(["ab", "a^c"]) { $0.types = [.parentChild] }) == "a .c")
    #expect(throws: BeadsError.self) { try unfold([]) { $0.maximumDepth = -1 } }
  }

  @Test func followsDependents() throws {
    let tree = try unfold(["ba", "cb", "ca"]) { $0.direction = .up }
    #expect(outline(tree) == "a .b ..c .c")
  }

  @Test func filterKeepsTheWayToWhatIsWanted() throws {
    var tree = try unfold(["ab", "bc", "ad", "de", "df"])
    tree.filter { $0.id == named("t-c") || $0.id == named("t-d") }
    #expect(outline(tree) == "a .b ..c .d")
  }

  @Test func exponentialTreesAreCut() throws {
    // Twenty diamonds in a row have a million paths.
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      for level in 0...20 {
        for side in ["l", "r"] {
          var draft = IssueDraft(title: "Node")
          draft.id = named("t-\(level)\(side)")
          try transaction.create(draft)
          if level == 0 { continue }
          for below in ["l", "r"] {
            try transaction.addDependency(
              named("t-\(level)\(side)"), dependsOn: named("t-\(level - 1)\(below)"))
          }
        }
      }
    }
    var options = DependencyTree.Options()
    #expect(try store.dependencyTree(of: named("t-20l"), options).nodes.count == 79)
    options.showsAllPaths = true
    let tree = try store.dependencyTree(of: named("t-20l"), options)
    #expect(tree.isCut)
    #expect(tree.nodes.count == DependencyTree.maximumCount)
  }
}

@Suite struct EdgeReadTests {
  @Test(arguments: [
    ([], []), (["ab", "bc", "ad"], []), (["ab", "bc", "ca"], ["abc"]),
    (["ab", "ba", "cd", "dc", "bc"], ["ab", "cd"]),
    (["a?b", "b?a"], ["ab"]), (["a^b", "ba"], ["ab"]),
    // Waiting for the children of one's own child is odd but no circle.
    (["b^a", "a?b"], []), (["a~b"], []),
  ]) func findsCycles(_ edges: [String], _ expected: [String]) throws {
    let letters = try Letters("abcd", edges: edges)
    #expect(try letters.store.dependencyCycles().map(Letters.text) == expected)
  }

  @Test func walksTheHierarchy() throws {
    let letters = try Letters("abcdex", edges: ["b^a", "c^b", "d^b", "e^d", "xb", "x^a"])
    let store = letters.store
    #expect(Letters.text(try store.ancestors(of: letters.id("e"))) == "dba")
    #expect(Letters.text(try store.descendants(of: letters.id("a"))) == "bxcde")
    #expect(Letters.text(try store.children(of: letters.id("b"))) == "cd")
    let parents = try store.parents(of: [letters.id("a"), letters.id("c"), letters.id("x")])
    #expect(parents == [letters.id("c"): letters.id("b"), letters.id("x"): letters.id("a")])
  }

  @Test func layersFollowTheLongestWait() throws {
    let letters = try Letters("abcdefg", edges: ["ba", "cb", "ca", "d~a", "e^d", "fe", "ef"])
    let graph = try letters.store.graph(around: letters.id("c"))
    #expect(graph.layers.map(Letters.text) == ["ad", "b", "c", "ef"])
    #expect(graph.root == letters.id("c"))
    #expect(graph.edges.count == 8)
    let all = try letters.store.graphs()
    #expect(all.map { $0.issues.count } == [6, 1])
    #expect(throws: BeadsError.self) { try letters.store.graph(around: letters.id("z")) }
  }

  @Test func epicsCountTheirChildren() throws {
    let letters = try Letters("abcdefg", edges: ["c^a", "d^a", "e^b", "f^g"])
    try letters.store.write("update") { transaction throws(BeadsError) in
      for letter in "abg" { try transaction.update(letters.id(letter)) { $0.type = .epic } }
      try transaction.update(letters.id("b")) { $0.priority = 0 }
      for letter in "cef" { try transaction.close(letters.id(letter)) }
      try transaction.close(letters.id("g"))
    }
    let statuses = try letters.store.epicStatuses()
    #expect(Letters.text(statuses.map(\.epic.id)) == "ba")
    #expect(statuses.map(\.closedChildren) == [1, 1])
    #expect(statuses.map(\.totalChildren) == [1, 2])
    #expect(try letters.store.epicStatuses(eligibleOnly: true).map(\.epic.id) == [letters.id("b")])
  }
}
