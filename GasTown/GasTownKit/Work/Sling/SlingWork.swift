import BeadsKit

/// What the words of a command line stand for.
enum SlingWork {
  /// Issues, each on its own.
  case issues([Issue])
  /// What is to be done of an epic or a convoy.
  case parts([Issue], of: Issue)
  /// A formula that is work by itself.
  case formula(String)
}

extension Sling {
  /// Finds out what is to be given out and to whom, before anything is done.
  /// - Throws: `not_found`, `invalid`.
  func classify(_ request: SlingRequest) throws(BeadsError) -> (
    work: SlingWork, target: String?, formula: String?
  ) {
    var words = request.work.map(Self.trimmed)
    var target = request.target
    if target == nil, words.count > 1, let last = words.last, isTarget(last) {
      target = last
      words.removeLast()
    }
    guard let first = words.first else {
      throw BeadsError(.invalid, "there is nothing to be given out", hint: "gt sling ISSUE RIG")
    }
    if let on = request.issue {
      guard words.count == 1, (try? issue(first)) == nil else {
        throw BeadsError(
          .invalid, "--on takes one formula and one issue", hint: "gt sling mol-bug-fix --on \(on)")
      }
      return (.issues([try issue(on)]), target, first)
    }
    if words.count > 1 {
      var issues: [Issue] = []
      for word in words {
        if ledgers.router.route(for: word) == nil {
          let unknown = try ledgers.noTracker(of: word)
          if unknown.code != .notFound { throw unknown }
          throw BeadsError(
            .notFound, "\(quoted(word)) is neither an issue nor a rig or an agent",
            hint: "`gt rig list` shows the rigs and the prefixes of their issues")
        }
        let issue = try issue(word)
        if !issues.contains(where: { $0.id == issue.id }) { issues.append(issue) }
      }
      if let group = issues.first(where: { $0.isGroup }) {
        throw BeadsError(
          .invalid, "\(group.id) is no single piece of work: its type is \(group.type)",
          hint: "give out epics and convoys one at a time")
      }
      return (.issues(issues), target, request.formula)
    }
    return (try one(first), target, request.formula)
  }

  private func one(_ word: String) throws(BeadsError) -> SlingWork {
    let found: Issue
    do throws(BeadsError) { found = try issue(word) } catch {
      guard error.code == .notFound else { throw error }
      let names = try ledgers.formulas(of: nil).entries().map(\.name)
      if names.contains(word) { return .formula(word) }
      if ledgers.router.route(for: word) != nil { throw error }
      throw BeadsError(
        .notFound, "\(quoted(word)) is neither an issue nor a formula",
        hint: "`gt ready` lists what could be given out, `bd formula list` the formulas")
    }
    if found.type == .epic {
      return .parts(try Convoys(ledgers, database).slingable(below: found.id).map(ledgers.issue), of: found)
    }
    if found.isConvoy, let convoy = Convoy(found) {
      return .parts(try convoy.tracked.map(ledgers.issue), of: found)
    }
    return .issues([found])
  }

  private func issue(_ word: String) throws(BeadsError) -> Issue {
    let (id, store) = try ledgers.resolve(word)
    return try Hook.issue(id, in: store)
  }
}

extension Ledgers {
  /// The issue of an ID, in whatever tracker.
  func issue(_ id: IssueID) throws(BeadsError) -> Issue { try Hook.issue(id, in: store(for: id)) }
}

extension Issue {
  var isConvoy: Bool { type == .convoy || labels.contains(Convoy.label) }
  var isGroup: Bool { type == .epic || isConvoy }
}
