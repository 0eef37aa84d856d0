public import BeadsSystem

extension IssueID {
  /// How deep children may nest unless `hierarchy.max-depth` says otherwise.
  public static let defaultMaximumDepth = 3

  /// The number of child numbers at the end: 0 for a top-level issue, 1 for `bd-a3f8.1`.
  ///
  /// O(length).
  ///
  /// Dots elsewhere do not count, because prefixes and custom IDs may hold them.
  public var depth: Int {
    var depth = 0
    var rest = rawValue.utf8[...]
    while let cut = Self.lastChildDot(rest) {
      depth += 1
      rest = rest[..<cut]
    }
    return depth
  }

  /// The ID before the last child number and that number, or nil for a top-level issue.
  ///
  /// Names only: reparenting never renames, so the real parent is the one the edge says.
  public var parentAndNumber: (parent: IssueID, number: Int)? {
    guard let cut = Self.lastChildDot(rawValue.utf8[...]) else { return nil }
    let digits = rawValue.utf8[rawValue.utf8.index(after: cut)...]
    guard let number = decimalNumber(digits) else { return nil }
    return (IssueID(unchecked: String(rawValue[..<cut])), number)
  }

  /// The ID of the child with a number, `bd-a3f8.1`.
  /// - Throws: `invalid` when the child would be deeper than `maximumDepth`.
  public func child(
    _ number: Int, maximumDepth: Int = IssueID.defaultMaximumDepth
  ) throws(BeadsError) -> IssueID {
    guard depth < maximumDepth else {
      throw BeadsError(
        .invalid, "maximum hierarchy depth (\(maximumDepth)) exceeded for parent \(rawValue)",
        hint: "create it under a higher parent, or raise hierarchy.max-depth")
    }
    return try IssueID("\(rawValue).\(number)")
  }

  /// Whether the ID was made for an ephemeral issue.
  public var isWisp: Bool { rawValue.utf8Contains("-wisp-") }

  /// Whether the ID was made for a step of a poured molecule.
  public var isMolecule: Bool { rawValue.utf8Contains("-mol-") }

  /// The dot before a child number that ends the text.
  private static func lastChildDot(_ text: Substring.UTF8View) -> String.Index? {
    guard let dot = text.lastIndex(of: UInt8(ascii: ".")), dot != text.startIndex,
      decimalNumber(text[text.index(after: dot)...]) != nil
    else { return nil }
    return dot
  }
}

extension Prefix {
  /// The ID of the issue that is this project's merge lock.
  public var mergeSlotID: IssueID { IssueID(unchecked: "\(rawValue)-merge-slot") }
}

extension StringProtocol {
  /// Whether the bytes of `part` occur.
  ///
  /// O(length · part).
  func utf8Contains(_ part: some StringProtocol) -> Bool {
    var rest = utf8[...]
    let wanted = part.utf8
    while rest.count >= wanted.count {
      if rest.starts(with: wanted) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
