public import BeadsKit

extension Rig {
  /// The `.beads` directory of its tracker, after the redirect to the project's own when that has one.
  /// - Throws: `corrupt` when the redirect leads out of the rig or nowhere.
  public func trackerDirectory() throws(BeadsError) -> String {
    let own = path(".beads")
    let file = Path.join(own, "redirect")
    guard let bytes = try FileSystem.readIfPresent(file) else { return own }
    let line =
      String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let target = Path.absolute(line, in: root)
    guard Path.isInside(target, root), target != own, FileSystem.isDirectory(target) else {
      throw BeadsError(
        .corrupt, "\(file) leads to \(quoted(line)), where no tracker is", hint: "see `gt doctor`")
    }
    return target
  }

  /// Leads commands in a checkout of the rig to its tracker; the clone that has the tracker itself needs no sign.
  ///
  /// Git ignores the file, see `GitExcludes`.
  public func linkTracker(from checkout: String) throws(BeadsError) {
    let tracker = try trackerDirectory()
    let place = Path.join(checkout, ".beads")
    if place == tracker { return }
    try FileSystem.makeDirectory(place)
    let text = Path.relative(tracker, to: checkout) + "\n"
    try FileSystem.replace(Path.join(place, "redirect"), with: Array(text.utf8))
  }
}
