// Short hashes and counters meet: two clones that do not know of each other can make the same ID for two issues.
// The later one then needs another ID, and every clone must find the same one by itself.
extension IssueID {
  /// Whether a hash or a counter may have made this ID, here and elsewhere for different issues.
  ///
  /// What else stands there was chosen: whoever chooses the same name in two clones means the same issue.
  package var isGenerated: Bool { generatedParts != nil }

  /// The ID for an issue of this ID when an earlier one has it.
  ///
  /// The same in every clone, because it follows from the ID and the second of birth alone. A short hash is made
  /// longer; a child gets a hash of its own, for its number means nothing any more.
  package func beside(bornAt birth: Int64) -> IssueID {
    guard let parts = generatedParts else { return self }
    let kept = depth == 0 && parts.suffix.utf8.count <= 4 ? parts.suffix : ""
    var id = self
    for attempt in 0..<16 {
      let digest = SHA256.digest("\(rawValue)|\(birth)|\(attempt)".utf8)
      let length = IDLength.allowed.upperBound - kept.utf8.count
      let hash = kept + Base36.text(digest.leadingInteger(byteCount: 6), length: length)
      id = IssueID(unchecked: parts.head + hash)
      // Readers of the format take a long word without a digit for no hash.
      if hash.utf8.contains(where: \.isASCIIDigit) { break }
    }
    return id
  }

  /// What stands before the hash or number of the top-level issue, and that hash or number.
  private var generatedParts: (head: String, suffix: String)? {
    var root = self
    while let parent = root.parentAndNumber?.parent { root = parent }
    let text = root.rawValue
    guard !root.isExternal, !text.hasSuffix("-merge-slot"),
      let hyphen = text.utf8.lastIndex(of: UInt8(ascii: "-")), hyphen != text.startIndex
    else { return nil }
    let suffix = text[text.utf8.index(after: hyphen)...]
    let isNumber = decimalNumber(suffix.utf8) != nil
    guard isNumber || IDLength.allowed.contains(suffix.utf8.count), suffix.utf8.allSatisfy(Base36.isDigit)
    else { return nil }
    return (String(text[...hyphen]), String(suffix))
  }
}
