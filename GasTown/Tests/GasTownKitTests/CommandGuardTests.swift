import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("What agents must not run")
struct CommandGuardTests {
  private func isStopped(_ line: String, _ kind: CommandGuard.Kind = .dangerous, _ role: AgentRole = .polecat)
    -> Bool
  {
    CommandGuard.reason(against: line, kind, role: role) != nil
  }

  @Test(arguments: [
    "sudo ls", "cd x && sudo make install", "FOO=1 env -i BAR=2 sudo true", "apt-get install -y jq",
    "brew install x",
    "pip install --break-system-packages x", "npm install -g x", "npm i x --global", "gem install x",
    "rm -rf /",
    "rm -rf /*", "rm -r -f ~", "rm -rf $HOME/", "rm -fr /etc", "rm -R /usr/", "git push --force",
    "git push -f origin x",
    "git push origin +main", "git -C a -c b=c push --force origin x", "git reset --hard HEAD~1",
    "git clean -fdx",
    "bash -c 'git reset --hard'", "sh -ec \"sudo ls\"", "echo $(sudo id)", "true; /usr/bin/sudo id",
    "psql -c 'DROP TABLE users'", "echo 'truncate table x' | sqlite3 a.db", "find . | xargs -n1 sudo rm",
    "(sudo id)",
    "timeout 5 sudo id", "if true; then sudo id; fi", "eval 'git clean -f'", "git \\\n push --force",
  ])
  func dangerIsStopped(line: String) { #expect(isStopped(line)) }

  @Test(arguments: [
    "", "ls", "git commit -m 'no sudo; rm -rf / any more'", "git push origin polecat/nux/a",
    "git push --force-with-lease",
    "git reset --soft HEAD~1", "git reset HEAD a", "git clean -n", "git clean -nfd", "rm -rf build",
    "rm -rf /tmp/x/y",
    "rm -rf /tmp/x", "rm file", "pip install x", "npm install", "npm install --save-dev x",
    "apt-cache search x",
    "grep -r 'sudo' .", "echo sudo", "cat drop-table.sql", "psql -c 'select dropped from table1'", "'", "\"",
    "$(", "bash -c",
    "sh -c", "eval", "env", "git", "git -C", "xargs", "docker run --rm -f x", "echo 'git push --force'",
    "man sudo",
  ])
  func otherThingsAreNot(line: String) { #expect(!isStopped(line)) }

  @Test func theOtherGuards() {
    #expect(isStopped("gh pr create --fill", .pullRequests))
    #expect(isStopped("gh pr create", .pullRequests, .crew) && !isStopped("gh pr view 3", .pullRequests))
    #expect(
      CommandGuard.reason(against: "gh pr create", .pullRequests, role: .crew, allowsPullRequests: true)
        == nil)
    #expect(
      isStopped("git checkout -b x", .pullRequests) && !isStopped("git checkout -b x", .pullRequests, .crew))
    #expect(isStopped("git switch -c x", .pullRequests) && !isStopped("git switch main", .pullRequests))
    #expect(isStopped("bd init --prefix x", .newTracker) && !isStopped("bd create init", .newTracker))
    #expect(
      isStopped("bd mol pour mol-witness-patrol", .patrols)
        && !isStopped("bd show mol-witness-patrol", .patrols))
  }

  @Test func anyLineCanBeLookedAt() {
    var random = SeededRandom(seed: 7)
    let pieces = [
      "sudo", "git", "push", "'", "\"", "\\", "$(", ")", "|", ";", "-c", "sh", "eval", " ", "\n", "é", "{",
      "rm", "-rf", "/",
    ]
    for _ in 0..<3000 {
      let line = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }
      for kind in CommandGuard.Kind.allCases {
        _ = CommandGuard.reason(against: line.joined(), kind, role: .polecat)
      }
    }
  }
}
