import BeadsFormats
public import BeadsSystem

extension FormulaOverlay {
  /// The overlay as the text of a file, which is read as an equal overlay; empty for one without changes.
  public func toml() throws(BeadsError) -> String {
    if overrides.isEmpty { return "" }
    let items = overrides.map { override in
      var members = [
        JSONValue.Member(key: "step_id", value: .string(override.stepID)),
        JSONValue.Member(key: "mode", value: .string(override.mode.rawValue)),
      ]
      if let summary = override.summary {
        members.append(JSONValue.Member(key: "description", value: .string(summary)))
      }
      return JSONValue.object(members)
    }
    var writer = TOMLWriter()
    try writer.write(.object([JSONValue.Member(key: "step-overrides", value: .array(items))]))
    return writer.text
  }
}
