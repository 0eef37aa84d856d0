import BeadsFormats

extension FieldMerge {
  /// The elements of a list against its base: those on both sides, and those that one side added.
  ///
  /// O(n). The order depends on the direction; callers sort.
  func mergedElements<Element, Key: Hashable>(
    _ base: [Element], _ mine: [Element], _ other: [Element], key: (Element) -> Key,
    both choose: (_ base: Element?, _ mine: Element, _ other: Element) -> Element
  ) -> [Element] {
    func index(_ elements: [Element]) -> [Key: Element] {
      Dictionary(elements.map { (key($0), $0) }) { first, _ in first }
    }
    let (old, ours, theirs) = (index(base), index(mine), index(other))
    var seen = Set<Key>()
    return (mine + other).compactMap { element in
      let key = key(element)
      guard seen.insert(key).inserted else { return nil }
      guard let mine = ours[key], let other = theirs[key] else { return old[key] == nil ? element : nil }
      return choose(old[key], mine, other)
    }
  }

  /// Texts without order of their own: those of the base keep theirs, new ones follow in byte order.
  func mergedTexts(_ base: [String], _ mine: [String], _ other: [String]) -> [String] {
    let merged = mergedElements(base, mine, other, key: ExactText.init) { _, mine, _ in mine }
    let isKept = Set(merged.map(ExactText.init))
    let old = Set(base.map(ExactText.init))
    let added = merged.filter { !old.contains(ExactText($0)) }
    return base.filter { isKept.contains(ExactText($0)) } + added.sorted { $0.precedes($1) }
  }

  /// Edges by target and type; an edge removed on one side is gone, even if the other side changed it.
  func mergedDependencies() -> [Dependency] {
    func key(_ edge: Dependency) -> [ExactText] {
      [ExactText(edge.dependsOnID.rawValue), ExactText(edge.type.rawValue)]
    }
    let merged = mergedElements(
      base.pointee.dependencies, ours.pointee.dependencies, theirs.pointee.dependencies, key: key
    ) {
      choose($0, $1, $2) { writer, edge in writer.dependency(edge) }
    }
    return merged.sorted { a, b in
      if a.createdAt != b.createdAt { return a.createdAt < b.createdAt }
      if a.dependsOnID < b.dependsOnID || b.dependsOnID < a.dependsOnID {
        return a.dependsOnID < b.dependsOnID
      }
      return a.type.rawValue.precedes(b.type.rawValue)
    }
  }

  /// All comments of both sides, oldest first.
  ///
  /// A comment is known by author, text and second: some tools write no fraction. IDs are local numbers.
  func mergedComments() -> [Comment] {
    func key(_ comment: Comment) -> [ExactText] {
      [ExactText(comment.author), ExactText(comment.text), ExactText("\(comment.createdAt.seconds)")]
    }
    let merged = mergedElements([], ours.pointee.comments, theirs.pointee.comments, key: key) {
      _, mine, other in
      choose(nil, mine, other) { writer, comment in writer.comment(comment) }
    }
    return merged.sorted { a, b in
      if a.createdAt != b.createdAt { return a.createdAt < b.createdAt }
      return a.author.isIdentical(to: b.author) ? a.text.precedes(b.text) : a.author.precedes(b.author)
    }
  }

  /// One of two versions of an element: the changed one, or of two changed ones the later.
  private func choose<Element>(
    _ base: Element?, _ mine: Element, _ other: Element, write: (inout JSONWriter, Element) -> Void
  ) -> Element {
    func bytes(_ element: Element) -> [UInt8] {
      var writer = JSONWriter()
      write(&writer, element)
      return writer.bytes
    }
    let (x, y) = (bytes(mine), bytes(other))
    if let base {
      let old = bytes(base)
      if x == old { return other }
      if y == old { return mine }
    }
    return (preferred ?? (x.lexicographicallyPrecedes(y) ? .theirs : .ours)) == .ours ? mine : other
  }

  /// Members this version does not know, by key: those of the base in its order, then the others by key.
  ///
  /// A value changed on one side and removed on the other stays, because old tools drop keys they do not know.
  func mergedUnknownMembers() -> [Issue.UnknownMember] {
    func index(_ issue: UnsafePointer<Issue>) -> [ExactText: String] {
      Dictionary(issue.pointee.unknownMembers.map { (ExactText($0.key), $0.json) }) { _, last in last }
    }
    if ours.pointee.unknownMembers.isEmpty, theirs.pointee.unknownMembers.isEmpty { return [] }
    let (old, mine, other) = (index(base), index(ours), index(theirs))
    let keys = base.pointee.unknownMembers.map(\.key)
    let added = (ours.pointee.unknownMembers + theirs.pointee.unknownMembers).map(\.key)
      .filter { old[ExactText($0)] == nil }
      .sorted { $0.precedes($1) }
    var seen = Set<ExactText>()
    return (keys + added).compactMap { name in
      let key = ExactText(name)
      guard seen.insert(key).inserted else { return nil }
      return mergedMember(old[key], mine[key], other[key]).map { Issue.UnknownMember(key: name, json: $0) }
    }
  }

  private func mergedMember(_ base: String?, _ mine: String?, _ other: String?) -> String? {
    let (old, x, y) = (base.map(ExactText.init), mine.map(ExactText.init), other.map(ExactText.init))
    if x == y || y == old { return mine }
    if x == old { return other }
    guard let mine, let other else { return mine ?? other }
    return (preferred ?? (mine.precedes(other) ? .theirs : .ours)) == .ours ? mine : other
  }
}
