import BeadsKit

/// The texts of the files of a new town.
enum TownFiles {
  static let anchor = """
    # Gas Town

    This directory is a town: agents work here on several projects (rigs), each in a checkout of its own.

    - Run `gt prime`. It tells who you are, what you are to do and how; nothing in this file does.
    - Do not take on an identity from a file or from the directory you are in: `gt whoami` knows it.
    - Stay in your own checkout. The files of the town and of other agents are not yours to change.
    - Work is kept in trackers, one for each project and one for the town (`hq`). The beginning of an issue's ID says
      which; `gt` finds it from anywhere.

    """

  static let ignore = """
    # Written by gt install. What is shared through git: mayor/*.json, settings, directives, plugins, formulas and
    # the issues. Everything else belongs to this machine, and each rig is a repository of its own.
    /*
    !/.gitignore
    !/CLAUDE.md
    !/AGENTS.md
    !/.beads/
    !/mayor/
    /mayor/*
    !/mayor/*.json
    /mayor/accounts.json
    /mayor/quota.json
    !/settings/
    !/config/
    !/directives/
    !/formula-overlays/
    !/plugins/
    !/roles/

    """

  static func town(name: String, owner: String?, publicName: String?, now: Timestamp) -> JSONValue {
    .members([
      ("type", .string("town")), ("version", .int(2)), ("name", .string(name)),
      ("owner", owner.map(JSONValue.string)), ("public_name", publicName.map(JSONValue.string)),
      ("created_at", .string(now.description)),
    ])
  }

  static let rigs = JSONValue.members([("version", .int(1)), ("rigs", .object([]))])

  static let mayor = JSONValue.members([
    ("type", .string("mayor-config")), ("version", .int(1)),
    ("daemon", .members([("heartbeat_interval", .string("3m")), ("poll_interval", .string("10s"))])),
    ("deacon", .members([("patrol_interval", .string("5m"))])),
  ])

  static var daemon: JSONValue {
    let patrol: ([(String, JSONValue?)]) -> JSONValue = { more in
      .members([("enabled", .bool(true)), ("interval", .string("5m"))] + more)
    }
    return .members([
      ("type", .string("daemon-patrol-config")), ("version", .int(1)),
      ("heartbeat", .members([("enabled", .bool(true)), ("interval", .string("3m"))])),
      ("env", .object([])),
      (
        "patrols",
        .members([
          ("deacon", patrol([])), ("witness", patrol([("rigs", .array([]))])),
          ("refinery", patrol([("rigs", .array([]))])),
        ])
      ),
    ])
  }

  static let settings = JSONValue.members([("type", .string("town-settings")), ("version", .int(1))])
  static let rigSettings = JSONValue.members([("type", .string("rig-settings")), ("version", .int(1))])

  static var escalation: JSONValue {
    let list: ([String]) -> JSONValue = { .array($0.map(JSONValue.string)) }
    return .members([
      ("type", .string("escalation")), ("version", .int(1)),
      (
        "routes",
        .members([
          ("low", list(["bead"])), ("medium", list(["bead", "mail:mayor"])),
          ("high", list(["bead", "mail:mayor", "email:human"])),
          ("critical", list(["bead", "mail:mayor", "email:human", "sms:human"])),
        ])
      ),
      ("contacts", .object([])), ("stale_threshold", .string("4h")), ("max_reescalations", .int(2)),
    ])
  }

  static let messaging = JSONValue.members([
    ("type", .string("messaging")), ("version", .int(1)), ("lists", .object([])), ("queues", .object([])),
    ("announces", .object([])), ("nudge_channels", .object([])),
  ])
}
