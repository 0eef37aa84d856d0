extension TownSettings {
  /// Every setting of a town.
  public static let keys: [SettingKey] = general + Ladder.settings + Advice.settings + lifecycle + operational

  private static let count = 0...1_000_000

  private static let general: [SettingKey] = [
    SettingKey("default_agent", .text, "claude", "the runtime of agents that name none"),
    SettingKey("cli_theme", .choice(["auto", "dark", "light"]), "auto", "colours of the terminal"),
    SettingKey("agents", .object, nil, "runtimes of the town"),
    SettingKey("role_agents", .object, nil, "the runtime of each role"),
    SettingKey("crew_agents", .object, nil, "the runtime of each crew member"),
    SettingKey("role_effort", .object, nil, "how hard each role thinks"),
    SettingKey(
      "cost_tier", .choice(CostTier.allCases.map(\.rawValue)), nil, "which models roles have by cost"),
    SettingKey("agent_email_domain", .text, "gastown.local", "of the addresses that agents commit under"),
    SettingKey(
      "sessions.backend", .choice(["auto", "tmux", "headless", "none"]), "auto",
      "where agents run; none leaves running them to you"),
    SettingKey("sessions.pass_variables", .list, nil, "variables that agents may see besides the usual ones"),
    SettingKey("convoy.notify_on_complete", .flag, "false", "tell the person when a convoy is done"),
    SettingKey(
      "scheduler.max_polecats", .whole(-1...1000), "-1",
      "polecats at once, others wait; -1 for operational.polecat.max_working and no waiting"),
    SettingKey("scheduler.batch_size", .whole(1...100), "1", "assignments given at a time"),
    SettingKey("scheduler.spawn_delay", .duration, "0s", "between two starts"),
    SettingKey("worker_status.stale", .duration, "5m", "without a sign of life"),
    SettingKey("worker_status.stuck", .duration, "30m", "without progress"),
    SettingKey("worker_status.heartbeat_fresh", .duration, "5m", "a heartbeat counts"),
    SettingKey("worker_status.mayor_active", .duration, "5m", "the mayor counts as active"),
    SettingKey("feed_curator.done_dedupe", .duration, "10s"),
    SettingKey("feed_curator.sling_aggregate", .duration, "30s"),
    SettingKey("feed_curator.min_aggregate", .whole(count), "3"),
    SettingKey(
      "maintenance.window", .text, nil,
      "the time of day for jobs that can wait, such as 02:00-05:00; any without"),
    SettingKey(
      "maintenance.interval", .duration, "24h", "between two runs of such jobs, unless they say otherwise"),
    SettingKey(
      "maintenance.threshold", .whole(count), "1000", "free pages of a database that are worth giving back"),
    SettingKey("web_timeouts.cmd", .duration, "15s"),
    SettingKey("web_timeouts.gh_cmd", .duration, "10s"),
    SettingKey("web_timeouts.tmux_cmd", .duration, "2s"),
    SettingKey("web_timeouts.fetch", .duration, "8s"),
    SettingKey("web_timeouts.default_run", .duration, "30s"),
    SettingKey("web_timeouts.max_run", .duration, "60s"),
    SettingKey("disabled_patrols", .list, nil, "what the watchers leave alone"),
  ]

  /// Maintenance jobs; see `MaintenanceJob`.
  private static let lifecycle: [SettingKey] =
    [("backup", "6h"), ("compactor", nil), ("doctor", "1h"), ("pruner", nil), ("reaper", "1h")].flatMap {
      name, interval in
      [
        SettingKey("lifecycle.\(name).enabled", .flag, "true", "whether the daemon runs the job"),
        SettingKey(
          "lifecycle.\(name).interval", .duration, interval,
          "between two runs\(interval == nil ? "; what maintenance.interval says without" : "")"),
      ]
    } + [
      SettingKey(
        "lifecycle.gates.enabled", .flag, "false",
        "whether the daemon asks GitHub about gates, with the program gh"),
      SettingKey("lifecycle.gates.interval", .duration, "5m", "between two runs"),
      SettingKey("lifecycle.backup.keep", .whole(1...1000), "7", "how many copies are kept"),
      SettingKey(
        "lifecycle.compactor.log_age", .duration, "336h", "how long lines of logs and old records are kept"),
      SettingKey(
        "lifecycle.pruner.salvage_age", .duration, "720h", "how long saved work is kept in any case"),
      SettingKey(
        "lifecycle.pruner.merged_age", .duration, "720h", "how long the commits of squashed branches are kept"
      ),
      SettingKey(
        "lifecycle.pruner.merged_keep", .whole(0...100_000), "200",
        "how many squashed branches of a rig are kept in any case"),
      SettingKey(
        "lifecycle.reaper.wisp_age", .duration, "24h", "how long wisps live that name no time of their own"),
      SettingKey("lifecycle.reaper.purge_age", .duration, "168h", "how long finished wisps are kept at most"),
      SettingKey(
        "lifecycle.reaper.mail_age", .duration, "168h", "how long mail is kept after it was put away"),
      SettingKey(
        "lifecycle.reaper.auto_close", .flag, "false", "whether issues are closed that nobody touches"),
      SettingKey("lifecycle.reaper.stale_age", .duration, "720h", "how long nobody must have touched them"),
    ]

  private static let operational: [SettingKey] = durations + numbers

  private static let durations: [SettingKey] = [
    ("session.claude_start_timeout", "180s"), ("session.shell_ready_timeout", "5s"),
    ("session.graceful_shutdown_timeout", "3s"), ("session.bd_command_timeout", "30s"),
    ("session.gupp_violation_timeout", "30m"), ("session.hung_session_threshold", "30m"),
    ("session.startup_nudge_verify_delay", "25s"), ("session.min_handoff_cooldown", "2m"),
    ("nudge.ready_timeout", "10s"), ("nudge.retry_interval", "500ms"), ("nudge.lock_timeout", "30s"),
    ("nudge.normal_ttl", "30m"), ("nudge.urgent_ttl", "2h"), ("nudge.stale_claim_threshold", "5m"),
    ("daemon.mass_death_window", "30s"), ("daemon.mass_death_hold", "30s"),
    ("daemon.dog_idle_session_timeout", "1h"),
    ("daemon.dog_idle_remove_timeout", "4h"), ("daemon.polecat_idle_session_timeout", "15m"),
    ("daemon.stale_working_timeout", "2h"), ("daemon.max_lifecycle_message_age", "6h"),
    ("daemon.recovery_heartbeat_interval", "3m"), ("daemon.boot_spawn_cooldown", "2m"),
    ("daemon.deacon_grace_period", "5m"), ("daemon.rate_limit_wait", "15m"),
    ("deacon.ping_timeout", "30s"), ("deacon.cooldown", "5m"), ("deacon.heartbeat_stale", "5m"),
    ("deacon.heartbeat_very_stale", "20m"), ("deacon.redispatch_cooldown", "5m"),
    ("deacon.feed_cooldown", "10m"),
    ("polecat.heartbeat_stale_threshold", "3m"), ("polecat.pending_max_age", "5m"),
    ("mail.idle_notify_timeout", "3s"), ("mail.reply_reminder_delay", "30s"),
    ("witness.startup_stall_threshold", "90s"), ("witness.startup_activity_grace", "60s"),
    ("witness.done_intent_stuck_timeout", "60s"), ("witness.done_intent_recent_grace", "30s"),
  ].map { SettingKey("operational." + $0.0, .duration, $0.1) }

  private static let numbers: [SettingKey] =
    [SettingKey("operational.daemon.polecat_self_terminate", .flag, "false")]
    + [
      ("session.startup_nudge_max_retries", "2"), ("nudge.max_queue_depth", "50"),
      ("daemon.mass_death_threshold", "3"), ("daemon.max_dog_pool_size", "4"),
      ("daemon.sync_failure_escalation_threshold", "3"), ("daemon.pressure_cpu_threshold", "0"),
      ("daemon.pressure_mem_threshold_gb", "0"), ("daemon.pressure_max_sessions", "0"),
      ("deacon.consecutive_failures", "3"), ("deacon.max_redispatches", "3"),
      ("deacon.max_feeds_per_cycle", "3"),
      ("polecat.namepool_size", "50"), ("polecat.max_working", "25"), ("polecat.max_folders", "30"),
      ("polecat.min_free_disk_mb", "500"), ("mail.max_concurrent_ack_ops", "8"),
      ("web.max_concurrent_commands", "12"), ("web.max_subject_len", "500"), ("web.max_body_len", "100000"),
      ("witness.max_bead_respawns", "3"),
    ].map { SettingKey("operational." + $0.0, .whole(count), $0.1) }
}
