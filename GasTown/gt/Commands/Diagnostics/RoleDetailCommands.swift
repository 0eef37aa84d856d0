import BeadsKit
import CommandKit
import GasTownKit

/// `gt role def` and `gt role env`.
enum RoleDetailCommands {
  static var definition: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "def", summary: "Show what a role is: where it works, what runs it, what it is told",
      examples: ["gt role def polecat", "gt role def crew --rig shop --json"],
      flags: [.string("rig", placeholder: "RIG", help: "As it is in this project")],
      positionals: [.required("role", values: AgentRole.allCases.map(\.rawValue))]
    ) { arguments, context in
      let word = arguments.positionals[0]
      guard let role = AgentRole(rawValue: word) else {
        throw BeadsError(
          .invalid, "\(quoted(word)) is no role",
          hint: "one of \(AgentRole.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      let town = try context.town()
      let rig = try arguments.string("rig").map { try town.rig($0) }
      var rows: [(key: String, value: String)] = [
        ("role", role.rawValue), ("scope", role.hasRig ? "rig" : "town"), ("summary", role.summary),
        ("session", role.hasSession ? role.sessionPattern : "none"), ("work_dir", role.workDirectory),
      ]
      if role.hasSession {
        let found = try RuntimeRegistry.load(town, rig).resolution(role: role)
        rows.append(("agent", "\(found.runtime.name) (\(found.source))"))
      }
      let places = [town.root] + (rig.map { [$0.root] } ?? [])
      let directives = places.map { Path.join($0, "directives/\(role.rawValue).md") }
        .filter(FileSystem.exists)
      if context.isJSON {
        return context.object { writer in
          for row in rows {
            writer.key(row.key)
            writer.string(row.value)
          }
          writer.member("directives", directives)
        }
      }
      for row in rows { context.print("\(row.key, .bold): \(row.value)") }
      for path in directives { context.print("\("directive", .bold): \(path)") }
    }
  }

  static var variables: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "env", summary: "Print the variables that tell who an agent is, for a shell",
      discussion: "Those of the caller, or of the agent that is named.",
      examples: ["eval \"$(gt role env app/crew/max)\"", "gt role env mayor --json"],
      positionals: [.optional("agent")]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals.first)
      guard agent != .overseer else {
        throw BeadsError(
          .invalid, "a person has no variables of an agent", hint: "name one: `gt role env app/crew/max`")
      }
      let values = try context.launcher().identity(of: agent).sorted { $0.key < $1.key }
      if context.isJSON {
        return context.object { writer in
          for (name, value) in values {
            writer.key(name)
            writer.string(value)
          }
        }
      }
      for (name, value) in values { context.print("export \(name)=\(Self.quoted(value))") }
    }
  }

  /// A word for a shell.
  private static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

extension AgentRole {
  /// What the sessions of the role are called.
  fileprivate var sessionPattern: String {
    switch self {
    case .crew: "{prefix}-crew-{name}"
    case .polecat: "{prefix}-{name}"
    default: "hq-\(rawValue)"
    }
  }

  /// Where the role works.
  fileprivate var workDirectory: String {
    switch self {
    case .overseer: "{town}"
    case .mayor, .deacon: "{town}/\(rawValue)"
    case .boot: "{town}/deacon/dogs/boot"
    case .dog: "{town}/deacon/dogs/{name}"
    case .witness: "{town}/{rig}/witness"
    case .refinery: "{town}/{rig}/refinery/rig"
    case .crew: "{town}/{rig}/crew/{name}"
    case .polecat: "{town}/{rig}/polecats/{name}/{rig}"
    }
  }
}
