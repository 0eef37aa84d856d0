/// A table while its document is being read.
final class TOMLTableBuilder {
  /// What brought a table into being, which decides who may add to it.
  enum Origin {
    /// Part of the name of a table below it.
    case implicit
    /// A header, or braces.
    case header
    /// Part of a dotted key.
    case dotted
  }

  enum Item {
    case value(TOMLNode)
    case table(TOMLTableBuilder)
    case tables(TOMLTableList)
  }

  var origin: Origin
  private let offset: Int
  private var entries: [(part: TOMLScanner.KeyPart, item: Item)] = []
  private var places: [String: Int] = [:]

  init(_ origin: Origin, offset: Int) {
    self.origin = origin
    self.offset = offset
  }

  subscript(key: String) -> Item? { places[key].map { entries[$0].item } }

  func insert(_ part: TOMLScanner.KeyPart, _ item: Item) {
    places[part.text] = entries.count
    entries.append((part, item))
  }

  /// Adds an empty table.
  func add(_ part: TOMLScanner.KeyPart, _ origin: Origin) -> TOMLTableBuilder {
    let table = TOMLTableBuilder(origin, offset: part.offset)
    insert(part, .table(table))
    return table
  }

  /// The finished table.
  var table: TOMLTable {
    TOMLTable(
      entries.map { entry in
        let node: TOMLNode =
          switch entry.item {
          case .value(let node): node
          case .table(let table): table.node
          case .tables(let list):
            TOMLNode(value: .array(list.tables.map(\.node)), offset: entry.part.offset)
          }
        return TOMLTable.Entry(key: entry.part.text, keyOffset: entry.part.offset, node: node)
      })
  }

  private var node: TOMLNode { TOMLNode(value: .table(table), offset: offset) }
}

/// The tables that `[[name]]` has made so far: one at least.
final class TOMLTableList {
  private(set) var tables: [TOMLTableBuilder]
  private(set) var last: TOMLTableBuilder

  init(_ first: TOMLTableBuilder) {
    tables = [first]
    last = first
  }

  func append(_ table: TOMLTableBuilder) {
    tables.append(table)
    last = table
  }
}
