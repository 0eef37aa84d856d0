import CommandKit

extension ListCommand {
  static var flags: [Flag] {
    let choice = FilterFlags.basic + FilterFlags.priority + FilterFlags.priorityRange + FilterFlags.title
    let more = FilterFlags.text + FilterFlags.history + FilterFlags.missing + FilterFlags.metadata
    return choice + own + more + FilterFlags.order + [FilterFlags.limit(50)] + output
  }

  /// The filters that only `list` has.
  private static var own: [Flag] {
    [
      .bool("all", help: "Closed issues and templates too, without limit"),
      .bool("ready", help: "Only ready work, as `bd ready` finds it"),
      .list("exclude-label", placeholder: "LABEL,...", help: "Without these labels"),
      .string("label-pattern", placeholder: "GLOB", help: "With a label that matches, such as tech-*"),
      .string("label-regex", placeholder: "REGEX", help: "With a label in which this occurs"),
      .list("exclude-type", placeholder: "TYPE,...", help: "Without these types"),
      .string(
        "parent", aliases: ["filter-parent"], placeholder: "ID", help: "Below this issue, at any depth"
      ).namingSubject,
      .bool("no-parent", help: "Without a parent"),
      .bool("pinned", help: "Only pinned issues"),
      .bool("no-pinned", help: "No pinned issues"),
      .bool("include-templates", help: "Templates too"),
      .bool("include-gates", help: "Gates too"),
      .bool("include-infra", help: "Issues that live only in this clone too"),
      .bool("deferred", help: "Only what was set aside"),
      .bool("overdue", help: "Only what should have been done by now"),
      .string("defer-after", placeholder: "TIME", help: "Deferred until after this"),
      .string("defer-before", placeholder: "TIME", help: "Deferred until before this"),
      .string("due-after", placeholder: "TIME", help: "Due after this (7d: in seven days, or a date)"),
      .string("due-before", placeholder: "TIME", help: "Due before this"),
      .string("spec", placeholder: "TEXT", help: "With a specification that starts so"),
      .choice("mol-type", values: ["swarm", "patrol", "work"], help: "Only this kind of molecule"),
      .string("wisp-type", help: "Only this kind of wisp"),
    ]
  }

  private static var output: [Flag] {
    [
      .choice("format", values: ["json", "id", "digraph", "dot"], help: "Print JSON, IDs or a graph"),
      .bool("tree", aliases: ["pretty"], default: true, help: "Children under their parents"),
      .bool("flat", help: "One line for each issue, with what it waits for"),
      .bool("long", help: "Dates and descriptions too"),
      .bool("skip-labels", help: "Leave labels out; JSON becomes an object that says so"),
      .bool("watch", short: "w", help: "Show the list again whenever something changes"),
    ]
  }
}
