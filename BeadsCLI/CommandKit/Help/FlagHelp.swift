extension Flag {
  /// The flag as help lists it, `-t, --type TYPE`; with `aligned`, room is left for a missing letter.
  func term(aligned: Bool) -> String {
    let letter = short.map { "-\($0), " } ?? (aligned ? "    " : "")
    return letter + "--" + name + (takesValue ? " " + placeholder : "")
  }

  /// The flag in a running text, `-q/--quiet`.
  var mention: String {
    (short.map { "-\($0)/" } ?? "") + "--" + name + (takesValue ? " " + placeholder : "")
  }

  /// The help line with the values and the default.
  var description: String {
    var remarks: [String] = []
    if !values.isEmpty {
      remarks.append((isClosed ? "one of: " : "such as: ") + values.joined(separator: ", "))
    }
    if let defaultValue { remarks.append("default: " + (defaultValue.isEmpty ? "\"\"" : defaultValue)) }
    return remarks.isEmpty ? help : help + " (" + remarks.joined(separator: "; ") + ")"
  }
}

extension HelpLayout {
  /// Lists flags; hidden ones are left out.
  mutating func addFlags(_ flags: some Sequence<Flag>, indent: Int = 2) {
    let visible = flags.filter { !$0.isHidden }
    let aligned = visible.contains { $0.short != nil }
    let items = visible.map { (term: $0.term(aligned: aligned), description: $0.description) }
    addList(items, column: Self.column(for: items.map(\.term), indent: indent), indent: indent)
  }
}
