import BeadsKit
import CommandKit

/// `bd create --file`: several issues from a Markdown file, in one transaction.
enum CreateFromMarkdown {
  static func run(_ path: String, _ context: BdContext) throws {
    let name = path.lowercased()
    guard name.hasSuffix(".md") || name.hasSuffix(".markdown"), !path.split(separator: "/").contains("..")
    else {
      throw BeadsError(
        .invalid, "\(quoted(path)) is not a Markdown file of this project",
        hint: "it ends in .md and has no ..")
    }
    let text = try context.text(fromFile: path)
    let file = try at(path) { () throws(BeadsError) in try IssueMarkdown(text) }
    for warning in file.warnings { context.warn("\(path): \(warning)") }
    let requests = try file.entries.map { entry throws(BeadsError) in try request(entry, path, context) }
    let check = try DescriptionCheck(context, isStrict: context.arguments.bool("validate"))
    try check.check(requests.map(\.draft))
    let isRehearsal = context.arguments.bool("dry-run")
    func make(_ transaction: inout Transaction) throws(BeadsError) -> [Issue] {
      var ids: [IssueID] = []
      for (request, entry) in zip(requests, file.entries) {
        ids.append(
          try at("\(path), line \(entry.line)") { () throws(BeadsError) in try request.make(&transaction) })
      }
      transaction.summary = ids.map(\.rawValue).joined(separator: " ")
      return try context.store().issues(ids)
    }
    let issues = isRehearsal ? try context.rehearse("create", make) ?? [] : try context.change("create", make)
    if !isRehearsal { LastTouched.write(issues.last?.id, context) }
    show(issues, isRehearsal: isRehearsal, context)
  }

  private static func request(
    _ entry: IssueMarkdown.Entry, _ path: String, _ context: BdContext
  ) throws(BeadsError) -> CreateRequest {
    try at("\(path), line \(entry.line)") { () throws(BeadsError) in
      var request = try CreateRequest(title: entry.draft.title, context)
      let base = request.draft
      request.draft = entry.draft
      request.draft.owner = base.owner
      request.draft.labels += base.labels
      if entry.draft.type != .task {
        request.draft.type = try context.store().rules.vocabulary.type(entry.draft.type.rawValue)
      }
      if !entry.priority.isEmpty { request.draft.priority = try PriorityInput.parse(entry.priority) }
      request.edges += try entry.dependencies.map { text throws(BeadsError) in try NewEdge(text, context) }
      return request
    }
  }

  /// Says where in the file an error is.
  private static func at<R>(_ place: String, _ body: () throws(BeadsError) -> R) throws(BeadsError) -> R {
    do throws(BeadsError) { return try body() } catch {
      throw BeadsError(error.code, "\(place): \(error.message)", hint: error.hint)
    }
  }

  private static func show(_ issues: [Issue], isRehearsal: Bool, _ context: BdContext) {
    if context.isJSON {
      return context.array(
        issues.map { issue in
          var shown = issue
          if isRehearsal { shown.id = IssueID(unchecked: "") }
          return shown
        })
    }
    if context.arguments.bool("silent") {
      for issue in issues { context.print("\(issue.id)") }
      return
    }
    context.print(
      "\(isRehearsal ? "Would create" : "✓ Created") \(issues.count) issue\(issues.count == 1 ? "" : "s"):")
    for issue in issues {
      context.print(
        "  \(isRehearsal ? "" : "\(issue.id): ")\(issue.title) [P\(issue.priority), \(issue.type)]")
    }
  }
}

/// `bd create --graph`: issues and edges from a JSON plan, in one transaction.
enum CreateFromPlan {
  static func run(_ path: String, _ context: BdContext) throws {
    let json = try context.text(fromFile: path)
    var plan = try CreationPlan(json: json) { text throws(BeadsError) in try EdgeInput.target(text, context) }
    for warning in plan.warnings { context.warn("\(path): \(warning)") }
    let owner = ActorIdentity.owner(environment: context.environment) ?? ""
    plan.setOwner(owner)
    if context.arguments.bool("dry-run") { return try preview(plan, context) }
    let made = try context.change("create") { transaction throws(BeadsError) in try transaction.create(plan) }
    LastTouched.write(made.last?.id, context)
    if context.isJSON {
      return context.object { writer in
        writer.key("ids")
        writer.object { writer in
          for node in made {
            writer.key(node.key)
            writer.string(node.id.rawValue)
          }
        }
      }
    }
    if context.arguments.bool("silent") {
      for node in made { context.print("\(node.id)") }
      return
    }
    context.print("✓ Created \(made.count) issue\(made.count == 1 ? "" : "s") and \(plan.edges.count) edges:")
    for node in made { context.print("  \(node.key): \(node.id, .bold)") }
  }

  private static func preview(_ plan: CreationPlan, _ context: BdContext) throws {
    _ = try context.rehearse("create") { transaction throws(BeadsError) in try transaction.create(plan) }
    let parents = plan.nodes.filter { $0.parent != nil }.count
    if context.isJSON {
      return context.object { writer in
        writer.member("dry_run", true)
        writer.member("node_count", plan.nodes.count)
        writer.member("edge_count", plan.edges.count)
        writer.member("parent_deps", parents)
        writer.member("validation_notes", plan.warnings)
        writer.key("nodes")
        writer.array(plan.nodes) { writer, node in
          writer.object { writer in
            writer.member("key", node.key)
            writer.member("title", node.draft.title)
            writer.member("type", node.draft.type.rawValue)
            writer.member("priority", node.draft.priority)
            if let parent = node.parent { writer.member("parent", parent.description) }
          }
        }
      }
    }
    context.print(
      "Would create \(plan.nodes.count) issues, \(plan.edges.count) edges and \(parents) parent links:")
    for node in plan.nodes {
      context.print("  \(node.key): \(node.draft.title) [P\(node.draft.priority), \(node.draft.type)]")
    }
    for edge in plan.edges {
      context.print("  \(edge.from.description) depends on \(edge.to.description) (\(edge.type))")
    }
  }
}
