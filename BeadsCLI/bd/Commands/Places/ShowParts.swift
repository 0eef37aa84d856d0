import BeadsKit
import CommandKit

/// `bd show` of issues that belong to several projects: one answer, in the order of the projects.
enum ShowParts {
  static func show(_ parts: [BdContext.Part], _ context: BdContext) throws {
    let single = ["children", "refs", "thread", "as-of", "watch"]
    if single.contains(where: context.arguments.isSet) { throw BdContext.mixed(parts) }
    var failures: [(word: String, error: BeadsError)] = []
    var details: [IssueDetails] = []
    var lines: [TerminalText] = []
    var last: IssueID?
    for part in parts {
      let place = BdContext(context, at: part.workspace)
      defer { place.close() }
      let ids = ShowCommand.resolve(part.words, place, &failures)
      guard let final = ids.last else { continue }
      last = final
      if context.isJSON {
        details += try ShowCommand.details(ids, place)
      } else {
        if !lines.isEmpty, !context.arguments.bool("short") { lines += ShowCommand.separator }
        lines += try ShowCommand.lines(ids, place)
      }
    }
    try context.report(failures, isTotal: last == nil)
    LastTouched.write(last, context)
    if context.isJSON { ShowCommand.printJSON(details, context) } else { context.print(lines) }
  }
}
