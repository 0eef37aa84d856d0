import BeadsKit

extension BranchSubmission {
  // MARK: The branch

  /// The branch, its commit, and a checkout or repository that has it.
  ///
  /// A branch that is checked out must have everything committed. One that is not is looked for here, then in the rig's
  /// repository, where branches of polecats are, then on the origin.
  func locate(_ request: Request) throws(BeadsError) -> (BranchName, head: String, place: String) {
    let checkout = try checkout(at: request.directory)
    let state = try checkout.map { path throws(BeadsError) in try WorktreeState.read(path, environment) }
    guard
      let name = try request.branch.map({ word throws(BeadsError) in try BranchName(word) }) ?? state?.branch
    else {
      throw BeadsError(
        .invalid,
        checkout == nil
          ? "\(request.directory) is no checkout of \(rig.name)" : "no branch is checked out here",
        hint: "name the branch with --branch")
    }
    if let checkout, let state, state.branch == name, let head = state.head {
      guard state.isClean else {
        throw BeadsError(
          .conflict, "not everything is committed", details: state.uncommitted.prefix(20).map { $0 },
          hint: "commit it, or name a branch that is not checked out with --branch")
      }
      return (name, head, checkout)
    }
    for place in [checkout, rig.repository].compactMap(\.self) {
      if let head = try GitCommand(within: place, environment).commit("refs/heads/\(name)") {
        return (name, head, place)
      }
    }
    try? fetch(name, in: rig.repository)
    if let head = try GitCommand(within: rig.repository, environment).commit("refs/remotes/origin/\(name)") {
      return (name, head, rig.repository)
    }
    throw BeadsError(
      .notFound, "there is no branch \(name), neither here nor on the origin of \(rig.name)",
      hint: "`git branch --all` lists those that are here")
  }

  private var environment: Environment { ledgers.town.environment }

  /// The checkout around a directory if it is one of the rig's repository; a person may have one outside of the town.
  private func checkout(at directory: String) throws(BeadsError) -> String? {
    guard let path = GitLocation.find(from: directory)?.workTree else { return nil }
    let real = (try? FileSystem.realPath(path)) ?? path
    if Path.isInside(real, rig.root), real != rig.root { return path }
    let url = try GitCommand(within: path, environment).ask("remote", "get-url", "origin")
    return url.succeeded && url.text == rig.gitURL ? path : nil
  }

  /// Brings what the origin has of a branch into the place.
  func fetch(_ branch: BranchName, in place: String) throws(BeadsError) {
    try GitCommand(within: place, environment).run(
      [
        "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--end-of-options", "origin",
        "+refs/heads/\(branch):refs/remotes/origin/\(branch)",
      ], to: "fetch \(branch) of \(rig.name)")
  }

  /// The polecat whose name space a branch is in: `polecat/NAME/ISSUE@TIME`, or `polecat/NAME-TIME` without an issue.
  func worker(of branch: BranchName) throws(BeadsError) -> AgentAddress? {
    let parts = branch.rawValue.split(separator: "/")
    guard parts.count > 1, parts[0] == "polecat", let name = AgentName(rawValue: String(parts[1])) else {
      return nil
    }
    let whole = AgentAddress.polecat(rig.name, name)
    guard parts.count == 2, let dash = parts[1].lastIndex(of: "-"), try database.agent(whole) == nil else {
      return whole
    }
    return AgentName(rawValue: String(parts[1][..<dash])).map { .polecat(rig.name, $0) }
  }

  // MARK: The issue

  /// The issue that the work is for: the one named, the one that the branch names, the one on the caller's hook.
  func issue(_ request: Request, _ branch: BranchName) throws(BeadsError) -> Issue {
    var id = request.issue ?? Done.issue(inBranch: branch)
    if id == nil { id = try mentioned(in: branch) }
    if id == nil { id = try database.agent(request.caller)?.bead }
    guard let id else {
      throw BeadsError(.invalid, "which issue is \(branch) for?", hint: "name it with --issue")
    }
    guard let issue = try ledgers.store(for: id).issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "there is no issue \(id)")
    }
    return issue
  }

  /// An issue of the rig whose ID is a part of the branch's name, such as `fix/app-3fk` or `app-3fk-parser`.
  private func mentioned(in branch: BranchName) throws(BeadsError) -> IssueID? {
    let store = try ledgers.store(of: rig.name)
    for part in branch.rawValue.split(whereSeparator: { "/@".contains($0) }).reversed() {
      var words = part.split(separator: "-")
      while words.count > 1 {
        if let id = IssueID(rawValue: words.joined(separator: "-")), try store.issue(id) != nil { return id }
        words.removeLast()
      }
    }
    return nil
  }

  /// Throws when the issue is not one whose work can be merged now.
  func check(_ issue: Issue, _ worker: AgentAddress, _ request: Request) throws(BeadsError) {
    if issue.isClosed {
      throw BeadsError(
        .conflict, "\(issue.id) is closed: \(issue.closeReason)",
        hint: "`bd reopen \(issue.id)` opens it again")
    }
    if MergeRequest(issue) != nil {
      throw BeadsError(
        .invalid, "\(issue.id) is a merge request", hint: "name the issue that the work is for")
    }
    guard issue.assignee.isEmpty || [worker.text, request.caller.text].contains(issue.assignee) else {
      throw BeadsError(
        .conflict, "\(issue.id) is that of \(issue.assignee)",
        hint: "`gt unsling \(issue.id)` takes it away, or name another issue with --issue")
    }
    if request.ignoresBlockers { return }
    let blockers = try ledgers.store(for: issue.id).activeBlockers(of: issue.id).map(\.blockerID)
    if blockers.isEmpty { return }
    throw BeadsError(
      .conflict, "\(issue.id) waits for \(Set(blockers).sorted().map(\.rawValue).joined(separator: ", "))",
      hint: "close what it waits for, or add --skip-deps")
  }

  /// Where the branch is to go.
  func target(_ request: Request, _ issue: Issue) throws(BeadsError) -> BranchName {
    if let word = request.target { return try BranchName(word) }
    if let epic = request.epic { return try ledgers.integrationBranch(of: epic) }
    let branches = try IntegrationBranches(rig, ledgers)
    if let chosen = try branches.chosen(Attachment(issue), for: issue.id) { return chosen }
    return try branches.target(for: issue.id) ?? rig.defaultBranch
  }
}
