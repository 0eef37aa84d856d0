extension FormulaStep {
  /// Changes the texts that variables may stand in, of this step alone.
  mutating func mapTexts<E: Error>(_ change: (String) throws(E) -> String) throws(E) {
    title = try change(title)
    try Self.map(&summary, change)
    try Self.map(&design, change)
    try Self.map(&notes, change)
    try Self.map(&acceptance, change)
    try Self.map(&assignee, change)
    try Self.map(&agent, change)
    try Self.map(&focus, change)
    for index in labels.indices { labels[index] = try change(labels[index]) }
    if var gate {
      try Self.map(&gate.awaitID, change)
      try Self.map(&gate.timeout, change)
      self.gate = gate
    }
    if var onComplete {
      for index in onComplete.variables.indices {
        onComplete.variables[index].value = try change(onComplete.variables[index].value)
      }
      self.onComplete = onComplete
    }
  }

  /// Changes all texts that a template's braces may stand in, of this step alone, but its ID and its references.
  mutating func mapTemplateTexts<E: Error>(_ change: (String) throws(E) -> String) throws(E) {
    try mapTexts(change)
    try Self.map(&type, change)
    try Self.map(&condition, change)
    try Self.map(&expansion, change)
    for index in expansionVariables.indices {
      expansionVariables[index].value = try change(expansionVariables[index].value)
    }
    if var loop {
      try Self.map(&loop.range, change)
      try Self.map(&loop.until, change)
      self.loop = loop
    }
  }

  private static func map<E: Error>(_ text: inout String?, _ change: (String) throws(E) -> String) throws(E) {
    if let value = text { text = try change(value) }
  }
}
