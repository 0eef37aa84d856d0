/// Makes text from data harmless to a terminal and its reader, by showing what would act or hide.
///
/// Control characters become their pictures (`␛` for ESC); C1 controls, bidirectional overrides, invisible
/// characters and line separators become `\u{202E}` and the like. Joiners stay where scripts and emoji need
/// them, between two non-ASCII characters. Everything else is untouched. Clean text is returned as it is,
/// after one pass over its bytes.
///
/// - Parameter allowingNewlines: whether line feeds and tabs stay; a carriage return before a line feed goes.
public func terminalSafe(_ text: String, allowingNewlines: Bool = false) -> String {
  var text = text
  let mayBeUnsafe = text.withUTF8 { needsInspection($0, allowingNewlines: allowingNewlines) }
  return mayBeUnsafe ? replaceUnsafe(text, allowingNewlines: allowingNewlines) : text
}

/// Whether there is anything that may have to be replaced.
private func needsInspection(_ bytes: UnsafeBufferPointer<UInt8>, allowingNewlines: Bool) -> Bool {
  if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return false }
  var scalars = ScalarReader(bytes)
  while let value = scalars.next() {
    if allowingNewlines && (value == 0x09 || value == 0x0A) { continue }
    if isHarmful(value) { return true }
  }
  return false
}

private func replaceUnsafe(_ text: String, allowingNewlines: Bool) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count + 16)
  let scalars = text.unicodeScalars
  var previous: Unicode.Scalar?
  var index = scalars.startIndex
  while index < scalars.endIndex {
    let scalar = scalars[index]
    scalars.formIndex(after: &index)
    let next = index < scalars.endIndex ? scalars[index] : nil
    switch scalar.value {
    case 0x0A where allowingNewlines, 0x09 where allowingNewlines:
      result.unicodeScalars.append(scalar)
    case 0x0D where allowingNewlines && next == "\n":
      break
    case 0x00..<0x20:
      appendPicture(0x2400 + scalar.value, to: &result)
    case 0x7F:
      appendPicture(0x2421, to: &result)
    case 0x200C, 0x200D:
      if let previous, let next, isJoinable(previous), isJoinable(next) {
        result.unicodeScalars.append(scalar)
      } else {
        result += escaped(scalar)
      }
    default:
      if isHarmful(scalar.value) { result += escaped(scalar) } else { result.unicodeScalars.append(scalar) }
    }
    previous = scalar
  }
  return result
}

/// Whether a joiner next to it may be meant as one.
private func isJoinable(_ scalar: Unicode.Scalar) -> Bool { !scalar.isASCII && !isHarmful(scalar.value) }

private func appendPicture(_ value: UInt32, to text: inout String) {
  if let picture = Unicode.Scalar(value) { text.unicodeScalars.append(picture) }
}

private func escaped(_ scalar: Unicode.Scalar) -> String {
  "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
}

/// Acts on the terminal, reorders or breaks lines, or cannot be seen.
private func isHarmful(_ value: UInt32) -> Bool {
  switch value {
  case 0x00...0x1F, 0x7F...0x9F: true  // controls
  case 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0: true
  case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F: true
  case 0xFFF0...0xFFFB: true  // interlinear annotation and unassigned invisible characters
  case 0xE0000...0xE0FFF: true  // tags and variation selectors that can carry hidden text
  default: false
  }
}
