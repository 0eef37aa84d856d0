/// What counts as a word when texts are compared: two or more letters, digits and hyphens, in lower case.
enum TextWords {
  /// Calls the body with the words in the order of the text, repeated as they are.
  static func forEach(in text: String, _ body: (String) -> Void) {
    var word: [UInt8] = []
    var length = 0
    func end() {
      if length > 1 { body(String(decoding: word, as: UTF8.self)) }
      word.removeAll(keepingCapacity: true)
      length = 0
    }
    for scalar in text.lowercased().unicodeScalars {
      guard belongs(scalar) else {
        if length > 0 { end() }
        continue
      }
      word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      length += 1
    }
    end()
  }

  private static func belongs(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "0"..."9", "-": true
    case "\0"..."\u{7F}": false
    default:
      // A letter may be followed by its accent.
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || scalar.properties.generalCategory == .nonspacingMark
    }
  }
}
