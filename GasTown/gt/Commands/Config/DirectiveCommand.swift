import BeadsKit
import CommandKit
import GasTownKit

/// `gt directive`: what the person who runs the town wants of a role.
enum DirectiveCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "directive", aliases: ["directives"], summary: "Say what you want of a role",
      section: CommandTree.Section.config,
      discussion: """
        A directive, directives/ROLE.md of the town or of a rig, is told to every agent of the role by `gt prime`, before \
        everything else: the town's first, then the rig's.
        """,
      examples: ["gt directive list", "gt directive edit polecat --rig app --text \"Never touch vendor/.\""],
      subcommands: [show, edit, list])
  }

  private static let roles = ["mayor", "polecat", "crew", "witness", "refinery", "deacon", "boot", "dog"]
  private static let places: [Flag] = [
    .string("rig", placeholder: "RIG", help: "The rig's"), .bool("town", help: "The town's"),
  ]

  private static func path(_ role: String, _ rig: RigName?, _ context: GtContext) throws(BeadsError) -> String
  {
    guard roles.contains(role) else {
      throw BeadsError(
        .invalid, "\(quoted(role)) is no role", hint: "one of \(roles.joined(separator: ", "))")
    }
    let town = try context.town()
    return Path.join(rig.map { town.path(of: $0) } ?? town.root, "directives/\(role).md")
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", summary: "List the directives there are",
      examples: ["gt directive list", "gt directive list --rig app"], flags: places
    ) { _, context in
      let place = try context.overlayPlace(else: nil)
      var found: [(role: String, rig: RigName?, path: String)] = []
      for rig in [nil] + (try context.town().rigs().map { Optional($0.name) })
      where place.isOpen || rig == place.rig {
        for role in roles {
          let path = try path(role, rig, context)
          if FileSystem.exists(path) { found.append((role, rig, path)) }
        }
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, one in
            writer.object { writer in
              writer.member("role", one.role)
              writer.member("scope", one.rig == nil ? "town" : "rig")
              writer.member(optional: "rig", one.rig?.rawValue)
              writer.member("path", one.path)
            }
          }
        }
      }
      if found.isEmpty { return context.print("There are no directives") }
      for one in found { context.print("\(one.role, .bold)  \(one.rig?.rawValue ?? "town")  \(one.path)") }
    }
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "Show what a role is told", examples: ["gt directive show polecat --rig app"],
      flags: places, positionals: [.required("role", values: roles)]
    ) { arguments, context in
      let role = arguments.positionals[0]
      let place = try context.overlayPlace()
      var found: [(rig: RigName?, text: String)] = []
      for rig in place.rig == nil ? [nil] : place.isOpen ? [nil, place.rig] : [place.rig] {
        guard let bytes = try FileSystem.readIfPresent(path(role, rig, context)) else { continue }
        found.append((rig, String(decoding: bytes, as: UTF8.self)))
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, one in
            writer.object { writer in
              writer.member("role", role)
              writer.member("scope", one.rig == nil ? "town" : "rig")
              writer.member(optional: "rig", one.rig?.rawValue)
              writer.member("text", one.text)
            }
          }
        }
      }
      if found.isEmpty { return context.print("Nothing is wanted of \(role)") }
      for one in found { context.print("\(one.rig?.rawValue ?? "The town", .bold)\n\(multiline: one.text)") }
    }
  }

  private static var edit: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "edit", summary: "Change what a role is told; without a text, in your editor",
      discussion: "Without --rig it is the town's. An empty text takes it away.",
      examples: ["gt directive edit polecat --text \"Write tests first.\""],
      flags: places + [
        .string("text", short: "m", placeholder: "TEXT", help: "The new text"), GtContext.stdinFlag,
      ], positionals: [.required("role", values: roles)]
    ) { arguments, context in
      let role = arguments.positionals[0]
      let path = try path(role, context.overlayPlace(else: nil).rig, context)
      let text: String
      if let given = try context.text(flag: "text") {
        text = given
      } else {
        let old = try FileSystem.readIfPresent(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        text = try context.edited(old, named: "\(role).md") { $0 }
      }
      let isEmpty = text.allSatisfy(\.isWhitespace)
      if isEmpty {
        try FileSystem.remove(path)
      } else {
        try FileSystem.makeDirectory(Path.directory(of: path))
        try FileSystem.replace(path, with: Array((text.hasSuffix("\n") ? text : text + "\n").utf8))
      }
      if context.isJSON {
        return context.object { writer in
          writer.member("role", role)
          writer.member("path", path)
          writer.member("removed", isEmpty)
        }
      }
      context.print(isEmpty ? "✓ Nothing is wanted of \(role) there" : "✓ \(path)")
    }
  }
}
