import BeadsFormats
public import BeadsFormulas
public import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Store {
  /// The formula that would make what an issue consists of: a step for everything below it, with its order.
  ///
  /// Step IDs are made from titles; gates that hold back one step become its gate; what became of the issues is left
  /// out. Events and digests are no steps.
  /// - Parameters:
  ///   - name: Of the formula; nil for one made from the title.
  ///   - variables: Names and the words they stand for, which placeholders replace; all are required.
  /// - Throws: `notFound`, `invalid` when there is nothing below it, the name is none, or a word does not occur.
  public func distill(
    _ id: IssueID, name: String? = nil, variables: [(name: String, value: String)] = []
  ) throws(BeadsError) -> Formula {
    let issues = try read { () throws(BeadsError) in try self.issues(template(below: id)) }
    guard let root = issues.first, root.id == id, !root.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    let steps = issues.filter { issue in
      !issue.isTombstone && issue.type != .event && (issue.id == id || !issue.isDigest)
    }
    if steps.count == 1 {
      throw BeadsError(.invalid, "there is nothing below \(id) that could become steps")
    }
    let name = name ?? slug(root.title)
    if let problem = FormulaName.problem(name) {
      throw BeadsError(.invalid, "the formula name \(quoted(name)) \(problem)")
    }
    var formula = Distillation(MoleculePlan(template: steps)).formula(named: name)
    for (name, value) in variables { try formula.replace(value, by: name) }
    // What could not be cooked again would be a file that nobody can use.
    _ = try formula.cooked { name throws(BeadsError) in
      throw BeadsError(.notFound, "there is no formula \(quoted(name))")
    }
    return formula
  }
}

extension Issue {
  fileprivate var isDigest: Bool { status == .closed && closeReason.hasPrefix("Squashed from ") }
}

/// Turns the nodes of a plan back into steps.
private struct Distillation {
  private let plan: MoleculePlan
  private var ids: [String] = []
  /// The step that a gate holds back, when it is one alone.
  private var gates: [Int: Int] = [:]

  init(_ plan: MoleculePlan) {
    self.plan = plan
    var used = Set<String>()
    for node in plan.nodes {
      let word = slug(node.issue.title)
      var id = word
      var number = 2
      while !used.insert(id).inserted {
        id = "\(word)-\(number)"
        number += 1
      }
      ids.append(id)
    }
    for (index, node) in plan.nodes.enumerated() where node.issue.type == .gate {
      let held = plan.edges.filter { $0.to == index }
      let holds = held.count == 1 && held[0].type == .blocks && plan.nodes[held[0].from].parent == node.parent
      let isFree = !plan.edges.contains { $0.from == index } && !plan.nodes.contains { $0.parent == index }
      if holds, isFree, !node.issue.awaitType.isEmpty, !gates.values.contains(held[0].from) {
        gates[index] = held[0].from
      }
    }
  }

  func formula(named name: String) -> Formula {
    var formula = Formula(name: name)
    let summary = plan.nodes[0].issue.description
    if !summary.isEmpty { formula.summary = summary }
    var children = [[Int]](repeating: [], count: plan.nodes.count)
    for (index, node) in plan.nodes.enumerated() where gates[index] == nil {
      if let parent = node.parent { children[parent].append(index) }
    }
    var edges = [[MoleculePlan.Edge]](repeating: [], count: plan.nodes.count)
    for edge in plan.edges where gates[edge.to] == nil { edges[edge.from].append(edge) }
    var gate: [Int: FormulaGate] = [:]
    for (place, held) in gates { gate[held] = self.gate(plan.nodes[place].issue) }
    // From the last to the first: parts come after what they are parts of.
    var steps = [FormulaStep?](repeating: nil, count: plan.nodes.count)
    for index in plan.nodes.indices.reversed() where index > 0 && gates[index] == nil {
      var step = step(index, edges[index])
      step.gate = gate[index]
      step.children = children[index].compactMap { steps[$0] }
      if !step.children.isEmpty { step.type = nil }
      steps[index] = step
    }
    formula.steps = children[0].compactMap { steps[$0] }
    return formula
  }

  private func step(_ index: Int, _ edges: [MoleculePlan.Edge]) -> FormulaStep {
    let issue = plan.nodes[index].issue
    var step = FormulaStep(id: ids[index], title: issue.title)
    func text(_ text: String) -> String? { text.isEmpty ? nil : text }
    step.summary = text(issue.description)
    step.design = text(issue.design)
    step.notes = text(issue.notes)
    step.acceptance = text(issue.acceptanceCriteria)
    step.type = issue.type == .task ? nil : issue.type.rawValue
    step.priority = issue.priority == 2 ? nil : issue.priority
    step.assignee = text(issue.assignee)
    step.metadata = issue.metadata
    step.needs = edges.filter { $0.type == .blocks }.map { ids[$0.to] }
    step.labels = issue.labels
    guard let wait = edges.first(where: { $0.type == .waitsFor }) else { return step }
    let spawner = ids[wait.spawner ?? wait.to]
    let isAny = wait.metadata.contains("any-children")
    if step.needs.contains(spawner) {
      // The first one needed is the one whose children are meant.
      step.needs = [spawner] + step.needs.filter { $0 != spawner }
      step.waitsFor = (isAny ? WaitsFor.anyChildren : .allChildren).text
    } else {
      step.waitsFor = WaitsFor.childrenOf(spawner).text
    }
    step.labels.removeAll { $0.hasPrefix("gate:") }
    return step
  }

  private func gate(_ issue: Issue) -> FormulaGate {
    FormulaGate(
      type: issue.awaitType, awaitID: issue.awaitID.isEmpty ? nil : issue.awaitID,
      timeout: issue.timeout == 0 ? nil : GoDuration.text(nanoseconds: issue.timeout))
  }
}

/// A word made from a title: lower-case letters and digits, hyphens for everything else.
private func slug(_ title: String) -> String {
  var bytes: [UInt8] = []
  for byte in title.utf8 where bytes.count < 60 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): bytes.append(byte)
    default: if let last = bytes.last, last != UInt8(ascii: "-") { bytes.append(UInt8(ascii: "-")) }
    }
  }
  while bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
  return bytes.isEmpty ? "step" : String(decoding: bytes, as: UTF8.self)
}

extension Formula {
  /// Declares a required variable and puts its placeholder wherever a word stands.
  fileprivate mutating func replace(_ word: String, by name: String) throws(BeadsError) {
    guard FormulaVariable.isName(name) else {
      throw BeadsError(
        .invalid, "\(quoted(name)) cannot be the name of a variable",
        hint: "use letters, digits and '_', a letter first")
    }
    var count = 0
    func replacing(_ text: String?) -> String? { text.map { $0.replacing(word: word, by: name, &count) } }
    summary = replacing(summary)
    func visit(_ steps: inout [FormulaStep]) {
      for index in steps.indices {
        steps[index].title = steps[index].title.replacing(word: word, by: name, &count)
        steps[index].summary = replacing(steps[index].summary)
        steps[index].design = replacing(steps[index].design)
        steps[index].notes = replacing(steps[index].notes)
        steps[index].acceptance = replacing(steps[index].acceptance)
        let awaited = replacing(steps[index].gate?.awaitID)
        steps[index].gate?.awaitID = awaited
        visit(&steps[index].children)
      }
    }
    visit(&steps)
    if count == 0 { throw BeadsError(.invalid, "\(quoted(word)) stands in none of the texts") }
    var variable = FormulaVariable(name: name)
    variable.isRequired = true
    variables.append(variable)
  }
}

extension String {
  /// The text with a placeholder for a word, where no letter or digit stands beside it.
  fileprivate func replacing(word: String, by name: String, _ count: inout Int) -> String {
    let (bytes, wanted) = (Array(utf8), Array(word.utf8))
    if wanted.isEmpty || bytes.count < wanted.count { return self }
    var out: [UInt8] = []
    var place = 0
    while place < bytes.count {
      let end = place + wanted.count
      let isWord =
        end <= bytes.count && bytes[place] == wanted[0] && bytes[place..<end].elementsEqual(wanted)
        && (place == 0 || !bytes[place - 1].isPartOfWord) && (end == bytes.count || !bytes[end].isPartOfWord)
      if isWord {
        out += "{{\(name)}}".utf8
        count += 1
        place = end
      } else {
        out.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

extension UInt8 {
  fileprivate var isPartOfWord: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}
