import CommandKit
import Testing

@testable import GtCommands

/// Every verb of contract sections 3.1 to 3.7 with all its flags, also those that mean nothing here: existing command
/// lines must be understood.
@Suite("The verbs and flags of the contract")
struct ContractVerbTests {
  /// Verbs and flags nobody has built yet.
  ///
  /// Whoever builds one takes it out of here: the test insists on it.
  private static let missing: Set<String> = [
    "convoy -i", "dog dispatch", "patrol new", "patrol report", "rig add --sparse-checkout",
    // No open issue asks for these: accounts and costs, the dashboard, plugins (contract 7, 8.4, 10; tier 2 of
    // appendix H). They belong to an issue of their own after issue 7.
    "account", "costs", "dashboard", "db", "metrics", "plugin", "quota", "seance", "theme", "upgrade",
  ]

  private static let workspace = """
    install -f --force -n --name --owner --public-name --no-beads --git --github --public --shell --wrappers \
    --supervisor --dolt-port
    git-init --github --public
    rig add --prefix --local-repo --branch --push-url --upstream-url --filter --sparse-checkout --adopt --url \
    --force
    rig list --json
    rig status
    rig start
    rig stop -f --force --nuclear
    rig restart -f --force --nuclear
    rig boot
    rig shutdown -f --force --nuclear
    rig reboot -f --force
    rig park
    rig unpark
    rig dock
    rig undock
    rig remove -f --force
    rig config show --layers
    rig config set --global --block
    rig config unset
    rig settings show
    rig settings set
    rig settings unset
    rig reset --handoff --mail --stale --dry-run --role
    crew add --rig --branch
    crew list --rig --all --json
    crew at --rig --no-tmux -d --account --agent --debug --reset
    crew attach
    crew start --rig --all --resume --account --agent --dry-run
    crew stop --rig --all --dry-run --force
    crew restart --rig --all --resume --account --agent --dry-run --force
    crew remove --rig --force --purge
    crew refresh -m --rig --json
    crew status --rig --json
    crew rename --rig --json
    crew pristine --rig --json
    worktree --no-cd
    worktree list
    worktree remove -f --force
    namepool --list
    namepool set
    namepool add
    namepool themes
    namepool create --from-file
    namepool delete
    namepool reset
    """

  private static let agents = """
    mayor start --agent
    mayor stop
    mayor restart --agent
    mayor attach --agent
    mayor status --running
    may status
    deacon start --agent
    deacon stop
    deacon restart --agent
    deacon attach --agent
    deacon status --json
    dea status
    deacon heartbeat
    deacon pause --reason
    deacon resume
    deacon health-check --timeout --failures --cooldown
    deacon force-kill --reason --skip-notify
    deacon stale-hooks --max-age --dry-run
    deacon redispatch --rig --max-attempts --cooldown
    deacon feed-stranded --max-feeds --cooldown --json
    deacon cleanup-orphans
    deacon zombie-scan --dry-run
    boot status --json
    boot spawn --agent
    boot triage --degraded
    witness start --agent --env --foreground
    witness stop
    witness restart --agent --env
    witness attach
    witness status --json
    refinery start --agent --foreground
    refinery stop
    refinery restart --agent
    refinery attach
    refinery status --json
    ref status
    refinery queue --json
    refinery ready --json --all
    refinery blocked --json
    refinery unclaimed --json
    refinery claim
    refinery release
    polecat list --all --json
    polecats list
    polecat status --json
    polecat git-state --json
    polecat check-recovery --json
    polecat nuke --all --dry-run -f --force
    polecat remove --all -f --force
    polecat stale --threshold --cleanup --dry-run --json
    polecat gc --dry-run
    polecat prune --dry-run --remote
    polecat pool-init --size --dry-run
    polecat identity add
    polecat identity list --json
    polecat identity show --json
    polecat identity rename
    polecat identity remove -f --force
    polecat id list
    session start --issue
    session stop -f --force
    session restart -f --force
    session status --json
    session list --rig --json
    session capture -n
    session at
    session inject -m -f
    session check
    sess list
    peek -n
    agents -a
    agents list -a --all
    agents menu -a
    agents check --json
    agents fix
    agents state --set --incr --del --json
    ag list
    role show
    role list
    role home --rig --polecat
    role detect
    role env
    role def
    dog add
    dog remove
    dog list --json
    dog status --json
    dog call
    dog clear
    dog done
    dog dispatch --plugin --rig --dog --create --json -n
    dog health-check --auto-clear --max-inactivity --json
    dogs list
    warrant file -r --reason --stdin
    warrant list -a --all
    warrant execute -f --force
    signal stop
    tap guard
    tap list
    tap polecat-stop-check
    """

  private static let work = """
    sling -s --subject -m --message -a --args --stdin --on --var --formula --create -f --force --account --agent \
    --no-convoy --owned --hook-raw-bead --no-merge --review-only --merge --no-boot --max-concurrent --base-branch \
    --ralph --crew -n --dry-run
    sling respawn-reset
    unsling -n --dry-run -f --force
    unhook
    hook -s --subject -m --message -n --dry-run -f --force --clear --json
    work
    hook status --json
    hook show --json
    hook attach -s -m -n -f
    hook detach -n -f
    hook clear -n -f
    prime --hook --dry-run --state --json --explain
    done --issue -p --priority --status --cleanup-status --resume --pre-verified --target
    handoff -w --watch -n --dry-run -s --subject -m --message -c --collect --stdin --auto --cycle --reason \
    --no-git-check -y --yes
    resume
    convoy -i
    convoy create --owner --notify --owned --merge --base-branch --molecule --from-epic
    convoy add
    convoy list --status --all --tree --json
    convoy status --json
    convoy show
    convoy refresh
    convoy check
    convoy close --force
    convoy land --force --keep-worktrees
    convoy stranded --json
    convoy stage --no-validate --json
    convoy launch --force
    convoy watch
    convoy unwatch
    mountain -f --force --json
    mountain status --json
    mountain pause
    mountain resume
    mountain cancel
    synthesis start --rig --dry-run --force --review-id
    synthesis status
    synthesis close
    synth status
    formula list --json
    formula show
    formula run --pr --rig --dry-run --agent --files --set
    formula create --type
    formulas list
    formula overlay show --rig --town
    formula overlay edit --rig --town
    formula overlay list --rig --town
    mol status --json
    mol current --json
    mol attach
    mol detach
    mol attachment --json
    mol attach-from-mail
    mol progress --json
    mol dag --tiers --tree
    mol squash --jitter --summary --no-digest
    mol burn
    molecule status
    mol step done
    mol step await-signal --timeout --backoff-base --backoff-mult --backoff-max --agent-bead --quiet
    mol step await-event --channel --cleanup --timeout
    mol step emit-event --channel --type --payload
    mq submit --branch --issue --epic -p --priority --no-cleanup --skip-deps --resubmit
    mq list --ready --status --worker --epic --verify --json
    mr list
    mq next --strategy --json -q --quiet
    mq status --json
    mq retry --now
    mq reject -r --reason --notify --stdin
    mq post-merge --skip-branch-delete
    mq integration create
    mq integration status
    mq integration land
    scheduler status --json
    scheduler list --json
    scheduler pause
    scheduler resume
    scheduler clear --bead
    scheduler run --batch --dry-run
    assign -d -t --type -p --priority -l --nudge --rig -n --dry-run --force
    ready --rig --json
    show
    cat --json
    close
    bead move -n
    bead show
    bead read
    release -r
    orphans --days --all
    orphans kill --days --all --dry-run --force
    orphans procs list --aggressive
    orphans procs kill --aggressive --force
    compact --dry-run --rig --json
    compact report --weekly --date --json
    changelog --today --week --since --rig --json
    commit
    prune-branches --dry-run --pattern
    trail --since --limit --json --all
    trail commits --since --limit --json
    trail beads --since --limit --json
    trail hooks --since --limit --json
    recent
    recap
    cleanup --dry-run -f --force
    """

  private static let communication = """
    mail inbox -u --unread -a --all --json --identity --address
    mail read --json
    mail show
    mail send -s --subject -m --message --body --stdin --priority --urgent --type --reply-to -n --notify --no-notify \
    --pinned --wisp --permanent --to --from --self --cc --human
    mail reply
    mail thread
    mail search --from --subject --body --archive --json
    mail check --inject --json --identity
    mail archive --stale -n --dry-run
    mail delete
    mail clear --all
    mail mark-read --all
    mail ack
    mail mark-unread
    mail peek
    mail drain --max-age --all --identity -n --dry-run
    mail claim
    mail release
    mail queue create --claimers
    mail queue show
    mail queue list
    mail queue delete
    mail channel --json
    mail channel create --retain-count --retain-hours
    mail channel list
    mail channel show
    mail channel delete
    mail channel subscribe
    mail channel unsubscribe
    mail channel subscribers
    mail announces
    mail group list
    mail group show
    mail group create
    mail group add
    mail group remove
    mail group delete
    mail directory
    mail dir
    mail hook
    nudge -m --message -f --force --stdin --if-fresh --mode --priority
    nudge-poller --interval --idle-timeout
    broadcast --rig --all --dry-run
    escalate -s --severity -r --reason --source --related --json -n --dry-run --stdin
    escalate list --all
    escalate ack
    escalate close --reason
    escalate stale
    escalate show
    dnd
    notify
    """

  private static let services = """
    up -q --quiet --restore --json
    down -q --quiet -f --force -p --polecats -a --all --nuke --dry-run
    start -a --all --agent --cost-tier
    start crew
    shutdown -g --graceful -w --wait -a --all -f --force -y --yes --polecats-only --nuclear --cleanup-orphans \
    --cleanup-orphans-grace-secs
    daemon start
    daemon stop
    daemon status
    daemon logs -n -f --follow
    daemon run
    daemon clear-backoff
    daemon rotate-logs --force
    daemon enable-supervisor
    estop -r --reason --rig
    thaw --rig
    quota status --json
    quota scan --update --json
    quota rotate --dry-run --from --idle --json
    quota clear
    quota watch --interval --dry-run
    reaper scan --max-age --purge-age --mail-age --stale-age --json
    reaper reap --max-age --dry-run --json
    reaper purge --purge-age --mail-age --dry-run --json
    reaper auto-close --stale-age --dry-run --json
    reaper run --dry-run --json
    reaper databases --json
    db check
    db compact
    db backup
    """

  private static let configuration = """
    config agent list --json
    config agent get
    config agent set --provider
    config agent remove
    config default-agent
    config default-agent list
    config show --json
    config get
    config set
    config cost-tier
    config agent-email-domain
    account add
    account list
    account default
    account status
    account switch
    hooks list
    hooks sync
    hooks diff
    hooks base
    hooks override
    hooks init
    hooks install
    hooks registry
    hooks scan
    directive show --rig --town
    directive edit --rig --town
    directive list --rig --town
    plugin list --json
    plugin show --json
    plugin run --force --dry-run
    plugin history --limit --json
    plugin sync --source --clean --dry-run
    theme
    theme apply
    theme cli
    """

  private static let diagnostics = """
    status --json --fast -w --watch -n --interval -v --verbose
    stat
    doctor --fix -v --verbose --rig --restart-sessions --no-start --slow
    feed -f --follow --no-follow -n --limit --since --mol --type --rig -w --window --plain -p --problems
    dashboard --port --bind --open
    log -n -t --type -a --agent --since -f --follow --acp
    log crash --agent --session --exit-code
    activity emit
    costs --today --week --by-role --by-rig --json
    costs record
    costs digest --yesterday --date --dry-run
    audit --actor --since --limit --json
    metrics --dead
    seance --role --rig -n -t --talk -p --prompt --json
    patrol new
    patrol report
    patrol scan --json
    patrol digest
    checkpoint write --notes --molecule --step
    checkpoint read
    checkpoint clear
    heartbeat --state
    whoami
    version -v --verbose --short
    info --whats-new --json
    vitals
    health --json
    stale --json -q --quiet
    upgrade --dry-run --no-start
    remember --key --type
    memories --type
    forget
    """

  private static var rows: [[String]] {
    [workspace, agents, work, communication, services, configuration, diagnostics].joined(separator: "\n")
      .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  }

  @Test func verbsAndFlagsAreUnderstood() {
    let runner = CommandRunner(CommandTree.root)
    var absent: Set<String> = []
    for row in Self.rows {
      let words = row.prefix { !$0.hasPrefix("-") }
      if let count = (1...words.count).first(where: { !reaches(runner, Array(words.prefix($0))) }) {
        absent.insert(words.prefix(count).joined(separator: " "))
        continue
      }
      for flag in row.dropFirst(words.count) where !knows(runner, words + [flag + "=1", "--help"]) {
        absent.insert("\(words.joined(separator: " ")) \(flag)")
      }
    }
    #expect(absent.subtracting(Self.missing).sorted() == [], "the contract names them")
    #expect(Self.missing.subtracting(absent).sorted() == [], "they exist: take them out of the list")
  }

  /// Whether the words lead to a command, or to one that has the last of them as alias.
  private func reaches(_ runner: CommandRunner<GtContext>, _ words: [String]) -> Bool {
    guard let arguments = try? runner.parse(words + ["--help"]) else { return false }
    return arguments.positionals.isEmpty && arguments.commandPath.count == words.count + 1
  }

  private func knows(_ runner: CommandRunner<GtContext>, _ line: [String]) -> Bool {
    do throws(UsageError) {
      _ = try runner.parse(line)
      return true
    } catch {
      // A flag that does not take this value exists.
      return !error.message.hasPrefix("unknown")
    }
  }
}
