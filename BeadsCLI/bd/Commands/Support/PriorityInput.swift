import BeadsKit

/// Priorities as users type them: `0` to `4`, or `P0` to `P4` in either case.
enum PriorityInput {
  static func parse(_ text: String) throws(BeadsError) -> Int {
    let digits = text.lowercased().hasPrefix("p") ? String(text.dropFirst()) : text
    guard let value = Int(digits), (0...4).contains(value), digits.utf8.count == 1 else {
      throw BeadsError(.invalid, "\(quoted(text)) is not a priority", hint: "valid: 0 to 4, or P0 to P4")
    }
    return value
  }
}
