import BeadsFormats
public import BeadsSystem

extension AgentGuide {
  /// The text that the user put in place of ours: the first of `.beads/PRIME.md` in the current checkout, that of the
  /// project, and `beads/PRIME.md` in the user's directory for settings.
  /// - Returns: nil when there is none; an empty one counts.
  /// - Throws: `io_error` when one is there and cannot be read.
  public static func override(
    _ workspace: Workspace, _ environment: Environment
  ) throws(BeadsError) -> String? {
    let checkout = GitLocation.find(from: environment.currentDirectory)?.workTree
    let places = [
      checkout.map { Path.join($0, ".beads") }, workspace.redirectedFrom, workspace.beadsDirectory,
      environment.configurationHome.isEmpty ? nil : Path.join(environment.configurationHome, "beads"),
    ]
    for place in places {
      guard let place, let bytes = try FileSystem.readIfPresent(Path.join(place, "PRIME.md")) else {
        continue
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    return nil
  }

  /// How issues leave this clone, told from the settings and git's own files; runs no git.
  /// - Throws: `invalid` when a setting is none.
  public static func sharing(
    _ workspace: Workspace, _ configuration: Configuration
  ) throws(BeadsError) -> Sharing {
    guard let repository = workspace.repository, try !configuration.bool("no-git-ops") else { return .none }
    if let branch = try configuration.string("sync-branch"), !branch.isEmpty { return .branch(branch) }
    let config = GitConfigFile(path: Path.join(repository.commonDirectory, "config"))
    let hasRemote = config?.entries.contains { $0.key.hasPrefix("remote.") && $0.key.hasSuffix(".url") }
    return hasRemote == true ? .remote : .local
  }

  /// Whether the user's Claude settings name an MCP server for beads, so that the guide need not list commands.
  public static func hasServer(_ environment: Environment) -> Bool {
    let path = Path.join(environment.homeDirectory, ".claude/settings.json")
    guard !environment.homeDirectory.isEmpty, let text = try? FileSystem.readText(path),
      case .object(let servers)? = JSONValue(parsing: text)?["mcpServers"]
    else { return false }
    return servers.contains { $0.key.lowercased().contains("beads") }
  }
}

extension Workspace {
  /// The root whose files agents in a directory read: that of its checkout, or the project's own directory where that
  /// is deeper.
  public func checkoutRoot(of directory: String) -> String {
    let directory = (try? FileSystem.realPath(directory)) ?? directory
    guard let checkout = GitLocation.find(from: directory)?.workTree else { return projectDirectory }
    let isDeeper = Path.isInside(directory, projectDirectory) && !Path.isInside(checkout, projectDirectory)
    return isDeeper ? projectDirectory : checkout
  }
}
