import BeadsKit
import CommandKit
import GasTownKit

extension GtContext {
  /// Has the user change a text in `$VISUAL` or `$EDITOR`, and hands it to a closure.
  ///
  /// When the closure refuses the text, the draft stays where the error says.
  func edited<R>(
    _ text: String, named name: String, _ save: (String) throws -> R
  ) throws -> R {
    let directory = try town().path(".runtime/drafts")
    try FileSystem.makeDirectory(directory)
    return try TextEditor.edit(
      text, draft: Path.join(directory, "\(environment.entropy())-\(name)"), environment: environment,
      hint: "set $EDITOR, or give the text on the command line", save: save)
  }
}
