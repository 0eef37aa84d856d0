extension RigSettings {
  /// Every setting of a rig.
  public static let keys: [SettingKey] = general + mergeQueue

  private static let general: [SettingKey] = [
    SettingKey("agent", .text, nil, "the runtime of the rig's agents"),
    SettingKey("agents", .object, nil, "runtimes of the rig"),
    SettingKey("role_agents", .object, nil, "the runtime of each role"),
    SettingKey("worker_agents", .object, nil, "the runtime of each worker"),
    SettingKey("role_effort", .object, nil, "how hard each role thinks"),
    SettingKey("allow_prs", .flag, "false", "whether agents may make pull requests"),
    SettingKey("theme", .object),
    SettingKey("runtime", .object),
    SettingKey("namepool.style", .text, "mad-max", "the theme that names of polecats come from"),
    SettingKey("namepool.names", .list, nil, "names of your own"),
    SettingKey("namepool.max_before_numbering", .whole(0...1000), "50", "names before plain numbers"),
    SettingKey("crew.startup", .text, nil, "which crew members start with the rig"),
    SettingKey("workflow.default_formula", .text, nil, "the workflow of assignments that name none"),
    SettingKey(
      "polecat_branch_template", .text, nil, "names of branches: {user} {name} {issue} {timestamp} …"),
    SettingKey("max_polecats", .whole(-1...1000), "-1", "agents at once in this rig; -1 for any number"),
    SettingKey("auto_restart", .flag, "true", "whether sessions that end early are started again"),
  ]

  private static let mergeQueue: [SettingKey] = [
    SettingKey("merge_queue.enabled", .flag, "true"),
    SettingKey("merge_queue.on_conflict", .choice(["assign_back", "auto_rebase"]), "assign_back"),
    SettingKey("merge_queue.run_tests", .flag, "true"),
    SettingKey("merge_queue.setup_command", .text, ""),
    SettingKey("merge_queue.typecheck_command", .text, ""),
    SettingKey("merge_queue.lint_command", .text, ""),
    SettingKey("merge_queue.test_command", .text, ""),
    SettingKey("merge_queue.build_command", .text, ""),
    SettingKey("merge_queue.gates", .object, nil, "named commands that must succeed"),
    SettingKey("merge_queue.gate_variables", .list, nil, "variables that gates see besides the basic ones"),
    SettingKey(
      "merge_queue.allowed_secrets", .list, nil, "beginnings of paths in which nothing is a secret"),
    SettingKey(
      "merge_queue.protected_branches", .list, nil,
      "branches besides the default one that only the queue moves"),
    SettingKey("merge_queue.crew_push", .flag, "true", "whether the crew may push the default branch"),
    SettingKey("merge_queue.require_gates", .flag, "true", "whether nothing is merged without gates"),
    SettingKey("merge_queue.merge_style", .choice(["squash", "merge"]), "squash"),
    SettingKey("merge_queue.gates_parallel", .flag, "true"),
    SettingKey("merge_queue.merge_strategy", .choice(["direct", "pr"]), "direct"),
    SettingKey("merge_queue.vcs_provider", .choice(["github", "bitbucket"]), "github"),
    SettingKey("merge_queue.require_review", .flag, "false"),
    SettingKey("merge_queue.delete_merged_branches", .flag, "true"),
    SettingKey("merge_queue.retry_flaky_tests", .whole(0...20), "1"),
    SettingKey("merge_queue.poll_interval", .duration, "30s"),
    SettingKey("merge_queue.max_concurrent", .whole(1...100), "1"),
    SettingKey("merge_queue.stale_claim_timeout", .duration, "30m"),
    SettingKey("merge_queue.max_retry_count", .whole(0...100), "5"),
    SettingKey("merge_queue.auto_push", .flag, "true"),
    SettingKey("merge_queue.batch.max_batch_size", .whole(1...100), "5"),
    SettingKey("merge_queue.batch.batch_wait_time", .duration, "30s"),
    SettingKey("merge_queue.batch.retry_batch_on_flaky", .flag, "true"),
    SettingKey("merge_queue.integration_branch_polecat_enabled", .flag, "true"),
    SettingKey("merge_queue.integration_branch_refinery_enabled", .flag, "true"),
    SettingKey("merge_queue.integration_branch_template", .text, "integration/{title}"),
    SettingKey("merge_queue.integration_branch_auto_land", .flag, "false"),
    SettingKey("merge_queue.judgment_enabled", .flag, "false"),
    SettingKey("merge_queue.review_depth", .choice(["quick", "standard", "deep"]), "standard"),
  ]
}
