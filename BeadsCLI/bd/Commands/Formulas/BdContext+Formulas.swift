import BeadsKit
import CommandKit

extension BdContext {
  /// The formulas that can be used here, in a project or in none; opens no store.
  func formulaLibrary() throws(BeadsError) -> FormulaLibrary {
    let environment = try environmentOfDirectory()
    let workspace = try Workspace.locateIfPresent(
      environment: self.environment, databasePath: arguments.string("db"),
      directory: arguments.string("directory"))
    let directories = FormulaLibrary.directories(
      environment: environment, beadsDirectory: workspace?.beadsDirectory,
      checkout: GitLocation.find(from: environment.currentDirectory)?.workTree
        ?? environment.currentDirectory,
      extra: searchPath)
    return FormulaLibrary(environment: self.environment, directories: directories)
  }

  private var searchPath: [String] {
    arguments.commandPath.last == "cook" ? arguments.list("search-path") : []
  }

  /// Prints a formula as one JSON object.
  func print(_ formula: Formula) {
    object { writer in
      guard case .object(let members) = formula.json else { return }
      for member in members {
        writer.key(member.key)
        member.value.write(to: &writer)
      }
    }
  }
}
