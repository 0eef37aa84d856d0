import BeadsKit
import CommandKit

/// Graphs as one web page without anything from elsewhere: cards for issues, curves for what comes before what.
struct GraphPage {
  private(set) var text: String

  private static let card = (width: 232, height: 64)
  private static let step = (x: 312, y: 84)

  init(_ graphs: [IssueGraph], _ vocabulary: Vocabulary) {
    let count = graphs.reduce(0) { $0 + $1.issues.count }
    text = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Issue graph</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <header><h1>Issue graph</h1><p>\(count) \(count == 1 ? "issue" : "issues"); curves lead from what comes first \
      to what waits for it. Point at a card to see what it is connected with.</p></header>

      """
    let single = graphs.filter { $0.issues.count == 1 }.flatMap(\.issues)
    for graph in graphs where graph.issues.count > 1 { text += Self.section(graph, vocabulary) }
    if !single.isEmpty {
      text += "<section>\n<h2>Without dependencies</h2>\n<div class=\"grid\">\n"
      for issue in single { text += Self.card(issue, at: nil, vocabulary) }
      text += "</div>\n</section>\n"
    }
    text += "<script>\n\(Self.script)\n</script>\n</body>\n</html>\n"
  }

  // MARK: A graph

  private static func section(_ graph: IssueGraph, _ vocabulary: Vocabulary) -> String {
    let drawing = GraphDrawing(graph)
    let byID = Dictionary(uniqueKeysWithValues: graph.issues.map { ($0.id, $0) })
    let width = (drawing.columns.count - 1) * step.x + card.width
    let height = (drawing.rowCount - 1) * step.y + card.height
    var out = "<section>\n<h2>\(escaped(byID[graph.root]?.title ?? graph.root.rawValue))</h2>\n"
    out += "<div class=\"scroll\"><div class=\"graph\" style=\"width:\(width)px;height:\(height)px\">\n"
    out +=
      "<svg width=\"\(width)\" height=\"\(height)\" aria-hidden=\"true\">\n\(curves(drawing, graph))</svg>\n"
    for (column, places) in drawing.columns.enumerated() {
      for place in places {
        guard let issue = place.issue.flatMap({ byID[$0] }) else { continue }
        out += card(issue, at: (column * step.x, place.row * step.y), vocabulary)
      }
    }
    out += "</div></div>\n"
    return out + links(drawing, graph) + "</section>\n"
  }

  /// Every piece of an edge names where the edge comes from, the last one also where it leads.
  private static func curves(_ drawing: GraphDrawing, _ graph: IssueGraph) -> String {
    var out = ""
    for column in drawing.columns.indices.dropLast() {
      for link in drawing.links[column] {
        let from = drawing.columns[column][link.from]
        let to = drawing.columns[column + 1][link.to]
        let y1 = from.row * step.y + card.height / 2
        let y2 = to.row * step.y + card.height / 2
        // A bend is passed over its whole width.
        let x1 = column * step.x + (from.issue == nil ? 0 : card.width)
        let start = from.issue == nil ? "M\(x1) \(y1)H\(x1 + card.width)" : "M\(x1) \(y1)"
        let (a, b) = (column * step.x + card.width, (column + 1) * step.x)
        let arrow = to.issue == nil ? "" : " class=\"end\""
        out +=
          "<path\(arrow) d=\"\(start)C\(a + 40) \(y1) \(b - 40) \(y2) \(b - (to.issue == nil ? 0 : 7)) \(y2)\""
        let target = escaped(to.issue?.rawValue ?? "")
        out += " data-from=\"\(escaped(from.origin.rawValue))\" data-to=\"\(target)\"/>\n"
        if to.issue != nil {
          out += "<path class=\"tip\" d=\"M\(b - 8) \(y2 - 4)L\(b) \(y2)L\(b - 8) \(y2 + 4)Z\"/>\n"
        }
      }
    }
    return out
  }

  private static func links(_ drawing: GraphDrawing, _ graph: IssueGraph) -> String {
    let drawn = Set(graph.blockingEdges).subtracting(drawing.undrawn)
    let rest = graph.edges.filter { !drawn.contains($0) }
    if rest.isEmpty { return "" }
    let items = rest.map { edge in
      "<li><code>\(escaped(edge.issueID.rawValue))</code> → <code>\(escaped(edge.dependsOnID.rawValue))</code> "
        + "\(escaped(edge.type.rawValue))</li>"
    }
    return "<details><summary>Other links (\(rest.count))</summary><ul>\(items.joined())</ul></details>\n"
  }

  // MARK: A card

  private static func card(_ issue: Issue, at place: (x: Int, y: Int)?, _ vocabulary: Vocabulary) -> String {
    let position = place.map { " style=\"left:\($0.x)px;top:\($0.y)px\"" } ?? ""
    let who = issue.assignee.isEmpty ? "" : " · @\(escaped(issue.assignee))"
    return """
      <article class="card \(category(issue, vocabulary))" data-id="\(escaped(issue.id.rawValue))"\(position) \
      title="\(escaped(issue.title))"><p><code>\(escaped(issue.id.rawValue))</code> P\(issue.priority) · \
      \(escaped(issue.type.rawValue)) · \(escaped(issue.status.rawValue))\(who)</p>\
      <b>\(escaped(issue.title))</b></article>

      """
  }

  private static func category(_ issue: Issue, _ vocabulary: Vocabulary) -> String {
    issue.status == .blocked ? "blocked" : vocabulary.category(of: issue.status).rawValue
  }

  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in terminalSafe(text).unicodeScalars {
      switch scalar {
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "&": out += "&amp;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  // MARK: Looks

  private static let style = """
    :root { color-scheme: light dark; --ink: #1c2024; --soft: #66707a; --line: #b6c0ca; --paper: #f6f7f9;
      --card: #fff; --edge: #dde3e9; --accent: #2563eb; --wip: #d97706; --done: #16a34a; --frozen: #0891b2;
      --blocked: #dc2626; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #98a2ad; --line: #4c5762;
      --paper: #14171a; --card: #1d2226; --edge: #323a42; --accent: #6ea0ff; } }
    * { box-sizing: border-box; }
    body { margin: 0; padding: 2rem; background: var(--paper); color: var(--ink);
      font: 14px/1.4 system-ui, sans-serif; }
    h1 { margin: 0; font-size: 1.4rem; } h2 { margin: 2rem 0 1rem; font-size: 1.05rem; }
    header p, details { color: var(--soft); margin: .3rem 0 0; }
    .scroll { overflow-x: auto; padding: 4px; }
    .graph { position: relative; }
    svg { position: absolute; inset: 0; overflow: visible; }
    path { fill: none; stroke: var(--line); stroke-width: 1.5; } .tip { fill: var(--line); stroke: none; }
    .card { width: 232px; height: 64px; padding: 8px 12px; overflow: hidden; background: var(--card);
      border: 1px solid var(--edge); border-left: 4px solid var(--line); border-radius: 8px; }
    .graph .card { position: absolute; }
    .grid { display: flex; flex-wrap: wrap; gap: 16px; }
    .card p { margin: 0 0 2px; color: var(--soft); font-size: 11px; white-space: nowrap; }
    .card b { display: block; font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    .card.wip { border-left-color: var(--wip); } .card.done { border-left-color: var(--done); opacity: .65; }
    .card.frozen { border-left-color: var(--frozen); } .card.blocked { border-left-color: var(--blocked); }
    .card.active { border-left-color: var(--accent); }
    code { font: 12px ui-monospace, monospace; color: var(--ink); }
    .graph.focus .card:not(.on), .graph.focus path:not(.on) { opacity: .25; }
    path.on { stroke: var(--accent); stroke-width: 2; }
    """

  private static let script = """
    for (const graph of document.querySelectorAll('.graph')) {
      const paths = [...graph.querySelectorAll('path[data-from]')]
      for (const card of graph.querySelectorAll('.card')) {
        const id = card.dataset.id
        const sources = new Set(paths.filter(p => p.dataset.to === id).map(p => p.dataset.from))
        const near = paths.filter(p => p.dataset.from === id || p.dataset.to === id
          || (!p.dataset.to && sources.has(p.dataset.from)))
        const ids = new Set([id, ...near.flatMap(p => [p.dataset.from, p.dataset.to])])
        card.addEventListener('mouseenter', () => {
          graph.classList.add('focus')
          near.forEach(p => p.classList.add('on'))
          graph.querySelectorAll('.card').forEach(c => c.classList.toggle('on', ids.has(c.dataset.id)))
        })
        card.addEventListener('mouseleave', () => {
          graph.classList.remove('focus')
          near.forEach(p => p.classList.remove('on'))
        })
      }
    }
    """
}
