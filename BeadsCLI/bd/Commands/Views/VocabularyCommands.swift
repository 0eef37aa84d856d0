import BeadsKit
import CommandKit

/// `bd types`: the words for kinds of issues.
enum TypesCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "types", summary: "Show the issue types", section: CommandTree.Section.views,
      examples: ["bd types", "bd config set types.custom agent,convoy"]
    ) { _, context in
      let custom = try context.store().rules.vocabulary.customTypes.map(\.rawValue)
      if context.isJSON {
        return context.object { writer in
          writer.key("core_types")
          writer.array(IssueType.builtIn) { writer, type in
            writer.object {
              $0.member("name", type.type.rawValue)
              $0.member("description", type.summary)
            }
          }
          writer.member("custom_types", custom)
        }
      }
      var table = Table([Table.Column(), Table.Column()])
      for (type, summary) in IssueType.builtIn { table.add(IssueText.type(type), "\(summary)") }
      for type in custom { table.add("\(type)", "\("custom", .gray)") }
      context.output.print(table)
    }
  }
}

/// `bd statuses`: the words for states of issues.
enum StatusesCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "statuses", summary: "Show the statuses", section: CommandTree.Section.views,
      examples: ["bd statuses", "bd config set status.custom review:wip"]
    ) { _, context in
      let vocabulary = try context.store().rules.vocabulary
      let builtIn = vocabulary.statuses.prefix(StatusDefinition.builtIn.count)
      let custom = vocabulary.statuses.dropFirst(builtIn.count)
      if context.isJSON {
        return context.object { writer in
          writer.key("built_in_statuses")
          writer.array(builtIn) { $0.definition($1) }
          writer.key("custom_statuses")
          writer.array(custom) { $0.definition($1) }
        }
      }
      var table = Table([Table.Column(), Table.Column(), Table.Column(), Table.Column()])
      for definition in vocabulary.statuses {
        table.add(
          IssueText.icon(definition.status, vocabulary), "\(definition.status)",
          "\(definition.category.rawValue, .gray)",
          definition.summary.isEmpty ? "\("custom", .gray)" : "\(definition.summary)")
      }
      context.output.print(table)
    }
  }
}

extension JSONWriter {
  fileprivate mutating func definition(_ definition: StatusDefinition) {
    object {
      $0.member("name", definition.status.rawValue)
      $0.member("category", definition.category.rawValue)
      $0.member("icon", definition.icon)
      $0.member("description", definition.summary)
    }
  }
}
