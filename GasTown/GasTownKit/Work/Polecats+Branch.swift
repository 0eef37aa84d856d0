import BeadsKit

extension Polecats {
  /// A new branch for an issue: `polecat/NAME/ISSUE@TIME`, or what the rig's `polecat_branch_template` makes of it.
  /// - Throws: `invalid` when the template gives no branch name, or one that work goes to.
  func newBranch(_ name: AgentName, _ issue: Issue) throws(BeadsError) -> BranchName {
    let time = String(town.environment.clock() / 1_000_000, radix: 36)
    guard let template = try RigSettings.load(rig).string("polecat_branch_template"), !template.isEmpty else {
      return try BranchName("polecat/\(name)/\(issue.id)@\(time)")
    }
    let now = town.now.description
    let id = issue.id.rawValue
    let isOwn = id.hasPrefix("\(rig.prefix)-")
    let values = [
      "user": town.environment.userName, "year": String(now.prefix(4)),
      "month": String(now.dropFirst(5).prefix(2)), "name": name.rawValue,
      "issue": isOwn ? String(id.dropFirst(rig.prefix.rawValue.count + 1)) : id,
      "description": Self.words(of: issue.title), "timestamp": time,
    ]
    let text = Self.fill(template, values)
    guard let branch = BranchName(rawValue: text), branch != rig.defaultBranch else {
      throw BeadsError(
        .invalid,
        "polecat_branch_template of \(rig.name) gives \(quoted(text)), which is no branch for a polecat",
        hint: "for example polecat/{name}/{issue}@{timestamp}")
    }
    if try worktrees.repository.commit("refs/heads/\(branch)") == nil { return branch }
    return try BranchName("\(branch)-\(time)")
  }

  /// Puts values into the places `{name}` of a template.
  static func fill(_ template: String, _ values: [String: String]) -> String {
    var text = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let key = String(rest[rest.index(after: open)..<close])
      text += rest[..<open] + (values[key] ?? "{\(key)}")
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }

  /// A title in lower-case letters and digits with hyphens between its words, up to a length.
  static func words(of title: String, limit: Int = 40, otherwise: String = "work") -> String {
    let words = title.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    var text = ""
    for word in words where text.count + word.count < limit { text += (text.isEmpty ? "" : "-") + word }
    return text.isEmpty ? otherwise : text
  }
}
