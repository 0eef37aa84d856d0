import BeadsKit
import CommandKit

/// `bd duplicates`: groups of open issues that say exactly the same, and merging them.
enum DuplicatesCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "duplicates", summary: "Find open issues that say exactly the same, merge them",
      section: CommandTree.Section.graph,
      discussion: """
        Issues are grouped when title, description, design, acceptance criteria and status are equal. The one that \
        most texts and edges lead to stays. Merging moves the edges of the others to it, rewrites texts that name \
        them, and closes them as duplicates; `bd undo` takes it back.
        """,
      examples: ["bd duplicates", "bd duplicates --auto-merge --dry-run", "bd duplicates --auto-merge"],
      flags: [
        .bool("auto-merge", help: "Merge every group into its suggested issue"),
        .bool("dry-run", help: "Show what merging would do"),
      ]
    ) { arguments, context in
      let groups = try context.store().duplicateGroups()
      let isMerging = arguments.bool("auto-merge") && !arguments.bool("dry-run")
      let merges = isMerging && !groups.isEmpty ? try merge(groups, context) : []
      if context.isJSON { return write(groups, merges: isMerging ? merges : nil, context) }
      if groups.isEmpty { return context.print("\("✓", .green) No duplicates found") }
      let vocabulary = try context.store().rules.vocabulary
      for (index, group) in groups.enumerated() {
        if index > 0 { context.print("") }
        print(group, vocabulary, context)
        if isMerging { print(merges[index], context) }
      }
      if isMerging { return }
      context.print("")
      context.print("Merge them with: bd duplicates --auto-merge")
    }
  }

  /// Merges all groups there are and says how many issues that closed.
  static func mergeAll(_ context: BdContext) throws(BeadsError) {
    let groups = try context.store().duplicateGroups()
    if groups.isEmpty { return }
    let count = try merge(groups, context).reduce(0) { $0 + $1.merged.count }
    if !context.isQuiet { context.output.note("Merged \(counted(count, "duplicate"))") }
  }

  private static func merge(
    _ groups: [DuplicateGroup], _ context: BdContext
  ) throws(BeadsError) -> [DuplicateMerge] {
    try context.change("duplicates") { transaction throws(BeadsError) in
      var merges: [DuplicateMerge] = []
      for group in groups {
        merges.append(try transaction.mergeDuplicates(group.sources.map(\.id), into: group.target.id))
      }
      transaction.summary = "merged \(merges.reduce(0) { $0 + $1.merged.count }) duplicates"
      return merges
    }
  }

  // MARK: Text

  private static func print(_ group: DuplicateGroup, _ vocabulary: Vocabulary, _ context: BdContext) {
    context.print("\(group.target.title, .bold)")
    for (index, member) in group.members.enumerated() {
      let mark: TerminalText = index == 0 ? "\("→", .green) keep " : "  merge"
      context.print(
        "  \(mark) \(IssueText.icon(member.issue.status, vocabulary)) \(member.issue.id, .bold) \(facts(member), .gray)"
      )
    }
  }

  private static func facts(_ member: DuplicateGroup.Member) -> String {
    func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
    return
      "(P\(member.issue.priority), \(count(member.references, "reference")), \(count(member.weight, "edge")))"
  }

  private static func print(_ merge: DuplicateMerge, _ context: BdContext) {
    context.print("\("✓", .green) Merged \(list(merge.merged)) into \(merge.target)")
    if merge.edgesMoved > 0 { context.print("  \(merge.edgesMoved) edges moved") }
    for edge in merge.edgesLeft {
      context.print("  left: \(edge.issueID) depends on \(edge.dependsOnID) (\(edge.type))")
    }
    if !merge.rewritten.isEmpty { context.print("  texts rewritten: \(list(merge.rewritten))") }
  }

  private static func list(_ ids: [IssueID]) -> String { ids.map(\.rawValue).joined(separator: ", ") }

  // MARK: JSON

  private static func write(_ groups: [DuplicateGroup], merges: [DuplicateMerge]?, _ context: BdContext) {
    context.object { writer in
      writer.member("duplicate_groups", groups.count)
      writer.key("groups")
      writer.array(groups) { $0.duplicateGroup($1) }
      guard let merges else { return }
      writer.member("merged_count", merges.reduce(0) { $0 + $1.merged.count })
      writer.key("merge_results")
      writer.array(merges) { $0.duplicateMerge($1) }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func duplicateGroup(_ group: DuplicateGroup) {
    let sources = group.sources.map(\.id.rawValue)
    object { writer in
      writer.member("title", group.target.title)
      writer.key("issues")
      writer.array(group.members) { $0.duplicateMember($1, isTarget: $1.issue.id == group.target.id) }
      writer.member("suggested_target", group.target.id.rawValue)
      writer.member("suggested_sources", sources)
      writer.member(
        "suggested_action",
        sources.map { "bd duplicate \($0) --of \(group.target.id)" }.joined(separator: " && "))
      writer.member("note", "same title, description, design, acceptance criteria and status")
    }
  }

  fileprivate mutating func duplicateMember(_ member: DuplicateGroup.Member, isTarget: Bool) {
    object { writer in
      writer.member("id", member.issue.id.rawValue)
      writer.member("title", member.issue.title)
      writer.member("status", member.issue.status.rawValue)
      writer.member("priority", member.issue.priority)
      writer.member("references", member.references)
      writer.member("dependents", member.dependents)
      writer.member("dependencies", member.dependencies)
      writer.member("weight", member.weight)
      writer.member("is_merge_target", isTarget)
    }
  }

  fileprivate mutating func duplicateMerge(_ merge: DuplicateMerge) {
    object { writer in
      writer.member("target", merge.target.rawValue)
      writer.member("merged", merge.merged.map(\.rawValue))
      writer.member("edges_moved", merge.edgesMoved)
      writer.key("edges_left")
      writer.array(merge.edgesLeft) { $0.dependency($1) }
      writer.member("references_updated", merge.rewritten.map(\.rawValue))
    }
  }
}
