public import BeadsModel

extension Issue {
  /// The sections that this type of issue should have and that neither description nor acceptance criteria have.
  ///
  /// Acceptance criteria in the field of their own count as their section.
  public var missingSections: [String] {
    let headings = Set(
      description.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks.lowercased() })
    return type.requiredSections.filter { section in
      if section == "## Acceptance Criteria", !acceptanceCriteria.trimmingBlanks.isEmpty { return false }
      return !headings.contains(section.lowercased())
    }
  }
}
