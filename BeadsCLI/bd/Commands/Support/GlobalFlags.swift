import CommandKit

/// Flags that every command accepts in any position; those that mean nothing here are accepted and ignored, because
/// existing agents and scripts append them (contract 6.1).
enum GlobalFlags {
  static let all: [Flag] = [
    .bool("json", help: "Print one JSON document"),
    .string("actor", placeholder: "NAME", help: "Who makes the change (default: $BD_ACTOR, git user.name)"),
    .string("db", placeholder: "FILE", help: "Use this database"),
    .string("directory", short: "C", placeholder: "DIR", help: "Use the project of this directory"),
    .bool("quiet", short: "q", help: "Say less on stderr"),
    .bool("verbose", short: "v", help: "Say more on stderr"),
    .bool("readonly", help: "Refuse to change anything"),
    .bool("sandbox", help: "Neither import from nor export to issues.jsonl"),
    .bool("no-auto-flush", help: "Do not export to issues.jsonl"),
    .bool("no-auto-import", help: "Do not import from issues.jsonl"),
    .bool("no-db", help: "Work on issues.jsonl alone, without a database"),
    .string(
      "lock-timeout", placeholder: "DURATION", help: "How long to wait for other writers (default 30s)"),
    .bool("allow-stale", hidden: true, help: "Ignored"),
    .bool("no-daemon", hidden: true, help: "Ignored: there is no daemon"),
    .bool("profile", hidden: true, help: "Ignored"),
    .string("dolt-auto-commit", hidden: true, help: "Ignored: there is no Dolt"),
    .bool("global", hidden: true, help: "Ignored"),
    .bool("ignore-schema-skew", hidden: true, help: "Ignored"),
    .bool("no-pager", hidden: true, help: "Ignored: there is no pager"),
  ]
}
