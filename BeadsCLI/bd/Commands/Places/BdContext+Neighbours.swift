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
    } catch { warn("other projects were not looked at: \(error.message)") }
  }
}
