/// Rows of text in aligned columns, two spaces apart, without lines or boxes.
///
/// Cells are measured by display width. When the table is wider than allowed, the flexible columns give way.
public struct Table: Sendable {
  /// How one column is laid out.
  public struct Column: Sendable {
    /// The heading; a table whose headings are all empty has no heading line.
    public var heading: String
    /// Where the cells stand.
    public var alignment: Alignment
    /// Whether the cells may be cut so that the table fits, down to eight columns.
    public var isFlexible: Bool

    /// Makes a column, left-aligned and uncut unless said otherwise.
    public init(_ heading: String = "", alignment: Alignment = .left, isFlexible: Bool = false) {
      self.heading = heading
      self.alignment = alignment
      self.isFlexible = isFlexible
    }
  }

  /// The layout of the columns.
  public let columns: [Column]
  /// The cells, row by row; missing cells are empty and surplus ones are ignored.
  public private(set) var rows: [[TerminalText]] = []

  /// Makes an empty table.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row of cells.
  public mutating func add(_ cells: TerminalText...) { rows.append(cells) }

  /// Adds a row of cells.
  public mutating func add(row cells: [TerminalText]) { rows.append(cells) }

  /// The table as lines, fitted to `width` columns if one is given; linear in the number of cells.
  public func lines(width: Int? = nil) -> [TerminalText] {
    var all = rows
    if columns.contains(where: { !$0.heading.isEmpty }) {
      all.insert(columns.map { TerminalText($0.heading, .bold) }, at: 0)
    }
    let widths = columnWidths(of: all, limit: width)
    return all.map { line(of: $0, widths: widths) }
  }

  private func line(of row: [TerminalText], widths: [Int]) -> TerminalText {
    var result = TerminalText()
    var gap = 0
    for (index, column) in columns.enumerated() {
      let cell = index < row.count ? row[index].truncated(toWidth: widths[index]) : TerminalText()
      let blank = widths[index] - cell.displayWidth
      if column.alignment == .right { gap += blank }
      if !cell.isEmpty {
        result.append(safe: String(repeating: " ", count: gap), .plain)
        result.append(cell)
        gap = 0
      }
      gap += 2 + (column.alignment == .left ? blank : 0)
    }
    return result
  }

  private func columnWidths(of rows: [[TerminalText]], limit: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      rows.reduce(0) { index < $1.count ? max($0, $1[index].displayWidth) : $0 }
    }
    guard let limit else { return widths }
    var excess = widths.reduce(0, +) + 2 * max(0, columns.count - 1) - limit
    // The widest flexible column gives first, so that short ones are not cut needlessly.
    while excess > 0,
      let widest = columns.indices.filter({ columns[$0].isFlexible && widths[$0] > 8 })
        .max(by: { widths[$0] < widths[$1] })
    {
      let others = columns.indices.filter { $0 != widest && columns[$0].isFlexible }.map { widths[$0] }
      let step = max(1, min(excess, widths[widest] - max(8, others.max() ?? 8)))
      widths[widest] -= step
      excess -= step
    }
    return widths
  }
}
