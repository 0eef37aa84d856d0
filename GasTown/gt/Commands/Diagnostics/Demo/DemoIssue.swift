import BeadsKit

/// An issue of the demonstration: what it is called, and what the scripted agent does that gets it.
struct DemoIssue: Equatable {
  var title: String
  /// The agent's script; empty for a file, a commit and done.
  var script: [String] = []
  /// The places in the list of what must be done first.
  var blockers: [Int] = []
  /// Whether it breaks the test whoever does it, so that it is given up in the end.
  var isHopeless = false

  var description: String { script.map { "scripted: \($0)" }.joined(separator: "\n") }
}

extension DemoIssue {
  /// Ordinary work, and four that are not: one agent dies, one breaks the test, two exclude each other.
  static func calm(_ count: Int) -> [DemoIssue] {
    let special = [
      DemoIssue(title: "Part one"),
      DemoIssue(
        title: "An agent dies half-way",
        script: [
          "write half.txt half", "commit Half of it", "leave rest.txt rest", "sleep 1s", "once crash",
          "commit All of it", "done",
        ]),
      DemoIssue(
        title: "It breaks the test", script: ["write broken.txt x", "commit Broken", "done"], isHopeless: true
      ),
      DemoIssue(
        title: "One way to say it", script: ["write shared.txt one way", "commit One way", "done"]),
      DemoIssue(
        title: "Another way to say it",
        script: ["write shared.txt another way", "commit Another way", "done"]
      ),
    ]
    return (0..<count).map { $0 < special.count ? special[$0] : DemoIssue(title: "Part \($0 + 1)") }
  }

  /// Work of every kind that agents get into trouble with, some of it in an order.
  static func wild(_ count: Int, _ dice: Dice) -> [DemoIssue] {
    var issues: [DemoIssue] = []
    while issues.count < count {
      let number = issues.count + 1
      // One of each that must not be missing, then what the dice say.
      let kind = number <= 4 ? [0, 96, 84, 88][number - 1] : dice.roll("kind \(number)", 100)
      if (88..<96).contains(kind), issues.count + 1 < count {
        issues += [pair("One", number), pair("Another", number)]
      } else {
        var issue = single(kind, number, sleep: "\(200 + dice.roll("sleep \(number)", 12_000))ms")
        issue.blockers = blockers(of: number, issues, dice)
        issues.append(issue)
      }
    }
    return issues
  }

  /// Up to two earlier ones; what is given up in the end holds up nothing.
  private static func blockers(of number: Int, _ earlier: [DemoIssue], _ dice: Dice) -> [Int] {
    let possible = earlier.indices.filter { !earlier[$0].isHopeless }
    let wanted = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2][dice.roll("blockers \(number)", 10)]
    if possible.isEmpty { return [] }
    return Array(
      Set((0..<wanted).map { possible[dice.roll("blocker \($0) of \(number)", possible.count)] })
    ).sorted()
  }

  private static func pair(_ side: String, _ number: Int) -> DemoIssue {
    DemoIssue(
      title: "\(side) way to say \(number)",
      script: ["write shared-\(number).txt {{bead}} says it", "sleep 500ms", "commit {{title}}", "done"])
  }

  private static func single(_ kind: Int, _ number: Int, sleep: String) -> DemoIssue {
    let end = ["commit {{title}} ({{bead}})", "done"]
    let pause = "sleep \(sleep)"
    switch kind {
    case 30..<44:
      return DemoIssue(
        title: "Two steps \(number)",
        script: [
          "write {{bead}}/one.txt the first part of {{bead}}", "commit First part of {{bead}}",
          "checkpoint one",
          pause, "write {{bead}}/two.txt the second part of {{bead}}",
        ] + end)
    case 44..<58:
      return DemoIssue(
        title: "Staged and untracked \(number)",
        script: [
          "write {{bead}}-staged.txt staged for {{bead}}", "git add {{bead}}-staged.txt",
          "leave \"left by {{bead}}.txt\" untracked for {{bead}}", pause,
        ] + end)
    case 58..<66:
      return DemoIssue(
        title: "An agent dies half-way \(number)",
        script: [
          "write {{bead}}.txt half of {{bead}}", "commit Half of {{bead}}",
          "leave {{bead}}-rest.txt the rest",
          pause, "once crash",
        ] + end)
    case 66..<70:
      return DemoIssue(
        title: "An agent hangs \(number)",
        script: ["write {{bead}}.txt before it hung", "git add -A", "once hang"] + end)
    case 70..<73:
      return DemoIssue(
        title: "An agent waits to be reminded \(number)",
        script: ["write {{bead}}.txt before it waited", "once wait"] + end)
    case 73..<80:
      return DemoIssue(
        title: "Amended and stashed \(number)",
        script: [
          "write {{bead}}.txt first draft", "commit First draft of {{bead}}",
          "write {{bead}}.txt second draft", "git commit -q -a --amend -m \"Second draft of {{bead}}\"",
          "write {{bead}}-idea.txt an idea of {{bead}}", "git add -A", "git stash", pause,
          "write {{bead}}-more.txt more",
        ] + end)
    case 80..<84:
      return DemoIssue(
        title: "A process is left running \(number)",
        script: ["child 600s", "write {{bead}}.txt with a child", pause] + end)
    case 84..<88:
      return DemoIssue(
        title: "It breaks the test at first \(number)",
        script: ["write {{bead}}.txt mended", "once write broken-{{bead}}.txt x", pause] + end)
    case 96...:
      return DemoIssue(
        title: "It breaks the test \(number)",
        script: ["write broken-{{bead}}.txt x", "commit {{title}}", "done"], isHopeless: true)
    default:
      return DemoIssue(
        title: "Part \(number)", script: ["write {{bead}}.md {{title}}", pause] + end)
    }
  }
}
