import BeadsKit
import CommandKit

/// An edge between a new issue and another, as flags describe it.
struct NewEdge: Equatable {
  let other: IssueID
  let type: DependencyType
  /// Whether the other issue depends on the new one.
  var isReversed = false
  var metadata = ""

  /// Reads `ID` or `type:ID`.
  ///
  /// `blocks:X` means that the new issue blocks X; a bare X, `depends-on:X` and `blocked-by:X` that X blocks it.
  init(_ text: String, _ context: BdContext) throws(BeadsError) {
    guard !text.hasPrefix("external:"), let colon = text.firstIndex(of: ":") else {
      self.init(other: try EdgeInput.target(text, context), type: .blocks)
      return
    }
    let word = String(text[..<colon])
    let id = try EdgeInput.target(String(text[text.index(after: colon)...]), context)
    switch word {
    case "blocks": self.init(other: id, type: .blocks, isReversed: true)
    case "depends-on", "blocked-by": self.init(other: id, type: .blocks)
    default:
      let type = EdgeInput.type(word)
      if !DependencyType.known.contains(type) {
        throw BeadsError(
          .invalid, "unknown dependency type \(quoted(word)) in \(quoted(text))",
          hint: "depends-on, blocked-by, or one of the " + type.knownTypesHint)
      }
      self.init(other: id, type: type)
    }
  }

  init(other: IssueID, type: DependencyType, isReversed: Bool = false, metadata: String = "") {
    self.other = other
    self.type = type
    self.isReversed = isReversed
    self.metadata = metadata
  }

  /// The edge that `--waits-for` asks for, or nil.
  static func waitsFor(_ context: BdContext) throws(BeadsError) -> NewEdge? {
    guard let text = context.arguments.string("waits-for") else {
      if context.arguments.isSet("waits-for-gate") {
        throw BeadsError(.invalid, "--waits-for-gate needs --waits-for")
      }
      return nil
    }
    let gate = context.arguments.string("waits-for-gate") ?? "all-children"
    return NewEdge(
      other: try EdgeInput.target(text, context), type: .waitsFor, metadata: "{\"gate\":\"\(gate)\"}")
  }

  /// Makes the edge.
  func make(from id: IssueID, _ transaction: inout Transaction) throws(BeadsError) {
    let (from, to) = isReversed ? (other, id) : (id, other)
    try transaction.addDependency(from, dependsOn: to, type: type, metadata: metadata)
  }
}
