import BeadsKit
import CommandKit
import GasTownKit

/// `gt formula overlay`: what a town or a rig changes in steps of formulas that it did not write.
enum FormulaOverlayCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "overlay", aliases: ["overlays"], summary: "Change steps of a formula for the town or a rig",
      discussion: """
        An overlay, formula-overlays/NAME.toml of the town or of a rig, replaces the text of a step, adds to it, or \
        leaves the step out. The rig's file takes the place of the town's. It holds for all work from then on, also for \
        that which has begun.
        """,
      examples: [
        "gt formula overlay list", "gt formula overlay show mol-polecat-work --rig app",
        "gt formula overlay edit mol-polecat-work --rig app --step implement --mode append --text \"Update CHANGES.\"",
      ], subcommands: [list, show, edit])
  }

  private static let rigFlag = Flag.string("rig", placeholder: "RIG", help: "The overlay of this rig")
  private static let townFlag = Flag.bool("town", help: "The overlay of the town")

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", summary: "List the overlays there are", examples: ["gt formula overlay list"],
      flags: [
        .string("rig", placeholder: "RIG", help: "Only those of this rig"),
        .bool("town", help: "Only those of the town"),
      ]
    ) { arguments, context in
      let place = try context.overlayPlace()
      let files = try FormulaOverlays(context.ledgers()).all().filter { place.isOpen || $0.rig == place.rig }
      if context.isJSON { return context.json { $0.array(files) { write($1, &$0) } } }
      if files.isEmpty { return context.print("There are no overlays") }
      for file in files {
        let steps = file.overlay.overrides.map { "\($0.mode.rawValue) \($0.stepID)" }.joined(separator: ", ")
        context.print("\(file.formula, .bold)  \(file.rig?.rawValue ?? "town")  \(steps)")
        tellProblems(file, context)
      }
    }
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "Show what is changed in a formula",
      discussion: "What holds for the rig one is in, or that is named: its own overlay, else the town's.",
      examples: ["gt formula overlay show mol-polecat-work"], flags: [rigFlag, townFlag],
      positionals: [.required("formula")]
    ) { arguments, context in
      let name = arguments.positionals[0]
      let place = try context.overlayPlace()
      let overlays = FormulaOverlays(try context.ledgers())
      _ = try context.ledgers().formulas(of: place.rig).formula(named: name)
      guard let file = try overlays.effective(of: name, rig: place.rig) else {
        if context.isJSON {
          return context.object { writer in
            writer.member("formula", name)
            writer.key("overrides")
            writer.array([String]()) { $0.string($1) }
          }
        }
        return context.print("Nothing changes \(name) \(place.rig.map { "in \($0)" } ?? "in the town")")
      }
      if context.isJSON { return context.json { write(file, &$0) } }
      context.print("\(name, .bold) is changed by \(file.path)")
      for override in file.overlay.overrides {
        context.print("\n\(override.mode.rawValue) \(override.stepID, .bold)")
        if let text = override.summary { context.print("\(multiline: text)") }
      }
      tellProblems(file, context)
    }
  }

  private static var edit: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "edit", summary: "Change a step of a formula; without --step, in your editor",
      discussion: """
        The change is checked before it is kept: the formula and the step must exist. Without --rig it is the town's.
        """,
      examples: [
        "gt formula overlay edit mol-polecat-work --step implement --mode append --text \"Update CHANGES.\"",
        "gt formula overlay edit mol-polecat-work --rig app --step self-review --mode skip",
        "gt formula overlay edit mol-polecat-work --step implement --remove",
      ],
      flags: [
        rigFlag, townFlag, .string("step", placeholder: "ID", help: "The step to change"),
        .choice("mode", values: FormulaOverlay.Mode.allCases.map(\.rawValue), help: "How it is changed"),
        .string("text", short: "m", placeholder: "TEXT", help: "The new text, or what is added"),
        GtContext.stdinFlag, .bool("remove", help: "Take back what was changed in the step"),
      ], positionals: [.required("formula")]
    ) { arguments, context in
      let name = arguments.positionals[0]
      let rig = try context.overlayPlace(else: nil).rig
      let overlays = FormulaOverlays(try context.ledgers())
      let file: FormulaOverlays.File?
      switch (arguments.string("step"), arguments.string("mode").flatMap(FormulaOverlay.Mode.init)) {
      case (let step?, nil) where arguments.bool("remove"):
        file = try overlays.remove(step, of: name, rig: rig)
      case (let step?, let mode?) where !arguments.bool("remove"):
        let text = try context.text(flag: "text")
        file = try overlays.set(.init(stepID: step, mode: mode, summary: text), of: name, rig: rig)
      case (nil, nil) where !arguments.bool("remove") && !arguments.isSet("text") && !arguments.bool("stdin"):
        let path = try overlays.path(of: name, rig: rig)
        _ = try context.ledgers().formulas(of: rig).formula(named: name)
        let old = try FileSystem.readIfPresent(path).map { String(decoding: $0, as: UTF8.self) } ?? template
        file = try context.edited(old, named: "\(name).toml") { text throws(BeadsError) in
          try overlays.replace(text, of: name, rig: rig)
        }
      default:
        throw BeadsError(
          .invalid, "a change needs --step and --mode, taking one back --step and --remove",
          hint: "--step ID --mode append --text \"...\"")
      }
      guard let file else {
        if context.isJSON {
          return context.object { writer in
            writer.member("formula", name)
            writer.key("overrides")
            writer.array([String]()) { $0.string($1) }
          }
        }
        return context.print("✓ \(name) is as it was written")
      }
      if context.isJSON { return context.json { write(file, &$0) } }
      context.print("✓ \(name, .bold) is changed by \(file.path)")
      tellProblems(file, context)
    }
  }

  private static let template = """
    # [[step-overrides]]
    # step_id = "implement"
    # mode = "append"            # or replace, or skip
    # description = "What is to be added."

    """

  private static func tellProblems(_ file: FormulaOverlays.File, _ context: GtContext) {
    if let problem = file.problem { context.warn("\(file.path): \(problem.message)") }
    for step in file.staleSteps { context.warn("\(file.path): the formula has no step \(step)") }
  }

  private static func write(_ file: FormulaOverlays.File, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("formula", file.formula)
      writer.member("scope", file.rig == nil ? "town" : "rig")
      writer.member(optional: "rig", file.rig?.rawValue)
      writer.member("path", file.path)
      writer.key("overrides")
      writer.array(file.overlay.overrides) { writer, override in
        writer.object { writer in
          writer.member("step_id", override.stepID)
          writer.member("mode", override.mode.rawValue)
          writer.member(optional: "description", override.summary)
        }
      }
      writer.member("stale_steps", file.staleSteps)
      writer.member(optional: "problem", file.problem?.message)
    }
  }
}

extension GtContext {
  /// Which place `--rig` and `--town` mean; open when neither is given, and then the rig one is in.
  func overlayPlace() throws(BeadsError) -> (rig: RigName?, isOpen: Bool) {
    try overlayPlace(else: try me().rig)
  }

  /// Which place `--rig` and `--town` mean.
  func overlayPlace(else rig: RigName?) throws(BeadsError) -> (rig: RigName?, isOpen: Bool) {
    let isTown = arguments.bool("town")
    guard let name = arguments.string("rig") else { return (isTown ? nil : rig, !isTown) }
    if isTown { throw BeadsError(.invalid, "--rig and --town exclude each other") }
    return (try town().rig(name).name, false)
  }
}
