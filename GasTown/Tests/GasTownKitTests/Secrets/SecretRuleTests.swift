import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

/// Secrets are put together here, so that none stands in this file.
enum Planted {
  static let letters = Array("qW7eR2tYu9Io1pAs4DfG8hJk3LzXc5VbN6mQwErT0yUiOpaSdFgHjKlZxCvBnM".utf8)
  static let hex = Array("9f3b07c1e84d5a26f0b9c7d3e15a8264bd07f93c21e6a85dcb40791e3f6a2d58".utf8)

  static func text(_ count: Int, _ source: [UInt8] = letters) -> String {
    String(decoding: (0..<count).map { source[($0 * 7 + $0 / source.count) % source.count] }, as: UTF8.self)
  }

  static var privateKey: String {
    "-----BEGIN " + "OPENSSH PRIVATE KEY-----\n" + text(64) + "\n" + text(64)
      + "\n-----END OPENSSH PRIVATE KEY-----"
  }

  /// What each looks like.
  static let secrets: [(String, String)] = [
    ("private key", privateKey),
    ("private key", #""key": "-----BEGIN "# + #"RSA PRIVATE KEY-----\n"# + text(64) + #"\n""#),
    ("AWS access key", "AKIA" + "Z7QX2M4LWP9RT5KD"), ("GitHub token", "ghp_" + text(36)),
    ("GitHub token", "x = 'github_pat_" + text(22) + "_" + text(59) + "'"),
    ("GitLab token", "glpat-" + text(20)), ("Slack token", "xoxb-" + "2934871029-3948571029384-" + text(24)),
    ("Slack webhook", "https://hooks.slack.com/services/T" + "0QX7L2MRA/B03KD9WQZ/" + text(24)),
    ("Anthropic key", "sk-ant-" + "api03-" + text(93)), ("OpenAI key", "sk-proj-" + text(60)),
    ("OpenAI key", "sk-" + text(48)), ("Google key", "AIza" + text(35)), ("npm token", "npm_" + text(36)),
    ("Stripe key", "sk_live_" + text(24)), ("Hugging Face token", "hf_" + text(34)),
    ("DigitalOcean token", "dop_v1_" + text(64, hex)), ("bearer token", "Authorization: Bearer " + text(40)),
    ("credentials in an address", "postgres://app:" + "k9Vt2mQe@db.prod.corp.net:5432/app"),
    ("credentials in an address", "git clone https://bot:" + "gh-7f2a9c@git.corp.net/x.git"),
    ("secret in an assignment", #"let apiKey: String = ""# + text(32) + #"""#),
    ("secret in an assignment", #"  "client_secret": ""# + text(40) + #"","#),
    ("secret in an assignment", "AWS_SECRET_ACCESS_KEY=" + text(40)),
    ("secret in an assignment", "export SESSION_TOKEN=" + text(48, hex)),
    ("secret in an assignment", "password: 'tR0ub4dor&3-" + "Zk!'"),
  ]

  /// What is none, though it looks a little like one.
  static let harmless = [
    "", "let token = parser.nextToken()", "token: String", "func secret(at index: Int) -> Secret?",
    #"if text.hasPrefix("-----BEGIN PRIVATE KEY-----") { return }"#, "AKIAIOSFODNN7EXAMPLE",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "sk-ant-api03-your-key-here-your-key-here-your-key-here",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "https://user:password@host.com/", "https://github.com/a/b",
    "postgres://postgres:postgres@localhost:5432/db", "http://admin:k9Vt2mQe@127.0.0.1:80",
    "https://x-access-token:${GITHUB_TOKEN}@github.com/a/b", "redis://:p4ssw0rd99@redis:6379",
    #"password = "correct horse battery staple""#, #"passwordLabel: "Enter-Your-Passw0rd-1""#,
    "API_KEY=process.env.API_KEY_2", "TOKEN=${SECRET_TOKEN_9a}",
    #"token: "550e8400-e29b-41d4-a716-446655440000""#,
    #"secretName: "my-app-prod-tls-2024-v1-ingress""#, #""token_hash": "9f3b07c1e84d5a26f0b9c7d3e15a8264""#,
    #""integrity": "sha512-9f3b07c1e84d5a26f0b9c7d3e15a8264bd07f93c21e6a85d""#, "task-ant-hill", "disk-usage",
    #"tokenType = "urn:ietf:params:oauth:token-type:jwt2""#, "a := b.token == c.token",
    "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.abc", "key = 'AIzaShort'",
    #"accessToken = "TokenProviderForV2ServiceAccountsWithScopes""#, "PASSWORD=", "secret:", "=", "://",
    "-----BEGIN ",
  ]
}

@Suite("What is a secret")
struct SecretRuleTests {
  @Test(arguments: Planted.secrets.indices)
  func secretsAreNamed(index: Int) {
    let (kind, text) = Planted.secrets[index]
    for (before, after) in [("", ""), ("first\n\t", "\nlast"), ("a = 1; // ", " # x")] {
      let found = SecretRule.findings(in: Array((before + text + after).utf8))
      #expect(found.map(\.kind) == [kind], "\(kind)")
      #expect(found.first?.line == (before.contains("\n") ? 2 : 1))
    }
  }

  @Test(arguments: Planted.harmless)
  func othersAreNot(text: String) {
    #expect(SecretRule.findings(in: Array(text.utf8)) == [])
    #expect(SecretRule.findings(in: Array("x\n    \(text)\ny".utf8)) == [])
  }

  @Test func aMarkerOnTheLineOrTheOneBeforeAllowsIt() {
    func isAllowed(_ text: String) -> Bool? { SecretRule.findings(in: Array(text.utf8)).first?.isAllowed }
    let token = "ghp_" + Planted.text(36)
    #expect(isAllowed("a\nb = \(token)") == false)
    #expect(isAllowed("b = \(token) # \(SecretRule.marker)") == true)
    #expect(isAllowed("# \(SecretRule.marker)\nb = \(token)\n") == true)
    #expect(isAllowed("# \(SecretRule.marker)\n\nb = \(token)") == false)
    #expect(isAllowed("b = \(token)\n# \(SecretRule.marker)") == false)
  }

  @Test func oneLineIsToldOnceByWhatSaysMore() {
    let line =
      #"api_key = "sk-ant-"# + "api03-" + Planted.text(80) + #""; token = "ghp_"# + Planted.text(36) + "\""
    #expect(SecretRule.findings(in: Array(line.utf8)).map(\.kind) == ["Anthropic key"])
    let lines = String(repeating: "ghp_" + Planted.text(36) + "\n", count: 200)
    #expect(SecretRule.findings(in: Array(lines.utf8)).count == 50)
  }

  /// The sources of this package are ordinary code: the rule must be silent about them.
  @Test func ordinaryCodeHasNone() throws {
    let root = #filePath.components("/GasTown/Tests/")
    var read = 0
    func look(_ directory: String) throws {
      for name in try FileSystem.list(directory) where !name.hasPrefix(".") {
        let path = Path.join(directory, name)
        if FileSystem.isDirectory(path) {
          try look(path)
        } else if name.hasSuffix(".swift") || name.hasSuffix(".md") || name.hasSuffix(".toml") {
          let found = SecretRule.findings(in: try FileSystem.read(path)).filter { !$0.isAllowed }
          #expect(found == [], "\(path)")
          read += 1
        }
      }
    }
    for folder in ["BeadsKit", "BeadsCLI", "GasTown", "Formulas"] { try look(Path.join(root, folder)) }
    #expect(read > 500)
  }

  @Test func anyBytesCanBeLookedAt() {
    var random = SeededRandom(seed: 21)
    let pieces = Planted.secrets.map { Array($0.1.utf8) } + Planted.harmless.map { Array($0.utf8) }
    for _ in 0..<2000 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        var piece = pieces.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 0...3, using: &random) where !piece.isEmpty {
          let place = Int.random(in: 0..<piece.count, using: &random)
          if Bool.random(using: &random) {
            piece.removeSubrange(place...)
          } else {
            piece[place] = .random(in: 0...255, using: &random)
          }
        }
        text += piece + [[0x0A], [], [0x20], [0xFF]].randomElement(using: &random)!
      }
      let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).count
      for found in SecretRule.findings(in: text) {
        #expect(
          (1...lines).contains(found.line) && found.range.upperBound <= text.count && !found.range.isEmpty)
      }
    }
  }
}

extension String {
  /// What stands before a part of it.
  fileprivate func components(_ separator: String) -> String {
    ranges(of: separator).first.map { String(self[..<$0.lowerBound]) } ?? self
  }
}
