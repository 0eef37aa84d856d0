import BeadsKit

extension JSONWriter {
  /// Writes the members of a graph into the object that is open: its issues, edges and layers.
  mutating func graphMembers(_ graph: IssueGraph) {
    key("dependencies")
    array(graph.edges) { $0.dependency($1) }
    key("issues")
    array(graph.issues) { $0.issue($1) }
    key("layout")
    object { $0.graphLayout(graph) }
    if let root = graph.issues.first(where: { $0.id == graph.root }) {
      key("root")
      issue(root)
    }
  }

  private mutating func graphLayout(_ graph: IssueGraph) {
    key("layers")
    array(graph.layers) { $0.strings($1.map(\.rawValue)) }
    member("max_layer", max(0, graph.layers.count - 1))
    key("nodes")
    object { writer in
      for (index, layer) in graph.layers.enumerated() {
        for (position, id) in layer.enumerated() {
          writer.key(id.rawValue)
          writer.object { writer in
            writer.member("layer", index)
            writer.member("position", position)
          }
        }
      }
    }
    member("root_id", graph.root.rawValue)
  }
}
