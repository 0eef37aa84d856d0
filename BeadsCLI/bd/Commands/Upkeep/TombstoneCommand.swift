import BeadsKit
import CommandKit

/// `bd compact --prune`: forgets deletions that every clone must know by now.
enum TombstoneCommand {
  static func run(_ lifetime: TombstoneLifetime, isPreview: Bool, _ context: BdContext) throws {
    let found = try context.store().expiredTombstones(lifetime)
    if !isPreview { try forget(found, context) }
    if context.isJSON {
      return context.object { writer in
        if isPreview { writer.member("dry_run", true) } else { writer.member("success", true) }
        writer.key("tombstones_pruned")
        writer.object { writer in
          writer.member("count", found.count)
          writer.member("ttl_days", lifetime.days)
        }
        writer.member("pruned_ids", found.map(\.rawValue))
      }
    }
    if found.isEmpty { return context.print("No deletion can be forgotten yet") }
    context.print(
      isPreview
        ? "Would forget \(counted(found.count, "deletion")):"
        : "\("✓", .green) Forgot \(counted(found.count, "deletion")):")
    for id in found { context.print("  \(id)") }
  }

  /// Forgets what has expired, as a part of other work.
  /// - Returns: How many deletions.
  static func prune(_ lifetime: TombstoneLifetime, _ context: BdContext) throws(BeadsError) -> Int {
    let found = try context.store().expiredTombstones(lifetime)
    try forget(found, context)
    return found.count
  }

  private static func forget(_ found: [IssueID], _ context: BdContext) throws(BeadsError) {
    if found.isEmpty { return }
    try context.change("prune tombstones") { transaction throws(BeadsError) in
      transaction.summary = counted(found.count, "deletion")
      try transaction.forget(found)
    }
  }
}
