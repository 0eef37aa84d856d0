/// The formulas that every program carries: the files of this folder, embedded by the package manifest.
///
/// A file is named here and in the manifest; a test compares both with the folder.
public enum BuiltinFormulas {
  /// Name and TOML text (UTF-8) of each, in order of their names.
  ///
  /// The bytes are constants of the program: nothing is read, copied or decoded here.
  public static var all: [(name: String, bytes: [UInt8])] {
    [
      ("code-review", PackageResources.code_review_formula_toml),
      ("design", PackageResources.design_formula_toml),
      ("mol-bug-fix", PackageResources.mol_bug_fix_formula_toml),
      ("mol-deacon-patrol", PackageResources.mol_deacon_patrol_formula_toml),
      ("mol-feature", PackageResources.mol_feature_formula_toml),
      ("mol-idea-to-plan", PackageResources.mol_idea_to_plan_formula_toml),
      ("mol-plan-review", PackageResources.mol_plan_review_formula_toml),
      ("mol-polecat-code-review", PackageResources.mol_polecat_code_review_formula_toml),
      ("mol-polecat-conflict-resolve", PackageResources.mol_polecat_conflict_resolve_formula_toml),
      ("mol-polecat-work", PackageResources.mol_polecat_work_formula_toml),
      ("mol-polecat-work-tdd", PackageResources.mol_polecat_work_tdd_formula_toml),
      ("mol-refactor", PackageResources.mol_refactor_formula_toml),
      ("mol-refinery-patrol", PackageResources.mol_refinery_patrol_formula_toml),
      ("mol-release", PackageResources.mol_release_formula_toml),
      ("mol-shutdown-dance", PackageResources.mol_shutdown_dance_formula_toml),
      ("mol-witness-patrol", PackageResources.mol_witness_patrol_formula_toml),
      ("rule-of-five", PackageResources.rule_of_five_formula_toml),
      ("security-audit", PackageResources.security_audit_formula_toml),
      ("shiny", PackageResources.shiny_formula_toml),
      ("shiny-enterprise", PackageResources.shiny_enterprise_formula_toml),
      ("shiny-secure", PackageResources.shiny_secure_formula_toml),
      ("tdd-cycle", PackageResources.tdd_cycle_formula_toml),
      ("towers-of-hanoi", PackageResources.towers_of_hanoi_formula_toml),
    ]
  }
}
