/// The user's editor: `$VISUAL`, else `$EDITOR`.
public enum TextEditor {
  /// Has the user change a text, and hands what became of it to a closure.
  ///
  /// What was typed outlives a failure: when the editor or the closure fails, the draft stays where the error says.
  /// - Parameters:
  ///   - text: What the file holds at first.
  ///   - draft: The file, made for the owner alone and removed at the end.
  ///   - hint: What to do where no editor is set.
  ///   - save: Takes the whole file, with the line feed that editors add.
  /// - Throws: `notFound` without an editor, `io`, or what `save` throws.
  public static func edit<R>(
    _ text: String, draft: String, environment: Environment, hint: String,
    save: (String) throws -> R
  ) throws -> R {
    let command = ["VISUAL", "EDITOR"].lazy.map { ShellWords(environment[$0] ?? "").words }.first {
      !$0.isEmpty
    }
    guard let command else { throw BeadsError(.notFound, "no editor is set", hint: hint) }
    try FileSystem.replace(draft, with: Array(text.utf8), mode: 0o600)
    do {
      var program = Subprocess(
        command + [draft], directory: environment.currentDirectory, variables: environment.variables)
      program.input = .inherited
      program.output = .inherited
      guard try program.run().succeeded else {
        throw BeadsError(.io, "the editor \"\(command[0])\" failed, nothing is changed")
      }
      let result = try save(try FileSystem.readText(draft))
      _ = try? FileSystem.remove(draft)
      return result
    } catch let error as BeadsError {
      guard let typed = try? FileSystem.readText(draft), typed != text, !typed.allSatisfy(\.isWhitespace)
      else {
        _ = try? FileSystem.remove(draft)
        throw error
      }
      throw BeadsError(
        error.code, error.message, details: error.details + ["your text is kept in \(draft)"],
        hint: error.hint
      )
    }
  }
}
