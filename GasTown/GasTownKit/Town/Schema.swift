/// The tables of a town's own database, `.runtime/town.db`.
///
/// They hold what only this machine knows: agents, their sessions, nudges on their way, decisions of the watchers.
/// Work itself (issues, convoys, mail, merge requests) is in the trackers. Times are nanoseconds since 1970,
/// addresses the full form of `AgentAddress`.
enum Schema {
  static let applicationID: Int64 = 0x6774_776E  // "gtwn"
  static let version: Int64 = 1

  static let script = """
    PRAGMA journal_mode = WAL;
    BEGIN IMMEDIATE;
    -- Who there is, and what it is to do. A polecat's row outlives its sessions and its worktree.
    CREATE TABLE agents (
      address TEXT PRIMARY KEY,
      rig TEXT,
      role TEXT NOT NULL,
      name TEXT,
      state TEXT NOT NULL,        -- AgentState
      desired TEXT NOT NULL,      -- 'running' or 'stopped': what the daemon brings about
      runtime TEXT,               -- the preset asked for; NULL for the resolved default
      runtime_arguments TEXT,     -- JSON array
      bead TEXT,                  -- the assignment
      worktree TEXT,
      branch TEXT,
      base TEXT,                  -- the branch the work starts from and goes back to
      base_commit TEXT,
      details TEXT NOT NULL DEFAULT '{}',  -- JSON: arguments, formula, merge strategy, note ...
      notifications TEXT NOT NULL DEFAULT 'normal',
      assigned_at INTEGER,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX agents_by_bead ON agents (bead) WHERE bead IS NOT NULL;
    CREATE INDEX agents_by_rig ON agents (rig);
    -- Every session ever started; the open ones have no end.
    CREATE TABLE sessions (
      id INTEGER PRIMARY KEY,
      address TEXT NOT NULL,
      name TEXT NOT NULL,
      backend TEXT NOT NULL,      -- 'tmux' or 'headless'
      runtime TEXT NOT NULL,
      pid INTEGER,
      pid_started TEXT,           -- start time of the process as the system tells it: a pid alone proves nothing
      nonce TEXT NOT NULL,        -- GT_RUN in its environment: only such processes are ours to end
      pane TEXT,
      bead TEXT,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      ending TEXT,
      exit_status INTEGER,
      ready_at INTEGER,           -- when its agent first waited for input
      seen_at INTEGER,            -- last evidence of life
      evidence TEXT
    );
    CREATE INDEX sessions_open ON sessions (address) WHERE ended_at IS NULL;
    CREATE TABLE nudges (
      id INTEGER PRIMARY KEY,
      target TEXT NOT NULL,
      sender TEXT NOT NULL,
      body TEXT NOT NULL,
      urgent INTEGER NOT NULL DEFAULT 0,
      kind TEXT,
      state TEXT NOT NULL,        -- queued, typing, typed, observed, expired, refused
      created_at INTEGER NOT NULL,
      deliver_after INTEGER,
      expires_at INTEGER NOT NULL,
      claimed_at INTEGER,
      typed_at INTEGER,
      observed_at INTEGER,
      note TEXT
    );
    CREATE INDEX nudges_waiting ON nudges (target, id) WHERE state IN ('queued', 'typing');
    -- Mail that was put into an agent's context, so that it is never put there twice.
    CREATE TABLE injected (address TEXT NOT NULL, message TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (address, message)) WITHOUT ROWID;
    -- Circuit breakers.
    CREATE TABLE attempts (bead TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE restarts (address TEXT PRIMARY KEY, count INTEGER NOT NULL, first_at INTEGER NOT NULL,
      last_at INTEGER NOT NULL, next_at INTEGER NOT NULL, bead TEXT) WITHOUT ROWID;
    -- What an assignment had reached when its session ended.
    CREATE TABLE checkpoints (address TEXT PRIMARY KEY, bead TEXT NOT NULL, molecule TEXT, step TEXT, title TEXT,
      notes TEXT, branch TEXT, commit_id TEXT, files TEXT, session TEXT, at INTEGER NOT NULL) WITHOUT ROWID;
    -- Why the watchers did what they did.
    CREATE TABLE decisions (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL,
      finding TEXT NOT NULL, action TEXT NOT NULL, evidence TEXT, bead TEXT);
    CREATE INDEX decisions_by_subject ON decisions (subject, id);
    CREATE INDEX decisions_by_bead ON decisions (bead, id) WHERE bead IS NOT NULL;
    -- How far the daemon went with agents that have work and do not go on; see Climb.
    CREATE TABLE climbs (address TEXT PRIMARY KEY, bead TEXT NOT NULL, finding TEXT NOT NULL, since INTEGER NOT NULL,
      step INTEGER NOT NULL, taken TEXT NOT NULL, revivals INTEGER NOT NULL, acted_at INTEGER NOT NULL,
      until INTEGER) WITHOUT ROWID;
    -- Attempts of the merge engine, and what gates said of commits.
    CREATE TABLE merge_runs (
      id INTEGER PRIMARY KEY,
      rig TEXT NOT NULL,
      target TEXT NOT NULL,
      base TEXT,
      tip TEXT,
      phase TEXT NOT NULL,        -- building, testing, pushing, pushed, done
      members TEXT NOT NULL,      -- JSON: the merge requests and the commits made of them
      outcome TEXT,
      nonce TEXT NOT NULL,        -- GT_RUN of its gates and pushes: only such processes are ours to end
      engine TEXT,                -- the process that merges: pid and start time
      gates TEXT,                 -- JSON: the processes of the gates that run
      started_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      ended_at INTEGER
    );
    CREATE INDEX merge_runs_open ON merge_runs (rig) WHERE ended_at IS NULL;
    CREATE TABLE gate_verdicts (rig TEXT, commit_id TEXT, gates TEXT, passed INTEGER NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (rig, commit_id, gates)) WITHOUT ROWID;
    -- Maintenance jobs: when each runs next and how it went, and how the runs before went.
    CREATE TABLE jobs (name TEXT PRIMARY KEY, next_at INTEGER, started_at INTEGER, ended_at INTEGER, pid INTEGER,
      pid_started TEXT, result TEXT, detail TEXT, failures INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    CREATE TABLE job_runs (id INTEGER PRIMARY KEY, name TEXT NOT NULL, started_at INTEGER NOT NULL,
      ended_at INTEGER NOT NULL, result TEXT NOT NULL, detail TEXT NOT NULL);
    CREATE INDEX job_runs_by_name ON job_runs (name, id);
    CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
    PRAGMA application_id = \(applicationID);
    PRAGMA user_version = \(version);
    COMMIT;
    """
}
