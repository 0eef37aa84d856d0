import BeadsKit
import CommandKit

/// What molecules are made from, as people name it on the command line.
enum MoleculeSource {
  /// The plan that a word means: a proto in the store.
  static func plan(_ word: String, _ context: BdContext) throws(BeadsError) -> MoleculePlan {
    let store = try context.store()
    return try store.plan(ofProto: store.resolve(word))
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
    let known = Set(plans.flatMap { $0.mentionedVariables + $0.variables.map(\.name) })
    for name in values.keys.sorted() where !known.contains(name) {
      context.warn("\(plans.map(\.name).joined(separator: " and ")) has no variable \(name)")
    }
  }
}
