public import BeadsFormats
import BeadsModel

extension JSONWriter {
  /// Writes the members of a place in a dependency tree (TreeNode of contract 1.12) into the object that is open.
  ///
  /// What is not in this store has no other members than these and its ID as title.
  public mutating func treeNodeMembers(_ node: DependencyTree.Node) {
    if let issue = node.issue {
      issueMembers(issue)
    } else {
      member("id", node.id.rawValue)
      member("title", node.id.rawValue)
      member("status", "open")
      member("issue_type", node.id.isExternal ? "external" : "task")
    }
    member("depth", node.depth)
    member("parent_id", node.parentID.rawValue)
    if let edge = node.edge { member("edge_from_parent", edge.rawValue) }
    member("truncated", node.isTruncated)
  }
}
