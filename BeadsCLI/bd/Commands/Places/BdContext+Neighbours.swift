import BeadsKit
import CommandKit

extension BdContext {
  /// Takes over what has changed in other projects that this one looks at.
  ///
  /// What cannot be read there stops no command here.
  func lookAround(_ store: Store, _ workspace: Workspace) {
    do throws(BeadsError) {
      try store.refreshExternalProjects { () throws(BeadsError) in
        try configuration().map("external_projects").map { entry in
          (
            entry.name,
            Path.absolute(Path.expandingHome(entry.value, environment), in: workspace.projectDirectory)
          )
        }
      }
      let report = try store.hydrate(try hydratedRepos(workspace))
      for warning in report.warnings { warn("\(warning)") }
    } catch { warn("other projects were not looked at: \(error.message)") }
  }

  /// Writes what was changed in other projects' issues into their own stores.
  func writeBack(_ store: Store) {
    do throws(BeadsError) {
      for failure in try store.writeBack(try hydratedRepos(try workspace())) { warn("\(failure)") }
    } catch { warn("saved here, but not in the issue's own project: \(error.message)") }
  }

  /// The projects of the setting `repos.additional`.
  func hydratedRepos(_ workspace: Workspace) throws(BeadsError) -> [HydratedRepo] {
    try configuration().list("repos.additional").map { name in
      HydratedRepo(
        name: name,
        directory: Path.absolute(Path.expandingHome(name, environment), in: workspace.projectDirectory))
    }
  }
}
