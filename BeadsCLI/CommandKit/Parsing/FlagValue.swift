extension Flag {
  /// The value in the form ``Arguments`` keeps it, or what is wrong with it.
  func checked(_ value: String) -> Result<String, InvalidValue> {
    switch kind {
    case .boolean:
      guard let isOn = parseBoolean(value) else {
        return .failure(InvalidValue(expected: "must be true or false"))
      }
      return .success(isOn ? "true" : "false")
    case .integer(let range):
      guard let number = Int(value) else {
        return .failure(InvalidValue(expected: notAWholeNumber(value)))
      }
      return range.contains(number) ? .success(value) : .failure(InvalidValue(expected: describe(range)))
    case .string, .list:
      guard isClosed else { return .success(value) }
      for part in kind == .list ? splitList(value) : [value] where !values.contains(part) {
        let near = nearest(to: part, among: values)
        return .failure(
          InvalidValue(
            expected: "must be one of " + values.joined(separator: ", "), suggestion: didYouMean(near)))
      }
      return .success(value)
    }
  }
}

/// Why a flag does not take a value.
struct InvalidValue: Error {
  var expected: String
  var suggestion: String?
}

private func parseBoolean(_ text: String) -> Bool? {
  switch text {
  case "true", "TRUE", "True", "t", "T", "1", "yes", "on": true
  case "false", "FALSE", "False", "f", "F", "0", "no", "off": false
  default: nil
  }
}

private func describe(_ range: ClosedRange<Int>) -> String {
  switch (range.lowerBound, range.upperBound) {
  case (let low, .max): "must be at least \(low)"
  case (.min, let high): "must be at most \(high)"
  case (let low, let high): "must be between \(low) and \(high)"
  }
}
