import BeadsKit
import CommandKit
import GasTownKit

extension GtContext {
  /// Has the user change a text in `$VISUAL` or `$EDITOR`, and hands it to a closure.
  ///
  /// When the closure refuses the text, the draft stays where the error says.
  func edited<R>(
    _ text: String, named name: String, _ save: (String) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    let command = try editor()
    let directory = try town().path(".runtime/drafts")
    try FileSystem.makeDirectory(directory)
    let path = Path.join(directory, "\(environment.entropy())-\(name)")
    try FileSystem.replace(path, with: Array(text.utf8), mode: 0o600)
    var program = Subprocess(
      command + [path], directory: environment.currentDirectory, variables: environment.variables)
    program.input = .inherited
    program.output = .inherited
    guard try program.run().succeeded else {
      _ = try FileSystem.remove(path)
      throw BeadsError(.io, "the editor \(quoted(command[0])) failed, nothing is changed")
    }
    do throws(BeadsError) {
      let result = try save(try FileSystem.readText(path))
      _ = try FileSystem.remove(path)
      return result
    } catch {
      throw BeadsError(
        error.code, error.message, details: error.details + ["your text is kept in \(path)"], hint: error.hint
      )
    }
  }

  private func editor() throws(BeadsError) -> [String] {
    for name in ["VISUAL", "EDITOR"] {
      let words = (environment[name] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
      if !words.isEmpty { return words }
    }
    throw BeadsError(.notFound, "no editor is set", hint: "set $EDITOR, or give the text on the command line")
  }
}
