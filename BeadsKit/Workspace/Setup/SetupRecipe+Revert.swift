import BeadsSystem

extension SetupRecipe {
  /// What a file has from a recipe, told by the file's place.
  private static func content(_ recipe: String, _ path: String) -> Content {
    let parts = builtin.first { $0.name == recipe }?.parts ?? []
    let part = parts.first { part in part.paths.contains { path.hasSuffix("/" + $0) } }
    return (part ?? section(path)).content
  }

  /// What is left of a file without what a recipe put into it.
  static func remainder(_ recipe: String, _ path: String) -> SetupRemainder {
    guard let bytes = try? FileSystem.read(path) else { return .untouched }
    return (try? content(recipe, path).removed(from: bytes, path)) ?? .untouched
  }

  /// Takes out of a file what a recipe put into it; returns whether there was anything.
  static func revert(_ recipe: String, _ path: String) throws(BeadsError) -> Bool {
    switch remainder(recipe, path) {
    case .untouched: return false
    case .nothing: return try FileSystem.remove(path)
    case .content(let rest):
      try FileSystem.replace(path, with: rest)
      return true
    }
  }
}
