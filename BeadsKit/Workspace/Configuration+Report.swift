public import BeadsSystem

extension Configuration {
  /// Every setting in effect with its source, by name: what is known, what the files hold, what is stored.
  /// - Parameter stored: The settings in the database.
  public func settings(stored: [String: String]) throws(BeadsError) -> [Value] {
    var names = Set(stored.keys)
    names.formUnion(ConfigurationKey.all.filter { !$0.isFamily && $0.isInEffect }.map(\.name))
    for file in try loadedFiles() { names.formUnion(file.settings.map { Self.canonicalName($0.key) }) }
    var values: [Value] = []
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      if let value = try value(name, stored: stored[name]) { values.append(value) }
    }
    return values
  }

  /// What is wrong with the settings, one sentence each; empty when nothing is.
  public func problems(stored: [String: String]) throws(BeadsError) -> [String] {
    var problems: [String] = []
    do throws(BeadsError) { _ = try loadedFiles() } catch { return [error.message] }
    for value in try settings(stored: stored) {
      guard let known = ConfigurationKey.find(value.key) else {
        if case .file(let path) = value.source { problems.append(unknown(value.key, path)) }
        continue
      }
      do throws(BeadsError) { if !known.isFamily { try known.check(value.text) } } catch {
        problems.append("\(value.source): \(error.message) (\(error.hint ?? ""))")
      }
    }
    return try problems + vocabulary(stored: stored).problems
  }

  private static func canonicalName(_ name: String) -> String {
    guard let known = ConfigurationKey.find(name), known.aliases.contains(name) else { return name }
    return known.name
  }

  private func unknown(_ key: String, _ path: String) -> String {
    let known = ConfigurationKey.all.map(\.name)
    let suggestion = Spelling.nearest(to: key, among: known).map { ", did you mean \($0)?" } ?? ""
    return "\(path): unknown setting \(key)\(suggestion)"
  }
}
