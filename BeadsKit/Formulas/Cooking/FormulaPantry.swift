import BeadsModel
import BeadsSystem

/// The formulas that others are made from, each read once.
final class FormulaPantry {
  private let read: (String) throws(BeadsError) -> Formula
  private var raw: [String: Formula] = [:]
  private var merged: [String: Formula] = [:]

  init(_ read: @escaping (String) throws(BeadsError) -> Formula) { self.read = read }

  /// A formula with what it extends, of the type that is needed.
  func formula(
    _ name: String, _ kind: Formula.Kind, for origin: FormulaOrigin
  ) throws(BeadsError) -> Formula {
    let formula: Formula
    if let known = merged[name] {
      formula = known
    } else {
      formula = try inherited(try raw(name, for: origin))
      merged[name] = formula
    }
    guard formula.kind == kind else {
      let message = "formula \(quoted(name)) is of type \(formula.kind.rawValue), not \(kind.rawValue)"
      throw .formula([FormulaProblem(message, at: origin)])
    }
    return formula
  }

  private func raw(_ name: String, for origin: FormulaOrigin) throws(BeadsError) -> Formula {
    if let known = raw[name] { return known }
    guard raw.count < CookLimits.formulas else {
      throw .formula([FormulaProblem("more than \(CookLimits.formulas) formulas are brought in", at: origin)])
    }
    do throws(BeadsError) {
      let formula = try read(name)
      raw[name] = formula
      return formula
    } catch {
      guard error.code == .notFound else { throw error }
      throw BeadsError(
        .notFound, FormulaProblem(error.message, at: origin).description, hint: error.hint)
    }
  }

  // MARK: Inheritance

  /// The formula with everything it extends merged into it.
  ///
  /// Each ancestor counts once, however many ways lead to it, before all that extend it.
  func inherited(_ formula: Formula) throws(BeadsError) -> Formula {
    if formula.extends.isEmpty { return formula }
    var order: [Formula] = []
    var done: Set<String> = []
    try collect(formula, way: [], &done, &order)
    guard var result = order.first else { return formula }
    for next in order.dropFirst() {
      guard next.kind == result.kind else {
        let message =
          "a formula of type \(formula.kind.rawValue) cannot extend \(quoted(result.name)) of type "
          + result.kind.rawValue
        throw .formula([FormulaProblem(message, at: formula.origin)])
      }
      result = FormulaMerge(base: result, own: next).result
    }
    result.extends = formula.extends
    return result
  }

  private func collect(
    _ formula: Formula, way: [String], _ done: inout Set<String>, _ order: inout [Formula]
  ) throws(BeadsError) {
    if way.contains(formula.name) {
      let path = (way + [formula.name]).joined(separator: " → ")
      throw .formula([FormulaProblem("formulas extend each other: \(path)", at: formula.origin)])
    }
    guard way.count < 50 else {
      throw .formula([FormulaProblem("formulas extend each other more than 50 deep", at: formula.origin)])
    }
    if done.contains(formula.name) { return }
    for parent in formula.extends {
      try collect(
        try raw(parent, for: formula.origin), way: way + [formula.name], &done, &order)
    }
    if done.insert(formula.name).inserted { order.append(formula) }
  }
}

/// A formula on top of another.
struct FormulaMerge {
  let base: Formula
  let own: Formula

  /// Own steps replace those of the same ID where they stand and are appended otherwise; own variables win;
  /// lists are joined.
  var result: Formula {
    var result = own
    result.summary = own.summary ?? base.summary
    result.phase = own.phase ?? base.phase
    result.poursSteps = own.poursSteps || base.poursSteps
    result.agent = own.agent ?? base.agent
    result.isReviewOnly = own.isReviewOnly || base.isReviewOnly
    result.variables = Self.merged(base.variables, own.variables, \.name)
    result.steps = Self.steps(base.steps, own.steps)
    result.template = Self.steps(base.template, own.template)
    result.advice = base.advice + own.advice
    result.pointcuts = base.pointcuts + own.pointcuts
    result.compose = compose
    result.convoy.prompts = Self.merged(base.convoy.prompts, own.convoy.prompts, \.name)
    result.convoy.legs = Self.steps(base.convoy.legs, own.convoy.legs)
    result.convoy.synthesis = own.convoy.synthesis ?? base.convoy.synthesis
    result.convoy.output = own.convoy.output ?? base.convoy.output
    return result
  }

  private var compose: FormulaComposition {
    var compose = base.compose
    compose.bondPoints = Self.merged(compose.bondPoints, own.compose.bondPoints, \.id)
    compose.hooks += own.compose.hooks
    compose.expansions += own.compose.expansions
    compose.maps += own.compose.maps
    compose.branches += own.compose.branches
    compose.gates += own.compose.gates
    compose.aspects = StepSubstitution.unique(compose.aspects + own.compose.aspects)
    return compose
  }

  private static func merged<T>(_ base: [T], _ own: [T], _ name: KeyPath<T, String>) -> [T] {
    var result = base
    var places = Dictionary(base.enumerated().map { ($1[keyPath: name], $0) }) { first, _ in first }
    for item in own {
      if let place = places[item[keyPath: name]] {
        result[place] = item
      } else {
        places[item[keyPath: name]] = result.count
        result.append(item)
      }
    }
    return result
  }

  private static func steps(_ base: [FormulaStep], _ own: [FormulaStep]) -> [FormulaStep] {
    let known = StepCopy.ids(of: base)
    var replacing: [String: FormulaStep] = [:]
    for step in own where known.contains(step.id) { replacing[step.id] = step }
    return replaced(base, replacing) + own.filter { !known.contains($0.id) }
  }

  private static func replaced(_ steps: [FormulaStep], _ own: [String: FormulaStep]) -> [FormulaStep] {
    if own.isEmpty { return steps }
    return steps.map { step in
      if let other = own[step.id] { return other }
      var copy = step
      copy.children = replaced(step.children, own)
      return copy
    }
  }
}
