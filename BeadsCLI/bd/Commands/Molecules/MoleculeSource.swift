import BeadsKit
import CommandKit

/// What molecules are made from, as people name it on the command line.
enum MoleculeSource {
  /// The plan that a word means: a formula, with the values filled in, or a proto in the store.
  static func plan(
    _ word: String, _ variables: [String: String], _ context: BdContext
  ) throws(BeadsError) -> MoleculePlan {
    let library = try context.formulaLibrary()
    do throws(BeadsError) { return try library.plan(named: word, values: variables) } catch {
      let store = try context.store()
      if error.code == .notFound {
        guard let id = try? store.resolve(word) else { throw error }
        return try store.plan(ofProto: id)
      }
      // An ID may be no name of a formula.
      guard let id = IssueID(rawValue: word), try store.exists(id) else { throw error }
      return try store.plan(ofProto: id)
    }
  }

  /// One of the two things that are bonded.
  enum Operand {
    /// An issue that is there.
    case issue(Issue)
    /// A proto in the store.
    case proto(IssueID, MoleculePlan)
    /// A formula by its name, with its placeholders.
    case formula(String, MoleculePlan)

    /// What is made of it; nil for an issue.
    var plan: MoleculePlan? {
      switch self {
      case .issue: nil
      case .proto(_, let plan), .formula(_, let plan): plan
      }
    }
  }

  /// What a word means: an issue, a proto, or a formula.
  ///
  /// What looks like a formula is no part of an ID.
  static func operand(_ word: String, _ context: BdContext) throws(BeadsError) -> Operand {
    let store = try context.store()
    let isFormula = word.hasPrefix("mol-") || word.contains(".formula") || word.contains("/")
    let id: IssueID
    if isFormula {
      guard let exact = IssueID(rawValue: word), let issue = try store.issue(exact), !issue.isTombstone else {
        return .formula(word, try context.formulaLibrary().plan(named: word, values: nil))
      }
      id = exact
    } else {
      do throws(BeadsError) { id = try store.resolve(word) } catch {
        guard error.code == .notFound,
          let plan = try? context.formulaLibrary().plan(named: word, values: nil)
        else { throw error }
        return .formula(word, plan)
      }
    }
    guard let issue = try store.issue(id), !issue.isProto else {
      return .proto(id, try store.plan(ofProto: id))
    }
    return .issue(issue)
  }

  /// The values of `--var`.
  static func variables(_ arguments: Arguments) throws(BeadsError) -> [String: String] {
    var values: [String: String] = [:]
    for text in arguments.values("var") {
      guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals > text.startIndex else {
        throw BeadsError(
          .invalid, "--var \(text): this is no NAME=VALUE", hint: "for example: --var version=1.2.0")
      }
      values[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
    }
    return values
  }

  /// The flags of every command that makes issues of a plan.
  static var flags: [Flag] {
    [
      .list("var", placeholder: "NAME=VALUE", help: "Give a variable its value; can be repeated"),
      .bool("dry-run", help: "Show what would be made"),
    ]
  }

  /// Says which of the given variables nothing asks for: most often they are misspelt.
  static func warnOfUnused(_ values: [String: String], _ plans: [MoleculePlan], _ context: BdContext) {
    let known = Set(plans.flatMap(\.knownVariables))
    for name in values.keys.sorted() where !known.contains(name) {
      context.warn("\(plans.map(\.name).joined(separator: " and ")) has no variable \(name)")
    }
  }
}
