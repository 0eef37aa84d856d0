import BeadsKit
import CommandKit

/// `bd edit`: opens one field of an issue in the user's editor.
enum EditCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "edit", summary: "Edit a field in your editor", section: CommandTree.Section.issues,
      discussion:
        "Opens the description, or another field, in $VISUAL or $EDITOR and saves it when the editor ends.",
      examples: ["bd edit bd-a3f8", "bd edit bd-a3f8 --design"],
      flags: fields.map { .bool($0.flag, help: $0.help) }, positionals: [.optionalIssue()], run: run)
  }

  private struct Field {
    let flag: String
    let help: String
    let path: any WritableKeyPath<Issue, String> & Sendable
  }

  private static var fields: [Field] {
    [
      Field(flag: "description", help: "Edit the description (the default)", path: \.description),
      Field(flag: "title", help: "Edit the title", path: \.title),
      Field(flag: "design", help: "Edit the design", path: \.design),
      Field(flag: "notes", help: "Edit the notes", path: \.notes),
      Field(flag: "acceptance", help: "Edit the acceptance criteria", path: \.acceptanceCriteria),
    ]
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let chosen = fields.filter { arguments.bool($0.flag) }
    if chosen.count > 1 {
      throw BeadsError(
        .invalid, "--\(chosen[0].flag) and --\(chosen[1].flag) exclude each other", hint: "edit one at a time"
      )
    }
    let field = chosen.first ?? fields[0]
    let id = try context.resolve(context.issueWords(arguments.positionals)[0])
    guard let issue = try context.store().issue(id) else { return }
    let old = issue[keyPath: field.path]
    let name = "bd-\(context.environment.entropy())-\(id)-\(field.flag).md"
    try TextEditor.edit(
      old.isEmpty ? "" : old + "\n", draft: Path.join(context.environment["TMPDIR"] ?? "/tmp", name),
      environment: context.environment, hint: "set $EDITOR, or use `bd update ID --description TEXT`"
    ) { file in
      var text = file
      // The last line feed is the editor's, not the text's.
      if text.last?.isNewline == true { text.removeLast() }
      if field.flag == "title" { text = text.split(whereSeparator: \.isNewline).joined(separator: " ") }
      if text == old {
        if context.isJSON { return context.array([issue]) }
        return context.print("No changes to \(id)")
      }
      let ids = try context.changeEach("edit", [id.rawValue]) { transaction, chosen throws(BeadsError) in
        try transaction.update(chosen.id) { $0[keyPath: field.path] = text }
      }
      try context.printChanged(ids) { issue throws(BeadsError) in
        "✓ Updated \(field.flag) of \(try context.named(issue))"
      }
    }
  }
}
