import BeadsModel
public import BeadsSystem

extension IssueFilter {
  /// Throws when no issue can match because the filter contradicts itself, or when a term is malformed.
  ///
  /// Every query calls it, so that a mistake is an error and not an empty answer.
  /// - Throws: `invalid` naming the terms.
  public func validate() throws(BeadsError) {
    try validatePriorities()
    try validateLabels()
    try validateText()
    try validateTimes()
    try validateState()
    let clash = types.first { excludedTypes.contains($0) }
    if let clash { throw contradiction("type \(quoted(clash.rawValue)) is both asked for and excluded") }
    for key in metadata.map(\.key) + (metadataKey.map { [$0] } ?? []) where !Self.isMetadataKey(key) {
      throw BeadsError(
        .invalid, "\(quoted(key)) is not a metadata key", hint: Self.metadataKeyRule)
    }
  }

  private func contradiction(_ message: String) -> BeadsError {
    BeadsError(.invalid, message, hint: "nothing can match; drop one of the two")
  }

  private func validatePriorities() throws(BeadsError) {
    let given = priorities + [minimumPriority, maximumPriority].compactMap(\.self)
    for priority in given where !(0...4).contains(priority) {
      throw BeadsError(
        .invalid, "priority \(priority) is not between 0 and 4", hint: "use 0 (most urgent) to 4")
    }
    let low = minimumPriority ?? 0
    let high = maximumPriority ?? 4
    if low > high { throw contradiction("minimum priority \(low) is above maximum priority \(high)") }
    if !priorities.isEmpty, !priorities.contains(where: { (low...high).contains($0) }) {
      throw contradiction("priority \(priorities[0]) is not between minimum \(low) and maximum \(high)")
    }
  }

  private func validateLabels() throws(BeadsError) {
    let wanted = labels + anyLabels
    if (wanted + excludedLabels).contains(where: { $0.allSatisfy(\.isWhitespace) }) {
      throw BeadsError(.invalid, "a label must not be empty")
    }
    if hasNoLabels, !wanted.isEmpty || labelPattern != nil || labelExpression != nil {
      throw contradiction("issues without labels were asked for, and a label")
    }
    let clash =
      labels.first { excludedLabels.contains($0) }
      ?? (!anyLabels.isEmpty && anyLabels.allSatisfy(excludedLabels.contains) ? anyLabels[0] : nil)
    if let clash { throw contradiction("label \(quoted(clash)) is both asked for and excluded") }
  }

  private func validateText() throws(BeadsError) {
    if let text, text.allSatisfy(\.isWhitespace) {
      throw BeadsError(.invalid, "the text to search for must not be empty")
    }
    if hasNoDescription, descriptionContains?.isEmpty == false {
      throw contradiction("issues without a description were asked for, and a text in it")
    }
  }

  private func validateTimes() throws(BeadsError) {
    let windows = [
      ("created", created), ("updated", updated), ("closed", closed), ("due", due), ("deferred", deferred),
    ]
    for (name, window) in windows {
      guard let after = window.after, let before = window.before, after > before else { continue }
      throw contradiction("\(name) after \(after) and before \(before) is a reversed range")
    }
  }

  private func validateState() throws(BeadsError) {
    if case .any(let statuses) = statuses, statuses.isEmpty {
      throw BeadsError(.invalid, "no status was named")
    }
    guard readiness != nil else { return }
    if statuses != .visible {
      throw contradiction("ready work is open by definition, and a status was asked for")
    }
    if isBlocked == true { throw contradiction("ready work is never blocked") }
    if isPinned == true { throw contradiction("ready work is never pinned") }
    if isEphemeral == true, readiness?.includesEphemeral == false {
      throw contradiction("ready work leaves out wisps unless they are included")
    }
    if closed != TimeWindow() {
      throw contradiction("ready work is open, and a time of closing was asked for")
    }
  }

  static let metadataKeyRule = "keys consist of letters, digits, '_' and '.', and start with a letter or '_'"

  static func isMetadataKey(_ key: String) -> Bool {
    guard let first = key.utf8.first, first == UInt8(ascii: "_") || first.isASCIILetter else { return false }
    return key.utf8.allSatisfy { byte in
      byte.isASCIILetter || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "_")
        || byte == UInt8(ascii: ".")
    }
  }
}

extension UInt8 {
  fileprivate var isASCIILetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}
