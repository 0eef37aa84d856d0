import BeadsKit
import CommandKit

/// `bd doctor --plan`, `--apply` and `--fix`.
enum DoctorRepair {
  enum Mode {
    case show, carryOut, ask
    case apply(String)

    /// What the flags ask for; nil when they ask for an examination.
    init?(_ arguments: Arguments) {
      if let id = arguments.string("apply") {
        self = .apply(id)
      } else if arguments.bool("plan") {
        self = .show
      } else if arguments.bool("interactive") {
        self = .ask
      } else if arguments.bool("fix") || arguments.bool("fix-child-parent") {
        self = arguments.bool("yes") ? .carryOut : .show
      } else {
        return nil
      }
    }
  }

  static func run(_ mode: Mode, _ doctor: Doctor, _ arguments: Arguments, _ context: BdContext) throws {
    let kinds = kinds(arguments)
    if case .apply(let id) = mode { return try apply(id, kinds, doctor, context) }
    let plan = try doctor.plan(kinds)
    switch mode {
    case .carryOut where !plan.isEmpty: try apply(plan.id, kinds, doctor, context)
    case .ask where !plan.isEmpty:
      let chosen = choose(from: plan, context)
      if chosen.isEmpty { return context.print("Nothing was changed") }
      try apply(try doctor.plan(chosen).id, chosen, doctor, context)
    default: show(plan, context)
    }
  }

  private static func kinds(_ arguments: Arguments) -> Set<Repair.Kind>? {
    if arguments.bool("fix-child-parent") { return [.childParent] }
    return arguments.string("check") == "validate" ? [.orphanedEdges] : nil
  }

  private static func apply(
    _ id: String, _ kinds: Set<Repair.Kind>?, _ doctor: Doctor, _ context: BdContext
  ) throws(BeadsError) {
    if context.arguments.bool("readonly") {
      throw BeadsError(.readOnly, "operation 'doctor --apply' is not allowed in read-only mode")
    }
    let report = try doctor.apply(id, kinds)
    if context.isJSON { return context.object { $0.repairReport(report) } }
    for repair in report.plan.repairs {
      context.print("\(Style.green("✓")) \(repair.kind.summary) (\(repair.items.count))")
    }
    if let operation = report.operation { context.print("  operation \(operation): `bd undo` takes it back") }
    if let backup = report.backup { context.print("  copies of what was there: \(backup)") }
    for note in report.notes { context.print("  \(note)") }
  }

  // MARK: Showing and asking

  private static func show(_ plan: RepairPlan, _ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.key("plan")
        if plan.isEmpty { writer.null() } else { writer.string(plan.id) }
        writer.key("repairs")
        writer.array(plan.repairs) { $0.repair($1) }
      }
    }
    if plan.isEmpty {
      return context.print("\(Style.green("✓")) Nothing can be repaired, or nothing needs to be")
    }
    for repair in plan.repairs {
      context.print("\(repair.id, .yellow) \(repair.kind.summary)")
      for item in repair.items.prefix(20) { context.print("    \(item)") }
      if repair.items.count > 20 {
        context.print("    … and \(repair.items.count - 20) more; --json lists all")
      }
      context.print("    \("to take it back: \(repair.kind.reversal)", .dim)")
    }
    context.print("")
    context.print("Carry it out with: bd doctor --apply \(plan.id)")
  }

  /// The repairs that a person agrees to, one question each.
  private static func choose(from plan: RepairPlan, _ context: BdContext) -> Set<Repair.Kind> {
    var chosen: Set<Repair.Kind> = []
    for repair in plan.repairs {
      for item in repair.items.prefix(20) { context.output.note("    \(item)") }
      context.output.note("\(repair.kind.summary) (\(repair.items.count))? [y/N]")
      guard let answer = readLine()?.lowercased() else { break }
      if ["y", "yes"].contains(answer) { chosen.insert(repair.kind) }
    }
    return chosen
  }
}

extension JSONWriter {
  fileprivate mutating func repair(_ repair: Repair) {
    object { writer in
      writer.member("id", repair.id)
      writer.member("kind", repair.kind.rawValue)
      writer.member("summary", repair.kind.summary)
      writer.member("items", repair.items)
      writer.member("reversal", repair.kind.reversal)
    }
  }

  fileprivate mutating func repairReport(_ report: RepairReport) {
    member("plan", report.plan.id)
    key("applied")
    array(report.plan.repairs) { $0.repair($1) }
    if let operation = report.operation { member("operation", Int(operation)) }
    if let backup = report.backup { member("backup", backup) }
    member("notes", report.notes)
  }
}
