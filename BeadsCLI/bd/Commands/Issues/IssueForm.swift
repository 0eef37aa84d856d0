import BeadsKit
import CommandKit

/// What a form asks about an issue.
struct IssueForm: Equatable {
  /// A line of the form.
  enum Field: String, CaseIterable {
    case title, type, priority, assignee, labels, dependencies
    case externalRef = "external-ref"
    case acceptance, design, description

    /// What a person is asked.
    var question: String {
      switch self {
      case .title: "Title"
      case .type: "Type (task)"
      case .priority: "Priority, 0 to 4 (2)"
      case .assignee: "Assignee"
      case .labels: "Labels, separated by commas"
      case .dependencies: "Depends on, separated by commas"
      case .externalRef: "External reference"
      case .acceptance: "Acceptance criteria"
      case .design: "Design"
      case .description: "Description, ended by an empty line"
      }
    }
  }

  private(set) var answers: [Field: String] = [:]

  /// An answer without blanks around it; nil when it is empty.
  subscript(field: Field) -> String? {
    get { answers[field] }
    set {
      let text = newValue.map { String($0.trimmingBlanks) } ?? ""
      answers[field] = text.isEmpty ? nil : text
    }
  }

  init() {}

  /// Reads a form: lines `Field: answer`, an empty line, then the description.
  /// - Throws: `invalid` naming the line that is none.
  init(parsing text: String) throws(BeadsError) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let head = lines.prefix { !$0.trimmingBlanks.isEmpty }
    for (index, line) in head.enumerated() {
      let name = line.prefix { $0 != ":" }
      guard let field = Self.field(String(name)), name.count < line.count else {
        throw BeadsError(
          .invalid, "line \(index + 1) of the form is no field: \(quoted(String(line)))",
          hint: "fields: \(Field.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      if self[field] != nil {
        throw BeadsError(.invalid, "line \(index + 1) of the form answers \(field.rawValue) again")
      }
      self[field] = String(line.dropFirst(name.count + 1))
    }
    let rest = lines.dropFirst(head.count).joined(separator: "\n")
    guard !rest.trimmingBlanks.isEmpty else { return }
    if self[.description] != nil {
      throw BeadsError(.invalid, "the form has two descriptions", hint: "leave the text at its end out")
    }
    self[.description] = rest
  }

  private static func field(_ name: String) -> Field? {
    let word = name.trimmingBlanks.lowercased().split(separator: " ").joined(separator: "-")
    let others: [String: Field] = [
      "deps": .dependencies, "label": .labels, "acceptance-criteria": .acceptance,
      "external-reference": .externalRef,
    ]
    return Field(rawValue: word) ?? others[word]
  }
}

extension CreateRequest {
  /// The issue that a form asks for.
  init(_ form: IssueForm, parent: String?, _ context: BdContext) throws(BeadsError) {
    guard let title = form[.title] else {
      throw BeadsError(
        .invalid, "the form has no title", hint: "its first line is, for example, Title: Fix login")
    }
    draft = IssueDraft(title: title)
    draft.owner = ActorIdentity.owner(environment: context.environment) ?? ""
    if let parent { draft.parent = try context.resolve(parent) }
    draft.type = try context.store().rules.vocabulary.type(form[.type] ?? "task")
    if let text = form[.priority] { draft.priority = try PriorityInput.parse(text) }
    draft.assignee = form[.assignee] ?? ""
    draft.externalRef = form[.externalRef]
    draft.acceptanceCriteria = form[.acceptance] ?? ""
    draft.design = form[.design] ?? ""
    draft.description = form[.description] ?? ""
    for word in Self.list(form[.labels]) {
      let label = try Label.given(word)
      if !draft.labels.contains(label) { draft.labels.append(label) }
    }
    for word in Self.list(form[.dependencies]) { edges.append(try NewEdge(word, context)) }
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { String($0.trimmingBlanks) }.filter { !$0.isEmpty }
  }
}
