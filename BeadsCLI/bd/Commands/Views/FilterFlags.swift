import BeadsKit
import CommandKit

/// The flags by which issues are chosen, in the groups that commands share and `FilterReader` reads.
enum FilterFlags {
  /// Status, assignee, type and labels.
  static var basic: [Flag] {
    [
      .list(
        "status", short: "s", aliases: ["state"], placeholder: "STATUS,...",
        help: "Only these statuses, or all"),
      .string("assignee", short: "a", placeholder: "NAME", help: "Only this assignee; \"\" means nobody"),
    ] + kind
  }

  /// Type and labels.
  static var kind: [Flag] {
    [
      .list("type", short: "t", placeholder: "TYPE,...", help: "Only these types"),
      .list(
        "label", short: "l", aliases: ["labels", "tag"], placeholder: "LABEL,...",
        help: "With all these labels"),
      .list("label-any", placeholder: "LABEL,...", help: "With at least one of these labels"),
    ]
  }

  static var priority: [Flag] {
    [.list("priority", short: "p", placeholder: "P,...", help: "Only these priorities (0-4 or P0-P4)")]
  }

  static var priorityRange: [Flag] {
    [
      .string("priority-min", placeholder: "P", help: "This priority or less urgent"),
      .string("priority-max", placeholder: "P", help: "This priority or more urgent"),
    ]
  }

  /// When things happened.
  static var history: [Flag] {
    [
      .string(
        "created-after", placeholder: "TIME", help: "Created after this (7d: seven days ago, or a date)"),
      .string("created-before", placeholder: "TIME", help: "Created before this"),
      .string("updated-after", placeholder: "TIME", help: "Changed after this"),
      .string("updated-before", placeholder: "TIME", help: "Last changed before this"),
      .string("closed-after", placeholder: "TIME", help: "Closed after this"),
      .string("closed-before", placeholder: "TIME", help: "Closed before this"),
    ]
  }

  /// Empty fields.
  static var missing: [Flag] {
    [
      .bool("empty-description", help: "Without a description"),
      .bool("no-assignee", help: "Assigned to nobody"),
      .bool("no-labels", help: "Without labels"),
    ]
  }

  /// Text in one field.
  static var text: [Flag] {
    [
      .string("desc-contains", placeholder: "TEXT", help: "With this text in the description"),
      .string("notes-contains", placeholder: "TEXT", help: "With this text in the notes"),
    ]
  }

  static var title: [Flag] {
    [
      .string("title", placeholder: "TITLE", help: "With exactly this title"),
      .string("title-contains", placeholder: "TEXT", help: "With this text in the title"),
      .list("id", placeholder: "ID,...", help: "Only these IDs, whole"),
    ]
  }

  static var metadata: [Flag] {
    [
      .list("metadata-field", placeholder: "KEY=VALUE", help: "With this value in the metadata"),
      .string("has-metadata-key", placeholder: "KEY", help: "With this key in the metadata"),
    ]
  }

  static func limit(_ count: Int) -> Flag {
    .int("limit", short: "n", in: 0...Int.max, default: count, help: "Show at most so many; 0 for all")
  }

  static var order: [Flag] {
    [
      .string(
        "sort", placeholder: "KEY", values: IssueOrder.Key.allCases.map(\.rawValue),
        help: "Sort by this field; -KEY for descending"),
      .bool("reverse", short: "r", help: "Turn the order round"),
      .bool("asc", hidden: true, help: "Sort ascending"),
      .bool("desc", hidden: true, help: "Sort descending"),
    ]
  }
}
