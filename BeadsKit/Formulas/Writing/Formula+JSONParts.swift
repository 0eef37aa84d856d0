package import BeadsFormats

extension FormulaComposition {
  var json: JSONValue? {
    if isEmpty { return nil }
    var object = ObjectBuilder()
    object.add("bond_points", bondPoints.map(\.json))
    object.add("hooks", hooks.map(\.json))
    object.add("expand", expansions.map { $0.json("target") })
    object.add("map", maps.map { $0.json("select") })
    object.add("branch", branches.map(\.json))
    object.add("gate", gates.map(\.json))
    object.add("aspects", aspects)
    return object.value
  }
}

extension FormulaBondPoint {
  package var json: JSONValue {
    var object = ObjectBuilder()
    object.add("id", id)
    object.add("description", summary)
    object.add("after_step", afterStep)
    object.add("before_step", beforeStep)
    object.add("parallel", isParallel)
    return object.value
  }
}

extension FormulaHook {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("trigger", trigger)
    object.add("attach", attach)
    object.add("at", at)
    object.add("vars", variables)
    return object.value
  }
}

extension FormulaExpansion {
  func json(_ key: String) -> JSONValue {
    var object = ObjectBuilder()
    object.add(key, target)
    object.add("with", formula)
    object.add("vars", variables)
    return object.value
  }
}

extension FormulaBranch {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("from", from)
    object.add("steps", steps)
    object.add("join", join)
    return object.value
  }
}

extension FormulaConditionGate {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("before", before)
    object.add("condition", condition)
    return object.value
  }
}

extension FormulaAdvice {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("target", target)
    object.add("before", before.map(\.json))
    object.add("after", after.map(\.json))
    return object.value
  }
}

extension FormulaAdviceStep {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("id", id)
    object.add("title", title)
    object.add("description", summary)
    object.add("type", type)
    object.add("args", parsing: arguments)
    object.add("output", parsing: output)
    return object.value
  }
}

extension FormulaPointcut {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("glob", glob)
    object.add("type", type)
    object.add("label", label)
    return object.value
  }
}

extension FormulaSynthesis {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("title", title)
    object.add("description", summary)
    object.add("depends_on", needs)
    return object.value
  }
}

extension FormulaOutput {
  var json: JSONValue {
    var object = ObjectBuilder()
    object.add("directory", directory)
    object.add("leg_pattern", legPattern)
    object.add("synthesis", synthesis)
    return object.value
  }
}
