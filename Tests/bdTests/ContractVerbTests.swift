import CommandKit
import Testing

@testable import BdCommands

/// Every verb of the tools before this one that people and programs use daily or regularly, with all its flags, also
/// those that mean nothing here: existing command lines must be understood.
@Suite struct ContractVerbTests {
  private static let rows = """
    create -f --file --graph --title --silent --dry-run -t --type --spec-id -l --labels --skills \
    --context --label --id --parent --no-inherit-labels --deps --waits-for --waits-for-gate --force \
    --repo -e --estimate --ephemeral --no-history --mol-type --wisp-type --validate --event-category \
    --event-actor --event-target --event-payload --due --defer --metadata -p --priority -d --description \
    --body -m --message --body-file --description-file --stdin -a --assignee --design --design-file \
    --acceptance --notes --append-notes --external-ref --rig --prefix --agent-rig
    create-form --parent
    q -p --priority -t --type -l --labels
    show --thread --short --long --refs --children --as-of --id --local-time -w --watch --current \
    --include-dependents --include-comments
    list -s --status --state -a --assignee -t --type -l --label --label-any --exclude-label \
    --label-pattern --label-regex --title --spec --id -n --limit --format --all --long --sort -r \
    --reverse --title-contains --desc-contains --notes-contains --created-after --created-before \
    --updated-after --updated-before --closed-after --closed-before --empty-description --no-assignee \
    --no-labels --skip-labels --priority-min --priority-max --pinned --no-pinned --include-templates \
    --include-gates --include-infra --exclude-type --parent --filter-parent --no-parent --mol-type \
    --wisp-type --deferred --defer-after --defer-before --due-after --due-before --overdue --pretty \
    --tree --flat -w --watch --metadata-field --has-metadata-key --no-pager --ready -p --priority
    search --query -s --status -a --assignee -t --type -l --label --label-any -n --limit --long --sort -r \
    --reverse --created-after --created-before --updated-after --updated-before --closed-after \
    --closed-before --priority-min --priority-max --desc-contains --notes-contains --external-contains \
    --empty-description --no-assignee --no-labels --metadata-field --has-metadata-key
    query -n --limit -a --all --long --sort -r --reverse --parse-only
    update -s --status --title -t --type --allow-empty-description --spec-id --acceptance-criteria -e \
    --estimate --add-label --remove-label --set-labels --parent --claim --session --due --defer \
    --await-id --ephemeral --persistent --no-history --history --metadata --set-metadata --unset-metadata \
    -p --priority -d --description --body -m --message --body-file --description-file --stdin -a \
    --assignee --design --design-file --acceptance --notes --append-notes --external-ref
    close --resolution -m --message --comment --reason-file -f --force --continue --no-auto \
    --suggest-next --claim-next --session -r --reason
    reopen -r --reason
    delete -f --force --from-file --dry-run --cascade --hard --reason
    edit --title --description --design --notes --acceptance
    assign
    priority
    tag
    note --stdin --file
    comment --stdin --file -a --author
    comments --local-time
    comments add -f --file -a --author
    comments list
    label
    label add
    label remove
    label list
    label list-all
    label propagate
    children
    defer --until
    undefer
    promote -r --reason
    rename
    todo
    todo add -p --priority -d --description
    todo list --all
    todo done --reason
    state
    state list
    set-state --reason
    gate
    gate list -a --all -n --limit
    gate show
    gate create --blocks -t --type -r --reason --await-id --timeout
    gate resolve -r --reason
    gate check -t --type --dry-run -e --escalate -l --limit
    gate add-waiter
    gate discover -n --dry-run -b --branch -l --limit -a --max-age
    merge-slot
    merge-slot create
    merge-slot check
    merge-slot acquire --holder --wait
    merge-slot release --holder
    ready -n --limit -p --priority -a --assignee -u --unassigned -s --sort -l --label --label-any \
    --exclude-label -t --type --mol --parent --mol-type --pretty --plain --include-deferred \
    --include-ephemeral --gated --exclude-type --explain --claim --metadata-field --has-metadata-key
    blocked --parent
    stale -d --days -s --status -n --limit
    count -s --status -p --priority -a --assignee -t --type -l --label --label-any --title --id \
    --title-contains --desc-contains --notes-contains --created-after --created-before --updated-after \
    --updated-before --closed-after --closed-before --empty-description --no-assignee --no-labels \
    --priority-min --priority-max --by-status --by-priority --by-type --by-assignee --by-label
    status --all --assigned --no-activity
    types
    statuses
    lint -t --type -s --status
    find-duplicates --method --threshold -s --status -n --limit --model
    orphans -f --fix --details -l --label --label-any
    history --limit
    diff
    human
    human list -s --status
    human respond -r --response
    human dismiss --reason
    human stats
    activity -f --follow --mol --since --type --limit --interval --town -d --details
    dep -b --blocks --no-cycle-check
    dep add -t --type --blocked-by --depends-on --file --no-cycle-check
    dep remove
    dep list --direction -t --type
    dep tree --show-all-paths -d --max-depth --reverse --direction --status --format -t --type
    dep cycles
    dep relate
    dep unrelate
    link -t --type
    duplicate --of
    supersede --with
    duplicates --auto-merge --dry-run
    epic
    epic status --eligible-only
    epic close-eligible --dry-run
    graph --all --compact --box --dot --html
    graph check
    swarm
    swarm validate --verbose
    swarm create --coordinator --force
    swarm status
    swarm list
    ship --force --dry-run
    formula
    formula list --type
    formula show
    formula convert --all --delete --stdout
    cook --dry-run --persist --force --search-path --prefix --var --mode
    mol
    mol pour --var --dry-run --assignee --attach --attach-type
    mol wisp --var --dry-run --root-only
    mol wisp create --var --dry-run --root-only
    mol wisp list --all --type
    mol wisp gc --dry-run --age --all --closed -f --force --exclude-type
    mol bond --type --as --dry-run --var --ephemeral --pour --ref
    mol squash --dry-run --keep-children --summary
    mol burn --dry-run --force -y --yes
    mol distill --var --dry-run --output
    mol show -p --parallel
    mol current --for --limit --range
    mol progress
    mol stale --blocking --unassigned --all --json
    mol ready
    mol last-activity
    mol seed --var --patrol
    remember --key
    memories
    recall
    forget
    kv
    kv set
    kv get
    kv clear
    kv list
    prime --full --mcp --stealth --export --memories-only --hook-json
    onboard
    quickstart
    audit
    audit record --kind --model --prompt --response --issue-id --tool-name --exit-code --error --stdin
    audit label --label --reason
    mail
    sync -m --message --dry-run --no-push --no-pull --rename-on-import --flush-only --squash \
    --import-only --import --status --merge --from-main --no-git-history --json --check --accept-rebase \
    --full --resolve --ours --theirs --manual --force --set-mode
    export -o --output --all --include-infra --scrub --include-memories --no-memories -f --format -s \
    --status --force --json --events --events-reset -a --assignee -t --type -l --label --label-any \
    --priority-min --priority-max --created-after --created-before --updated-after --updated-before --id \
    --parent -p --priority
    import -i --input --dry-run --dedup -s --skip-existing --strict --dedupe-after --rename-on-import \
    --clear-duplicate-external-refs --orphan-handling --force --protect-left-snapshot --no-git-history \
    --json
    merge --debug
    restore --json
    backup
    repo
    repo add --json
    repo remove --json
    repo list --json
    repo sync --json --verbose
    sql --csv
    batch -f --file --dry-run -m --message
    move --to --keep-open --skip-deps
    refile --keep-open
    init -p --prefix -q --quiet --contributor --team --stealth --setup-exclude --skip-hooks --skip-agents \
    --force --reinit-local --discard-remote --from-jsonl --destroy-token --agents-template \
    --agents-profile --agents-file --remote --non-interactive --role --backend --server --server-host \
    --server-port --server-socket --server-user --database --shared-server --external --debug \
    --proxied-server --proxied-server-config-path --proxied-server-log-path --proxied-server-root-path \
    --proxied-server-external-host --proxied-server-external-port --proxied-server-external-socket-path \
    --proxied-server-external-user --proxied-server-external-tls --proxied-server-external-tls-cert-path \
    --proxied-server-external-tls-key-path --proxied-server-external-keep-alive -b --branch \
    --skip-merge-driver
    bootstrap --dry-run -y --yes --non-interactive
    config
    config set --force-git-tracked
    config get
    config list
    config unset
    config set-many --force-git-tracked
    config show --source
    config validate
    setup --list --print -o --output --add --check --remove --project --global --stealth
    hooks
    hooks install --force --shared --chain --beads
    hooks uninstall
    hooks list
    hooks run
    where
    context
    info --schema --whats-new --thanks --json
    version --daemon
    worktree
    worktree create --branch
    worktree list
    worktree remove --force
    worktree info
    completion
    help
    ping
    doctor --fix -y --yes -i --interactive --dry-run --fix-child-parent -v --verbose --orchestrator \
    --orchestrator-duplicates-threshold --server --migration --agent --perf --check-health -o --output \
    --check --clean --deep --force --source --gastown --gastown-duplicates-threshold
    preflight --check --fix --json --skip-lint
    admin
    admin cleanup -f --force --dry-run --cascade --older-than --ephemeral --hard
    admin compact --dry-run --tier --all --id --force --batch-size --workers --stats --json --analyze \
    --apply --auto --summary --actor --limit --dolt --prune --older-than --purge-tombstones
    admin reset --force
    purge -f --force --dry-run --older-than --pattern
    prune -f --force --dry-run --older-than --pattern
    gc --dry-run -f --force --older-than --skip-decay --skip-dolt
    compact --dry-run -f --force --days --tier --all --id --batch-size --workers --stats --json --analyze \
    --apply --auto --prune --older-than --summary --actor --limit --dolt
    migrate --yes --dry-run --update-repo-id --inspect --json --cleanup --to-dolt --to-sqlite
    migrate issues --from --to --status --priority --type --label --id --ids-file --include \
    --within-from-only --dry-run --strict --yes
    migrate sync --dry-run --json --force --orphan
    migrate schema --json
    migrate tombstones --dry-run --verbose --json
    rename-prefix --dry-run --repair
    resolve-conflicts --mode --dry-run --json --path
    agent
    agent state
    agent heartbeat
    agent show
    agent backfill-labels --dry-run
    slot
    slot set
    slot clear
    slot show
    """.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }

  @Test func verbsAndFlagsAreUnderstood() {
    let runner = CommandRunner(CommandTree.root)
    var missing: [String] = []
    for row in Self.rows {
      let words = row.prefix { !$0.hasPrefix("-") }
      let flags = row.dropFirst(words.count)
      if !reaches(runner, Array(words)) { missing.append(words.joined(separator: " ")) }
      for flag in flags where !knows(runner, words + [flag + "=1", "--help"]) {
        missing.append("\(words.joined(separator: " ")) \(flag)")
      }
    }
    #expect(missing.isEmpty)
  }

  /// Whether the words lead to a command, or to one that has the last of them as alias.
  private func reaches(_ runner: CommandRunner<BdContext>, _ words: [String]) -> Bool {
    guard let arguments = try? runner.parse(words + ["--help"]) else { return false }
    return arguments.positionals.isEmpty && arguments.commandPath.count == words.count + 1
  }

  private func knows(_ runner: CommandRunner<BdContext>, _ line: [String]) -> Bool {
    do throws(UsageError) {
      _ = try runner.parse(line)
      return true
    } catch {
      // A flag that does not take this value exists.
      return !error.message.hasPrefix("unknown")
    }
  }
}
