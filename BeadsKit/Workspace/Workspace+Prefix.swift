import BeadsFormats
public import BeadsModel
public import BeadsSystem

extension Workspace {
  /// The prefix that the files of the project tell: `config.yaml`, else `issues.jsonl`, else the directory's name.
  /// - Throws: `invalid` or `io_error` for a configuration or issue file that cannot be read.
  public func recordedPrefix(
    _ environment: Environment
  ) throws(BeadsError) -> (prefix: Prefix, source: WorkspaceInit.PrefixSource) {
    let configured = try Configuration(environment: environment, workspace: self).fileValue("issue-prefix")?
      .text
    if let prefix = configured.flatMap(Prefix.init(rawValue:)) { return (prefix, .configuration) }
    if let prefix = try firstPrefix() { return (prefix, .issues) }
    return (Prefix(directoryName: Path.name(of: projectDirectory)), .directory)
  }

  /// The prefix of the first issue in the file.
  private func firstPrefix() throws(BeadsError) -> Prefix? {
    guard FileSystem.exists(jsonlPath) else { return nil }
    for line in try FileSystem.read(jsonlPath).split(separator: UInt8(ascii: "\n")) {
      guard let text = JSONValue(parsing: String(decoding: line, as: UTF8.self))?["id"]?.stringValue,
        let id = try? IssueID(text)
      else { continue }
      return PrefixSet(Prefix(directoryName: "bd")).prefix(of: id)
    }
    return nil
  }
}
