import BeadsKit

/// What commands about edges read from their arguments.
enum EdgeInput {
  /// The target a user means: an issue of this store, one of another project, or an external capability.
  static func target(_ text: String, _ context: BdContext) throws(BeadsError) -> IssueID {
    do throws(BeadsError) { return try context.resolve(text) } catch {
      guard error.code == .notFound, let id = IssueID(rawValue: text) else { throw error }
      if id.isExternal { return id }
      if try context.isKnownAtHome(id) { return id }
      let prefixes = try context.store().prefixes()
      guard prefixes.known(id) == nil, prefixes.prefix(of: id) != nil else { throw error }
      return id
    }
  }

  /// The types a user means by `--type`: `depends_on` stands for every type that blocks.
  static func types(_ word: String?) -> [DependencyType]? {
    guard let word else { return nil }
    return word == "depends_on" || word == "depends-on" ? DependencyType.blocking : [type(word)]
  }

  /// A type, with the underscores that programs like.
  static func type(_ word: String) -> DependencyType {
    let hyphenated = DependencyType(rawValue: String(word.map { $0 == "_" ? "-" : $0 }))
    return DependencyType.known.contains(hyphenated) ? hyphenated : DependencyType(rawValue: word)
  }

  /// The types worth suggesting.
  static let suggestions = [
    "blocks", "parent-child", "related", "discovered-from", "waits-for", "conditional-blocks",
  ]
}
