import BeadsFormats

extension Issue {
  /// SHA-256, in lower-case hex, over the fields that say what the issue is about.
  ///
  /// IDs, times, labels, edges, comments and local state are left out, so equal work hashes equal in any clone.
  /// The order and the encoding of each field are those of contract section 1.13: every field is followed by one
  /// NUL byte, a missing creator adds nothing.
  public var contentHash: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(textSize + 512)
    for field in Self.hashedFields { appendHashed(field, to: &bytes) }
    return SHA256.digest(bytes).hex
  }

  private static let hashedFields = IssueField.all
    .compactMap { field in field.hashOrder.map { (order: $0, field: field) } }
    .sorted { $0.order < $1.order }
    .map(\.field)

  private func appendHashed(_ field: IssueField, to bytes: inout [UInt8]) {
    func append(_ text: String) {
      bytes.append(contentsOf: text.utf8)
      bytes.append(0)
    }
    switch field.storage {
    case .text(let path): append(self[keyPath: path])
    case .optionalText(let path): append(self[keyPath: path] ?? "")
    case .int(let path): append(String(self[keyPath: path]))
    case .int64(let path): append(String(self[keyPath: path]))
    case .real(let path): append(self[keyPath: path].map(fixedSixDigits) ?? "")
    case .flag(let path):
      // The hash says `template`, the file `is_template`.
      let word = "\(field.key)" == "is_template" ? "template" : "\(field.key)"
      append(self[keyPath: path] ? word : "")
    case .strings(let path): self[keyPath: path].forEach(append)
    case .json(let path):
      switch "\(field.key)" {
      case "metadata": append(self[keyPath: path] ?? "")
      case "bonded_from": hashedBonds.forEach(append)
      case "creator": hashedCreator.forEach(append)
      default: hashedValidations.forEach(append)
      }
    default: break
    }
  }

  private var hashedBonds: [String] {
    elements(bondedFrom).flatMap { bond in
      [
        text(bond, "source_id") ?? text(bond, "proto_id") ?? "", text(bond, "bond_type") ?? "",
        text(bond, "bond_point") ?? "",
      ]
    }
  }

  private var hashedCreator: [String] {
    guard let creator, let value = JSONValue(parsing: creator), value != .null else { return [] }
    return entity(value)
  }

  private var hashedValidations: [String] {
    elements(validations).flatMap { item in
      (item["validator"].map(entity) ?? []) + [
        text(item, "outcome") ?? "", text(item, "timestamp") ?? "",
        item["score"].flatMap { if case .number(let n) = $0 { Double(n) } else { nil } }.map(fixedSixDigits)
          ?? "",
      ]
    }
  }

  private func entity(_ value: JSONValue) -> [String] {
    ["name", "platform", "org", "id"].map { text(value, $0) ?? "" }
  }

  private func elements(_ json: String?) -> [JSONValue] {
    json.flatMap { JSONValue(parsing: $0)?.arrayValue } ?? []
  }

  private func text(_ value: JSONValue, _ key: String) -> String? { value[key]?.stringValue }
}

/// The number with six digits after the point, as C's `%f`.
private func fixedSixDigits(_ value: Double) -> String {
  let scaled = (value.magnitude * 1_000_000).rounded(.toNearestOrEven)
  guard scaled < 9e18 else { return String(value) }
  let digits = String(UInt64(scaled))
  let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
  return (value < 0 ? "-" : "") + padded.dropLast(6) + "." + padded.suffix(6)
}
