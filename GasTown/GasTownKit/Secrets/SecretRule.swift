/// Tells what looks like a secret: private keys, tokens of known services, credentials in addresses, and random texts
/// that are given to something called a password, a key or a token.
///
/// Pure: one pass over bytes, 50 to 200 MB a second. It is made to be believed, not to be complete: examples,
/// placeholders, hashes, names and addresses of this machine are not named.
public enum SecretRule {
  /// Something that looks like a secret; what it is itself is never shown.
  public struct Finding: Sendable, Equatable {
    /// What it looks like, such as `GitHub token`.
    public let kind: String
    /// The line, from 1.
    public let line: Int
    /// Where the secret stands.
    public let range: Range<Int>
    /// Whether `marker` says, on its line or the one before, that it is none.
    public let isAllowed: Bool
  }

  /// Says in a comment that a line holds no secret, whatever it looks like.
  public static let marker = "gt:allow-secret"
  /// How many findings of one text are told.
  static let limit = 50

  /// What looks like a secret in a text.
  public static func findings(in text: [UInt8]) -> [Finding] { text.withUnsafeBufferPointer(findings(in:)) }

  /// What looks like a secret in a text.
  public static func findings(in text: UnsafeBufferPointer<UInt8>) -> [Finding] {
    SecretScan.hints.withUnsafeBufferPointer { hints in
      var search = Search(scan: SecretScan(text: text))
      var (index, isInWord) = (0, false)
      while index < text.count, search.found.count < limit {
        let byte = text[index]
        let hint = hints[Int(byte)]
        // Most bytes go on with a word, in which nothing begins.
        let begins = hint & SecretScan.isTrigger != 0 && (!isInWord || hint & SecretScan.isWord == 0)
        isInWord = hint & SecretScan.isWord != 0
        if byte == 0x0A {
          search.beginLine(at: index + 1)
        } else if begins {
          index = search.look(at: index)
        } else if isInWord, index > 0, text[index - 1] == UInt8(ascii: "\\"), "nrt".utf8.contains(byte) {
          // A written line feed ends the word.
          isInWord = false
        }
        index += 1
      }
      return search.found
    }
  }

  /// What was found so far, and the line that is looked at.
  private struct Search {
    let scan: SecretScan
    var found: [Finding] = []
    var line = 1
    var lineStart = 0
    var previousLine = 0

    mutating func beginLine(at start: Int) {
      (line, previousLine, lineStart) = (line + 1, lineStart, start)
    }

    /// Adds the secret at a place, if one is there; returns where to go on from.
    mutating func look(at index: Int) -> Int {
      guard let (kind, range) = scan.secret(at: index, lineStart: lineStart) else { return index }
      // One line is told once, by what tells more: a token is known by itself, an assignment by its name only.
      if let last = found.last, last.line == line, last.kind == SecretScan.assigned { found.removeLast() }
      if found.last?.line != line {
        let isAllowed = scan.contains(marker, from: previousLine, throughLineOf: range.lowerBound)
        found.append(Finding(kind: kind, line: line, range: range, isAllowed: isAllowed))
      }
      // What is assigned may be a token, which says more.
      return kind == SecretScan.assigned ? index : max(range.lowerBound, index)
    }
  }
}

/// The bytes of one text, and what stands where in it.
struct SecretScan {
  static let assigned = "secret in an assignment"
  let text: UnsafeBufferPointer<UInt8>

  /// The secret that begins at a place, or that the punctuation there leads to.
  func secret(at index: Int, lineStart: Int) -> (kind: String, Range<Int>)? {
    switch text[index] {
    case UInt8(ascii: "-"): return privateKey(at: index).map { ("private key", $0) }
    case UInt8(ascii: ":"):
      if has("://", at: index) { return credentials(after: index).map { ("credentials in an address", $0) } }
      return assignment(at: index, lineStart).map { (Self.assigned, $0) }
    case UInt8(ascii: "="): return assignment(at: index, lineStart).map { (Self.assigned, $0) }
    default: return token(at: index)
    }
  }

  // MARK: Bytes

  private func byte(_ index: Int) -> UInt8 {
    index >= 0 && index < text.count ? text[index] : 0
  }

  private func has(_ word: StaticString, at index: Int) -> Bool {
    guard index >= 0, index + word.utf8CodeUnitCount <= text.count else { return false }
    for offset in 0..<word.utf8CodeUnitCount where text[index + offset] != word.utf8Start[offset] {
      return false
    }
    return true
  }

  private func has(_ word: [UInt8], at index: Int) -> Bool {
    index >= 0 && index + word.count <= text.count && text[index..<(index + word.count)].elementsEqual(word)
  }

  /// How many bytes of some classes follow, `limit` at the most.
  private func run(from start: Int, of classes: Class, limit: Int) -> Int {
    var end = start
    while end < text.count, end - start < limit, classes.contains(Class.of[Int(text[end])]) { end += 1 }
    return end - start
  }

  private func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

  func contains(_ word: String, from start: Int, throughLineOf place: Int) -> Bool {
    let word = Array(word.utf8)
    var index = start
    while index < text.count, index <= place || text[index] != 0x0A {
      if text[index] == word[0], has(word, at: index) { return true }
      index += 1
    }
    return false
  }

  /// Kinds of bytes.
  struct Class: OptionSet {
    let rawValue: UInt16
    static var lower: Class { Class(rawValue: 1) }
    static var upper: Class { Class(rawValue: 2) }
    static var digit: Class { Class(rawValue: 4) }
    static var underscore: Class { Class(rawValue: 8) }
    static var dash: Class { Class(rawValue: 16) }
    static var dot: Class { Class(rawValue: 32) }
    static var slash: Class { Class(rawValue: 64) }
    static var plus: Class { Class(rawValue: 128) }
    static var alphanumeric: Class { Class(rawValue: 7) }
    static var word: Class { Class(rawValue: 31) }
    static var base64: Class { Class(rawValue: 199) }

    static let of: [Class] = (0..<256).map { value in
      switch UInt8(value) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): .lower
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): .upper
      case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
      case UInt8(ascii: "_"): .underscore
      case UInt8(ascii: "-"): .dash
      case UInt8(ascii: "."): .dot
      case UInt8(ascii: "/"): .slash
      case UInt8(ascii: "+"), UInt8(ascii: "="): .plus
      // In no set of the others.
      default: Class(rawValue: 256)
      }
    }
  }

  private func kind(_ index: Int) -> Class { Class.of[Int(byte(index))] }
  private func isWord(_ index: Int) -> Bool {
    Class([.alphanumeric, .underscore]).contains(kind(index))
  }

  // MARK: Private keys

  private func privateKey(at index: Int) -> Range<Int>? {
    guard has("-----BEGIN ", at: index), byte(index - 1) != UInt8(ascii: "-") else { return nil }
    var end = index + 11
    while end < index + 50, !has("PRIVATE KEY", at: end) { end += 1 }
    guard has("PRIVATE KEY", at: end) else { return nil }
    // Code that looks for the header has no key behind it.
    var place = end + 11
    let limit = min(text.count, place + 600)
    while place < limit, !has("-----END", at: place) {
      let count = run(from: place, of: .base64, limit: 64)
      if count >= 40, isVaried(place..<(place + count)) { return index..<(place + count) }
      place += max(1, count)
    }
    return nil
  }

  // MARK: Tokens

  private struct Form {
    let prefix: [UInt8]
    let kind: String
    let classes: Class
    let length: ClosedRange<Int>
    /// Whether the prefix alone says too little.
    let mustBeRandom: Bool

    init(
      _ prefix: String, _ kind: String, _ classes: Class, _ length: ClosedRange<Int>,
      mustBeRandom: Bool = false
    ) {
      self.prefix = Array(prefix.utf8)
      self.kind = kind
      self.classes = classes
      self.length = length
      self.mustBeRandom = mustBeRandom
    }
  }

  private static let formats: [Form] = {
    let capitals: Class = [.upper, .digit]
    let hex: Class = [.lower, .digit]
    let path: Class = [.alphanumeric, .underscore, .dash, .slash]
    let long = 2000
    var forms = ["AKIA", "ASIA", "ABIA", "ACCA"].map { Form($0, "AWS access key", capitals, 16...16) }
    forms += ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map {
      Form($0, "GitHub token", .alphanumeric, 36...255)
    }
    forms += ["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"].map {
      Form($0, "GitLab token", .word.union(.dot), 20...300)
    }
    forms += ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xapp-"].map {
      Form($0, "Slack token", [.alphanumeric, .dash, .dot], 24...400)
    }
    forms += ["sk-proj-", "sk-svcacct-", "sk-admin-"].map { Form($0, "OpenAI key", .word, 40...300) }
    forms += ["shpat_", "shpca_", "shppa_", "shpss_"].map { Form($0, "Shopify token", hex, 32...32) }
    forms += ["sk_live_", "rk_live_"].map { Form($0, "Stripe key", .alphanumeric, 24...300) }
    forms += ["dop_v1_", "doo_v1_"].map { Form($0, "DigitalOcean token", hex, 64...64) }
    return forms + [
      Form("github_pat_", "GitHub token", [.alphanumeric, .underscore], 60...255),
      Form("hooks.slack.com/services/T", "Slack webhook", path, 35...200),
      Form("discord.com/api/webhooks/", "Discord webhook", path, 60...200),
      Form("sk-ant-", "Anthropic key", .word, 40...300), Form("sk-or-v1-", "OpenRouter key", hex, 64...64),
      Form("sk-", "OpenAI key", .alphanumeric, 48...48), Form("AIza", "Google key", .word, 35...35),
      Form("GOCSPX-", "Google client secret", .word, 28...28),
      Form("ya29.", "Google token", .word, 60...long),
      Form("gsk_", "Groq key", .alphanumeric, 40...80), Form("xai-", "xAI key", .alphanumeric, 60...120),
      Form("hf_", "Hugging Face token", .alphanumeric, 34...40),
      Form("r8_", "Replicate token", .alphanumeric, 37...40),
      Form("npm_", "npm token", .alphanumeric, 36...36),
      Form("pypi-AgEIcHlwaS5vcmc", "PyPI token", .word, 50...long),
      Form("SG.", "SendGrid key", .word.union(.dot), 60...80),
      Form("dckr_pat_", "Docker token", .word, 27...40), Form("hvs.", "Vault token", .word, 40...300),
      Form("lin_api_", "Linear key", .alphanumeric, 40...60),
      Form("AGE-SECRET-KEY-1", "age key", capitals, 58...58),
      Form("Bearer ", "bearer token", .word.union(.dot), 24...long, mustBeRandom: true),
    ]
  }()

  static let isWord: UInt8 = 1
  static let isTrigger: UInt8 = 2
  /// What each byte may be: part of a word, and where a secret begins or what leads to one.
  static let hints: [UInt8] = (0..<256).map { value in
    let isTrigger = !byFirst[value].isEmpty || "-:=".utf8.contains(UInt8(value))
    let isWord = Class([.alphanumeric, .underscore]).contains(Class.of[value])
    return (isWord ? Self.isWord : 0) | (isTrigger ? Self.isTrigger : 0)
  }

  private static let byFirst: [[Form]] = (0..<256).map { value in
    formats.filter { $0.prefix[0] == UInt8(value) }
  }

  private func token(at index: Int) -> (kind: String, Range<Int>)? {
    for form in Self.byFirst[Int(text[index])] where has(form.prefix, at: index) {
      let start = index + form.prefix.count
      let count = run(from: start, of: form.classes, limit: form.length.upperBound + 1)
      let body = start..<(start + count)
      guard form.length.contains(count), !isWord(body.upperBound), isVaried(body) else { continue }
      // Signed claims expire, and examples of them are everywhere.
      if form.mustBeRandom, has("eyJ", at: start) { continue }
      if !form.mustBeRandom || isRandom(body) { return (form.kind, index..<body.upperBound) }
    }
    return nil
  }

  // MARK: Addresses

  private func credentials(after colon: Int) -> Range<Int>? {
    guard isWord(colon - 1), isWord(colon - 2) else { return nil }
    let start = colon + 3
    var (end, at, mid) = (start, -1, -1)
    while end < text.count, end - start < 400, byte(end) > 0x20,
      !"/?#\"'`<>()[]{}\\$".utf8.contains(byte(end))
    {
      if byte(end) == UInt8(ascii: "@") { at = end }
      if byte(end) == UInt8(ascii: ":"), mid < 0 { mid = end }
      end += 1
    }
    guard mid > start, at > mid + 5, Set(text[mid..<at]).count > 4 else { return nil }
    let (user, password) = (string(start..<mid), string((mid + 1)..<at))
    let host = string((at + 1)..<end).split(separator: ":").first ?? ""
    guard host.contains("."), !isLocal(host.lowercased()), !isPlaceholder(password), password != user else {
      return nil
    }
    return start..<at
  }

  private func isLocal(_ host: String) -> Bool {
    ["127.", "0.0.", "10.", "192.168.", "example."].contains { host.hasPrefix($0) }
      || [".local", ".localhost", ".test", ".invalid", ".example"].contains { host.hasSuffix($0) }
      || host.contains(".example.") || host.hasPrefix("host.docker.")
  }

  // MARK: Assignments

  private func assignment(at index: Int, _ lineStart: Int) -> Range<Int>? {
    guard let value = value(after: index, lineStart), value.count >= 12, value.count <= 300 else {
      return nil
    }
    // The names are looked at last, because few values get so far.
    let isRandom = isRandom(value)
    guard isRandom || isStrong(value) else { return nil }
    let names = names(before: index, lineStart)
    guard let name = names.first(where: isSecret), !names.contains(where: isHarmless) else { return nil }
    let isPassword = ["password", "passwd", "passphrase"].contains { name.contains($0) }
    guard isRandom || isPassword else { return nil }
    return value
  }

  /// The names before an operator: that of the variable, and its type where it has one.
  private func names(before index: Int, _ lineStart: Int) -> [String] {
    var names: [String] = []
    var end = index
    while names.count < 3, end > lineStart, index - end < 120 {
      while end > lineStart, " \t\"'`]:?".utf8.contains(byte(end - 1)) { end -= 1 }
      var start = end
      while start > lineStart, end - start < 80, Class.word.union(.dot).contains(kind(start - 1)) {
        start -= 1
      }
      if start == end { break }
      names.append(string(start..<end).lowercased().replacing("-", with: "_"))
      end = start
    }
    return names
  }

  private func isSecret(_ name: String) -> Bool {
    [
      "secret", "token", "password", "passwd", "passphrase", "api_key", "apikey", "access_key", "accesskey",
      "private_key", "privatekey", "auth_key", "authkey", "credential", "accountkey", "account_key",
    ].contains { name.contains($0) }
  }

  private func isHarmless(_ name: String) -> Bool {
    [
      "public", "hash", "digest", "checksum", "sha1", "sha2", "sha5", "fingerprint", "example", "sample",
      "dummy",
      "mock", "fake", "placeholder", "integrity", "snapshot",
    ].contains { name.contains($0) }
      || ["id", "name", "path", "file", "url", "uri", "type", "field", "format", "prefix", "label"].contains {
        name.hasSuffix($0)
      }
  }

  /// What stands between quotes behind an operator, or alone behind `NAME=` as in files of variables.
  private func value(after index: Int, _ lineStart: Int) -> Range<Int>? {
    var start = index + 1
    while start < index + 4, byte(start) == UInt8(ascii: "=") || byte(start) == UInt8(ascii: ">") {
      start += 1
    }
    while start < index + 12, byte(start) == 0x20 || byte(start) == 0x09 { start += 1 }
    let quote = byte(start)
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "`") {
      var end = start + 1
      while end < text.count, end - start < 310, byte(end) != quote, byte(end) != 0x0A { end += 1 }
      return byte(end) == quote ? (start + 1)..<end : nil
    }
    guard start == index + 1, byte(index) == UInt8(ascii: "=") else { return nil }
    var name = index
    while name > lineStart, Class([.upper, .digit, .underscore]).contains(kind(name - 1)) { name -= 1 }
    guard name < index, name == lineStart || byte(name - 1) <= 0x20 else { return nil }
    let end = start + run(from: start, of: [.base64, .underscore, .dash], limit: 310)
    return byte(end) <= 0x20 ? start..<end : nil
  }

  // MARK: What is random

  /// Whether a text looks drawn by lot: many different characters, and digits among letters all through it.
  private func isRandom(_ range: Range<Int>) -> Bool {
    let known: Class = [.base64, .underscore, .dash, .dot]
    guard range.count >= 20, range.allSatisfy({ known.contains(kind($0)) }) else {
      return false
    }
    var turns = 0
    var isDigit: Bool?
    for index in range where Class.alphanumeric.contains(kind(index)) {
      let now = kind(index) == .digit
      if let before = isDigit, before != now { turns += 1 }
      isDigit = now
    }
    let dashes = range.filter { kind($0) == .dash }.count
    let isUUID = range.count == 36 && dashes == 4
    return turns >= max(3, range.count / 8) && !isUUID && Set(text[range]).count >= 10 && isVaried(range)
  }

  /// Whether a text is what makers of passwords make: all kinds of characters.
  private func isStrong(_ range: Range<Int>) -> Bool {
    var classes: Class = []
    for index in range {
      if byte(index) <= 0x20 || byte(index) >= 0x7F || "{}<>$%()".utf8.contains(byte(index)) { return false }
      classes.formUnion(kind(index))
    }
    return classes.isSuperset(of: .alphanumeric) && classes != .alphanumeric && isVaried(range)
  }

  /// Whether a text is not `xxxxxxxx`, `123456` or an example.
  private func isVaried(_ range: Range<Int>) -> Bool {
    var (same, rising) = (1, 1)
    for index in range.dropFirst() {
      same = byte(index) == byte(index - 1) ? same + 1 : 1
      rising = byte(index) == byte(index - 1) &+ 1 ? rising + 1 : 1
      if same >= 6 || rising >= 6 { return false }
    }
    return Set(text[range]).count >= min(8, range.count / 2) && !isPlaceholder(string(range))
  }

  private func isPlaceholder(_ text: String) -> Bool {
    let lower = text.lowercased()
    let words = [
      "example", "placeholder", "redacted", "changeme", "change_me", "change-me", "your-", "your_", "dummy",
    ]
    let values = [
      "password", "passwd", "pass", "secret", "token", "user", "xxxx", "****", "hunter2", "postgres",
    ]
    return words.contains { lower.contains($0) } || values.contains { lower == $0 }
      || lower.hasPrefix("password")
      || lower.hasPrefix("mypass") || lower.hasPrefix("<") || lower.hasPrefix("%")
  }
}
