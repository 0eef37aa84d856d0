import BeadsKit

extension TownDoctor {
  static let formulaChecks = [
    TownCheck("overlay-health", "rig", "overlays change steps that formulas have") {
      doctor throws(BeadsError) in
      var found: [CheckFinding] = []
      for file in try FormulaOverlays(doctor.ledgers).all() {
        if let rig = doctor.rigName, file.rig?.rawValue != rig { continue }
        if let problem = file.problem {
          found.append(.error("\(file.path): \(problem.message)", hint: problem.hint))
        }
        for step in file.staleSteps {
          found.append(
            .warning(
              "\(file.path): \(file.formula) has no step \(quoted(step))",
              hint:
                "`gt formula overlay edit \(file.formula)\(file.rig.map { " --rig \($0)" } ?? "") --step \(step) --remove`"
            ))
        }
      }
      return found
    }
  ]
}
