public import BeadsFormats

extension Formula {
  /// The formula with the keys of contract 7.2, in a fixed order; what is empty is left out.
  ///
  /// What is written so is read as an equal formula; only `source` is not taken over by readers.
  public var json: JSONValue {
    var object = ObjectBuilder()
    object.add("formula", name)
    object.add("description", summary)
    object.add("version", version)
    object.add("type", kind.rawValue)
    object.add("extends", extends)
    object.add("phase", phase?.rawValue)
    object.add("pour", poursSteps)
    object.add("agent", agent)
    object.add("review_only", isReviewOnly)
    let isConvoy = kind == .convoy && steps.isEmpty
    object.add(isConvoy ? "inputs" : "vars", variables.map { ($0.name, $0.json) })
    object.add("steps", steps.map(\.json))
    object.add("template", template.map(\.json))
    object.add("compose", compose.json)
    object.add("advice", advice.map(\.json))
    object.add("pointcuts", pointcuts.map(\.json))
    object.add("prompts", convoy.prompts)
    object.add("legs", convoy.legs.map(\.json))
    object.add("synthesis", convoy.synthesis?.json)
    object.add("output", convoy.output?.json)
    object.add("source", source)
    return object.value
  }
}

/// An object that leaves out what is empty.
struct ObjectBuilder {
  private var members: [JSONValue.Member] = []

  var value: JSONValue { .object(members) }

  mutating func add(_ key: String, _ value: JSONValue?) {
    if let value { members.append(JSONValue.Member(key: key, value: value)) }
  }

  mutating func add(_ key: String, _ text: String?) { add(key, text.map { JSONValue.string($0) }) }

  mutating func add(_ key: String, _ number: Int?) {
    add(key, number.map { JSONValue.number(String($0)) })
  }

  /// A truth value that is false when left out.
  mutating func add(_ key: String, _ flag: Bool) { if flag { add(key, JSONValue.bool(true)) } }

  mutating func add(_ key: String, _ texts: [String]) {
    if !texts.isEmpty { add(key, JSONValue.array(texts.map { .string($0) })) }
  }

  mutating func add(_ key: String, _ items: [JSONValue]) {
    if !items.isEmpty { add(key, JSONValue.array(items)) }
  }

  mutating func add(_ key: String, _ entries: [(String, JSONValue)]) {
    if entries.isEmpty { return }
    add(key, JSONValue.object(entries.map { JSONValue.Member(key: $0.0, value: $0.1) }))
  }

  mutating func add(_ key: String, _ arguments: [FormulaArgument]) {
    add(key, arguments.map { ($0.name, JSONValue.string($0.value)) })
  }

  /// Text that is JSON itself.
  mutating func add(_ key: String, parsing text: String?) {
    guard let text else { return }
    let value = Array(text.utf8).withUnsafeBufferPointer { buffer -> JSONValue? in
      var reader = JSONReader(buffer)
      do throws(JSONError) { return try JSONValue(from: &reader) } catch { return nil }
    }
    add(key, value)
  }
}

extension FormulaVariable {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("description", summary)
    object.add("default", defaultValue)
    object.add("required", isRequired)
    object.add("enum", allowed)
    object.add("pattern", pattern)
    object.add("type", type)
    object.add("required_unless", requiredUnless)
    return object.value
  }
}

extension FormulaStep {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("id", id)
    if !title.isEmpty { object.add("title", title) }
    object.add("description", summary)
    object.add("design", design)
    object.add("notes", notes)
    object.add("acceptance", acceptance)
    object.add("type", type)
    object.add("priority", priority)
    object.add("labels", labels)
    object.add("assignee", assignee)
    object.add("metadata", parsing: metadata)
    object.add("needs", needs)
    object.add("waits_for", waitsFor)
    object.add("condition", condition)
    object.add("focus", focus)
    object.add("agent", agent)
    object.add("review_only", isReviewOnly)
    object.add("parallel", isParallel)
    object.add("interactive", isInteractive)
    object.add("gate", gate?.json)
    object.add("loop", loop?.json)
    object.add("on_complete", onComplete?.json)
    object.add("expand", expansion)
    object.add("expand_vars", expansionVariables)
    object.add("children", children.map(\.json))
    return object.value
  }
}

extension FormulaGate {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("type", type)
    object.add("await_id", awaitID)
    object.add("timeout", timeout)
    return object.value
  }
}

extension FormulaLoop {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("count", count)
    object.add("range", range)
    object.add("var", variable)
    object.add("until", until)
    object.add("max", maximum)
    object.add("body", body.map(\.json))
    return object.value
  }
}

extension FormulaFanOut {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("for_each", forEach)
    object.add("bond", bond)
    object.add("vars", variables)
    if let isSequential { object.add(isSequential ? "sequential" : "parallel", true) }
    return object.value
  }
}
