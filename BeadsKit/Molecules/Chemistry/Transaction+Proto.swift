import BeadsFormats
import BeadsFormulas
import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Transaction {
  /// Stores what a cooked formula makes as a proto: read-only templates that molecules can be made of later.
  ///
  /// The root has the formula's name as ID and carries the label `template`; what the formula declares of its variables
  /// is kept in its metadata.
  /// - Parameters:
  ///   - prefix: Put before the name; a name without a hyphen gets the project's prefix when it is empty.
  ///   - replaces: Whether a proto of that ID is deleted and made anew.
  /// - Returns: The IDs by key.
  /// - Throws: `exists`, `invalid` for a name that is no ID and for steps with conditions.
  @discardableResult
  public mutating func storeProto(
    _ plan: MoleculePlan, prefix: String = "", replaces: Bool = false
  ) throws(BeadsError) -> Molecule {
    if let step = plan.conditionalSteps.first {
      throw BeadsError(
        .invalid, "step \(quoted(step)) of \(plan.name) has a condition, which a proto cannot decide later",
        hint: "give the variables their values with --var, or pour the formula itself")
    }
    let rootID = try protoID(plan.name, prefix: prefix)
    var plan = plan
    for index in plan.nodes.indices { prepare(&plan.nodes[index].issue, at: index) }
    plan.nodes[0].issue.labels.append(Issue.protoLabel)
    if !plan.variables.isEmpty, !plan.isFilled {
      var declared = JSONValue.object([])
      for variable in plan.variables { declared[variable.name] = variable.json }
      try plan.nodes[0].issue.setMetadata(Issue.variablesMember, declared)
    }
    let ids = try plan.ids(under: rootID)
    if let present = try reader.issue(rootID) {
      try replace(present, ids, plan, isAllowed: replaces)
    } else {
      try save(plan, as: ids)
    }
    return Molecule(rootID: rootID, ids: Array(zip(plan.nodes.map(\.key), ids)))
  }

  private func protoID(_ name: String, prefix: String) throws(BeadsError) -> IssueID {
    let id = prefix + name
    return try IssueID(id.utf8.contains(UInt8(ascii: "-")) ? id : "\(reader.prefixes().primary)-\(id)")
  }

  private func prepare(_ issue: inout Issue, at index: Int) {
    issue.createdAt = now.adding(nanoseconds: Int64(changeCount + index))
    issue.updatedAt = issue.createdAt
    issue.createdBy = actor
    issue.isTemplate = true
  }

  /// Writes a proto over the one that has its ID: what is still in it is changed, the rest goes.
  private mutating func replace(
    _ present: Issue, _ ids: [IssueID], _ plan: MoleculePlan, isAllowed: Bool
  ) throws(BeadsError) {
    guard present.isTombstone || (isAllowed && present.isProto) else {
      let what = present.isProto ? "proto" : "issue"
      throw BeadsError(
        .exists, "\(what) \(present.id) already exists",
        hint: present.isProto ? "--force makes it anew" : "give the proto another prefix with --prefix")
    }
    if !present.isTombstone {
      let old = try reader.descendants(of: present.id).filter { !ids.contains($0) }
      if !old.isEmpty { try delete(old, reason: "no longer in the formula", force: true) }
    }
    try learn(plan.nodes.map(\.issue.type))
    try overwrite(issues(of: plan, as: ids))
  }
}
