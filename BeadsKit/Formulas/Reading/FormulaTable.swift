import BeadsFormats
import BeadsModel
import BeadsSystem

/// Takes the values of one table by their keys and notes what is wrong with them, and keys that nobody asked for.
final class FormulaTable {
  let offset: Int
  let problems: FormulaProblems
  /// What the table is, for messages: `step "build"`.
  var name: String
  private let entries: [FormulaNode.Entry]
  private var places: [String: Int] = [:]
  private var known: [String] = []

  init(_ entries: [FormulaNode.Entry], offset: Int, name: String, problems: FormulaProblems) {
    self.entries = entries
    self.offset = offset
    self.name = name
    self.problems = problems
    for (index, entry) in entries.enumerated() {
      if places.updateValue(index, forKey: entry.key) != nil {
        problems.add("\(name): `\(entry.key)` is written twice", at: entry.keyOffset)
      }
    }
  }

  var origin: FormulaOrigin { problems.origin(offset) }

  /// All entries, for tables whose keys are names.
  var all: [FormulaNode.Entry] { entries }

  func complain(_ message: String, at key: String? = nil) {
    let place = key.flatMap { places[$0] }.map { entries[$0].node.offset }
    problems.add("\(name): \(message)", at: place ?? offset)
  }

  func has(_ key: String) -> Bool { places[key] != nil }

  func offset(of key: String) -> Int { places[key].map { entries[$0].node.offset } ?? offset }

  func node(_ key: String) -> FormulaNode? {
    known.append(key)
    return places[key].map { entries[$0].node }
  }

  private func mismatch(_ key: String, _ wanted: String, _ node: FormulaNode) {
    problems.add("\(name): `\(key)` must be \(wanted), not \(node.kind)", at: node.offset)
  }

  func string(_ key: String) -> String? {
    guard let node = node(key) else { return nil }
    if case .string(let text) = node.value { return text }
    mismatch(key, "text", node)
    return nil
  }

  /// Text, or a number or truth value as it is written.
  func scalar(_ key: String) -> String? {
    guard let node = node(key) else { return nil }
    if let text = node.scalarText { return text }
    mismatch(key, "text", node)
    return nil
  }

  func integer(_ key: String) -> Int? {
    guard let node = node(key) else { return nil }
    if case .integer(let number) = node.value { return Int(number) }
    mismatch(key, "a whole number", node)
    return nil
  }

  func boolean(_ key: String) -> Bool? {
    guard let node = node(key) else { return nil }
    if case .boolean(let flag) = node.value { return flag }
    mismatch(key, "true or false", node)
    return nil
  }

  /// The texts of a list, with their places.
  func texts(_ key: String) -> [(text: String, offset: Int)] {
    guard let node = node(key) else { return [] }
    guard case .array(let items) = node.value else {
      mismatch(key, "a list of texts", node)
      return []
    }
    var texts: [(text: String, offset: Int)] = []
    for item in items {
      if let text = item.scalarText {
        texts.append((text, item.offset))
      } else {
        mismatch(key, "a list of texts", item)
      }
    }
    return texts
  }

  func strings(_ key: String) -> [String] { texts(key).map(\.text) }

  func table(_ key: String, _ name: String) -> FormulaTable? {
    guard let node = node(key) else { return nil }
    guard case .table(let entries) = node.value else {
      mismatch(key, "a table", node)
      return nil
    }
    return FormulaTable(entries, offset: node.offset, name: name, problems: problems)
  }

  /// The tables of a list; a single table counts as a list of one where `allowsOne`.
  func tables(_ key: String, _ name: String, allowsOne: Bool = false) -> [FormulaTable] {
    guard let node = node(key) else { return [] }
    switch node.value {
    case .table where allowsOne: return [table(node, name)].compactMap(\.self)
    case .array(let items):
      return items.compactMap { item in
        if let table = table(item, name) { return table }
        mismatch(key, "a list of tables", item)
        return nil
      }
    default:
      mismatch(key, "a list of tables", node)
      return []
    }
  }

  private func table(_ node: FormulaNode, _ name: String) -> FormulaTable? {
    guard case .table(let entries) = node.value else { return nil }
    return FormulaTable(entries, offset: node.offset, name: name, problems: problems)
  }

  /// A table of names and values.
  func arguments(_ key: String) -> [FormulaArgument] {
    guard let table = table(key, "\(name): `\(key)`") else { return [] }
    return table.all.compactMap { entry in
      if let text = entry.node.scalarText { return FormulaArgument(entry.key, text) }
      problems.add(
        "\(name): `\(key).\(entry.key)` must be text, not \(entry.node.kind)", at: entry.node.offset)
      return nil
    }
  }

  /// A table as the text of a JSON object.
  func json(_ key: String) -> String? {
    guard let node = node(key) else { return nil }
    guard case .table = node.value else {
      mismatch(key, "a table", node)
      return nil
    }
    guard node.depth <= 10 else {
      problems.add("\(name): `\(key)` is nested too deeply", at: node.offset)
      return nil
    }
    return node.json.compactText
  }

  /// Notes the keys that nobody asked for.
  func finish() {
    let names = Set(known)
    for entry in entries where !names.contains(entry.key) && !problems.isFull {
      let nearest = Spelling.nearest(to: entry.key, among: known)
      let hint = nearest.map { " (did you mean `\($0)`?)" } ?? ""
      problems.add("\(name): unknown key \(quoted(entry.key))\(hint)", at: entry.keyOffset)
    }
  }
}

extension FormulaNode {
  /// How deep lists and tables are nested.
  var depth: Int {
    switch value {
    case .array(let items): 1 + (items.map(\.depth).max() ?? 0)
    case .table(let entries): 1 + (entries.map(\.node.depth).max() ?? 0)
    default: 0
    }
  }
}
