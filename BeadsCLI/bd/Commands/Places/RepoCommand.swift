import BeadsKit
import CommandKit

/// `bd repo`: other projects whose issues are shown in this one.
enum RepoCommand {
  static var group: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "repo", summary: "Show other projects' issues here", section: CommandTree.Section.data,
      discussion: """
        The issues of these projects are listed, shown and ready here like this project's own. They never get into \
        this project's issues.jsonl; what is changed in them here is written into their own project.
        """,
      examples: ["bd repo add ../backend", "bd repo list", "bd repo remove ../backend"],
      subcommands: [add, remove, list, sync])
  }

  private static let key = "repos.additional"

  private static var add: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "add", summary: "Show the issues of another project here", positionals: [.required("path")]
    ) { arguments, context in
      let store = try writableStore("repo add", context)
      let workspace = try context.workspace()
      let word = arguments.positionals[0]
      let directory = absolute(word, context)
      let other = try Workspace.locate(environment: context.environment, directory: directory)
      if other.beadsDirectory == workspace.beadsDirectory {
        throw BeadsError(.invalid, "\(directory) is this project", hint: "name another project's directory")
      }
      let isFixed = Path.isAbsolute(word) || word.hasPrefix("~")
      let name = isFixed ? word : Path.relative(directory, to: workspace.projectDirectory)
      let repos = try context.hydratedRepos(workspace)
      if repos.contains(where: { $0.directory == directory }) {
        throw BeadsError(.exists, "the issues of \(name) are shown here already")
      }
      try save(repos.map(\.name) + [name], context)
      let report = try store.hydrate(try context.hydratedRepos(workspace))
      for warning in report.warnings { context.warn("\(warning)") }
      if context.isJSON {
        return context.object { writer in
          writer.member("added", true)
          writer.member("path", name)
        }
      }
      context.print("✓ Added \(name): \(report.imported) issues")
    }
  }

  private static var remove: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "remove", aliases: ["rm"], summary: "Show the issues of a project here no more",
      positionals: [.required("path")]
    ) { arguments, context in
      let store = try writableStore("repo remove", context)
      let workspace = try context.workspace()
      let word = arguments.positionals[0]
      let directory = absolute(word, context)
      let repos = try context.hydratedRepos(workspace)
      guard let repo = repos.first(where: { $0.name == word || $0.directory == directory }) else {
        let names = repos.map(\.name).joined(separator: ", ")
        throw BeadsError(
          .notFound, "the issues of \(word) are not shown here",
          hint: names.isEmpty ? "no other project's are" : "the projects are \(names)")
      }
      for failure in try store.writeBack(repos) { context.warn("\(failure)") }
      let count = try store.dehydrate(repo.name)
      try save(repos.map(\.name).filter { $0 != repo.name }, context)
      if context.isJSON {
        return context.object { writer in
          writer.member("removed", true)
          writer.member("path", repo.name)
          writer.member("issues_deleted", count)
        }
      }
      context.print("✓ Removed \(repo.name): its \(count) issues are not shown here any more")
    }
  }

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand("list", aliases: ["ls"], summary: "List the projects") { _, context in
      let repos = try context.hydratedRepos(try context.workspace())
      let primary = try context.configuration().string("repos.primary") ?? "."
      if context.isJSON {
        return context.object { writer in
          writer.member("primary", primary)
          writer.member("additional", repos.map(\.name))
        }
      }
      if repos.isEmpty { return context.print("No other project's issues are shown here") }
      for repo in repos { context.print("\(repo.name)") }
    }
  }

  private static var sync: CommandTree.BdCommand {
    CommandTree.BdCommand("sync", summary: "Read the projects' files again") { _, context in
      let store = try writableStore("repo sync", context)
      let repos = try context.hydratedRepos(try context.workspace())
      for failure in try store.writeBack(repos) { context.warn("\(failure)") }
      let report = try store.hydrate(repos, force: true)
      for warning in report.warnings { context.warn("\(warning)") }
      if context.isJSON {
        return context.object { writer in
          writer.member("synced", true)
          writer.member("repos_synced", report.synced)
          writer.member("repos_skipped", report.skipped)
          writer.member("issues_imported", report.imported)
        }
      }
      context.print("✓ Read \(report.synced) of \(repos.count) projects: \(report.imported) issues changed")
    }
  }

  // MARK: Helpers

  private static func absolute(_ path: String, _ context: BdContext) -> String {
    let environment = context.environment
    let path = Path.absolute(Path.expandingHome(path, environment), in: environment.currentDirectory)
    return (try? FileSystem.realPath(path)) ?? path
  }

  private static func save(_ names: [String], _ context: BdContext) throws(BeadsError) {
    if names.isEmpty {
      _ = try context.configuration().unset(key)
    } else {
      try context.configuration().set(key, to: ConfigurationList.join(names))
    }
  }

  private static func writableStore(_ operation: String, _ context: BdContext) throws(BeadsError) -> Store {
    let store = try context.store()
    if context.arguments.bool("readonly") {
      throw BeadsError(.readOnly, "operation '\(operation)' is not allowed in read-only mode")
    }
    guard store.hasDatabase else {
      throw BeadsError(
        .unsupported, "a project without database shows no other project's issues",
        hint: "turn the setting no-db off")
    }
    return store
  }
}
