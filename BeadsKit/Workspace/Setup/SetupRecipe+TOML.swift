import BeadsFormats
import BeadsModel
public import BeadsSystem

extension SetupRecipe {
  /// The recipes of a project: the built-in ones and, of another name, those in `.beads/recipes.toml`.
  ///
  ///     [recipes.myeditor]
  ///     name = "My editor"
  ///     path = ".myeditor/rules.md"
  ///     type = "file"          # or "section" for a file that others write too
  ///     description = "Rules"
  /// - Throws: `invalid` naming file, line and column.
  public static func all(_ workspace: Workspace?) throws(BeadsError) -> [SetupRecipe] {
    guard let path = workspace?.path(fileName), let bytes = try FileSystem.readIfPresent(path) else {
      return builtin
    }
    let document = try parse(bytes, path)
    guard let recipes = document.root.entry("recipes") else { return builtin }
    guard case .table(let table) = recipes.node.value else {
      throw mistake("recipes is no table", recipes.keyOffset, document, path)
    }
    var all = builtin
    for entry in table.entries {
      if all.contains(where: { $0.name == entry.key }) {
        throw mistake(
          "\(quoted(entry.key)) is the name of a built-in recipe", entry.keyOffset, document, path)
      }
      all.append(try recipe(entry, document, path))
    }
    return all
  }

  /// The recipe of a name.
  /// - Throws: `not_found`, and as `all` does.
  public static func find(_ name: String, _ workspace: Workspace?) throws(BeadsError) -> SetupRecipe {
    let all = try all(workspace)
    if let recipe = all.first(where: { $0.name == name }) { return recipe }
    throw BeadsError(
      .notFound, "no recipe named \(quoted(name))",
      hint: "there are \(all.map(\.name).joined(separator: ", "))")
  }

  /// Adds a recipe that writes one file to `.beads/recipes.toml`.
  /// - Throws: `invalid` for a name with other characters than letters, digits, `-` and `_`; `already_exists`.
  public static func add(_ name: String, path: String, _ workspace: Workspace) throws(BeadsError) {
    guard !name.isEmpty, name.utf8.allSatisfy(isWordByte) else {
      throw BeadsError(
        .invalid, "\(quoted(name)) cannot name a recipe", hint: "use letters, digits, - and _")
    }
    if try all(workspace).contains(where: { $0.name == name }) {
      throw BeadsError(
        .exists, "there is a recipe named \(name) already", hint: "list them with `bd setup --list`")
    }
    try checkPath(path)
    let file = workspace.path(fileName)
    let before = try FileSystem.readIfPresent(file) ?? []
    // TOML reads the escapes of JSON.
    let entry = """
      [recipes.\(name)]
      name = \(JSONValue.string(name).compactText)
      path = \(JSONValue.string(path).compactText)
      type = "file"

      """
    let gap = before.isEmpty ? "" : before.last == UInt8(ascii: "\n") ? "\n" : "\n\n"
    let after = before + (gap + entry).utf8
    _ = try parse(after, file)
    try FileSystem.replace(file, with: after)
  }

  private static let fileName = "recipes.toml"

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_")
  }

  private static func recipe(
    _ entry: TOMLTable.Entry, _ document: TOMLDocument, _ file: String
  ) throws(BeadsError) -> SetupRecipe {
    guard case .table(let table) = entry.node.value else {
      throw mistake("\(quoted(entry.key)) is no table", entry.keyOffset, document, file)
    }
    func text(_ key: String) throws(BeadsError) -> String? {
      guard let found = table.entry(key) else { return nil }
      if case .string(let text) = found.node.value { return text }
      throw mistake("\(key) is no string", found.node.offset, document, file)
    }
    guard let path = try text("path") else {
      throw mistake("the recipe \(quoted(entry.key)) has no path", entry.keyOffset, document, file)
    }
    let type = try text("type") ?? "file"
    guard type == "file" || type == "section" else {
      throw mistake("type is \(quoted(type)), not file or section", entry.keyOffset, document, file)
    }
    do throws(BeadsError) { try checkPath(path) } catch {
      throw mistake(error.message, entry.keyOffset, document, file)
    }
    let name = try text("name")
    let description = try text("description")
    return SetupRecipe(
      name: entry.key, title: description ?? name ?? entry.key, isOwn: true, parts: [section(path)])
  }

  private static func checkPath(_ path: String) throws(BeadsError) {
    let plain = Path.normalized(path)
    if !path.isEmpty, !Path.isAbsolute(plain), plain != ".", plain != "..", !plain.hasPrefix("../") { return }
    throw BeadsError(.invalid, "\(quoted(path)) is no path below the root of the project")
  }

  private static func parse(_ bytes: [UInt8], _ path: String) throws(BeadsError) -> TOMLDocument {
    do throws(TOMLError) { return try TOMLDocument(bytes) } catch {
      throw BeadsError(.invalid, "\(path), \(error)")
    }
  }

  private static func mistake(
    _ reason: String, _ offset: Int, _ document: TOMLDocument, _ path: String
  ) -> BeadsError {
    BeadsError(.invalid, "\(path), \(document.position(of: offset)): \(reason)")
  }
}
