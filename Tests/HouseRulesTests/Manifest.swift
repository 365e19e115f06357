/// The floors from the ground up: a module imports from its own floor or a lower one.
enum Floor: Int, CaseIterable, Comparable {
  case embedded, core, io, tools

  /// The folder of the floor in `Sources`.
  var folder: String {
    switch self {
    case .embedded: "Embedded"
    case .core: "Core"
    case .io: "IO"
    case .tools: "Tools"
    }
  }

  static func < (left: Floor, right: Floor) -> Bool { left.rawValue < right.rawValue }
}

/// What `Package.swift` says of one target.
struct ManifestTarget: Equatable {
  var name: String
  /// nil for test targets: they stand on no floor.
  var floor: Floor?
  var uses: [String]
}

/// The targets of `Package.swift`, read from its text: the floor plan is written with one call of a
/// helper (`.embedded`, `.core`, `.io`, …) for each target.
struct Manifest {
  var targets: [ManifestTarget] = []

  init(_ text: String) {
    let code = CodeBlanking.blanked(text, keepingStrings: true)
    let call = #/\.([a-zA-Z]+)\(\s*(?:name:\s*)?"/#
    for match in code.matches(of: call) {
      let arguments = Self.balanced(code[match.range.lowerBound...])
      if let target = Self.target(String(match.output.1), arguments) { targets.append(target) }
    }
  }

  subscript(name: String) -> ManifestTarget? { targets.first { $0.name == name } }

  /// Every module that `name` uses, and what those use, to the ground.
  func reach(of name: String) -> Set<String> {
    var reached: Set<String> = []
    var open = self[name]?.uses ?? []
    while let next = open.popLast() {
      guard reached.insert(next).inserted else { continue }
      open += self[next]?.uses ?? []
    }
    return reached
  }

  private static func target(_ helper: String, _ arguments: Substring) -> ManifestTarget? {
    let names = strings(arguments)
    let uses = arguments.firstMatch(of: #/(?:uses|dependencies):\s*\[([^\]]*)\]/#)
    let used = uses.map { strings($0.output.1) } ?? []
    switch helper {
    case "embedded": return ManifestTarget(name: names[0], floor: .embedded, uses: used)
    case "core": return ManifestTarget(name: names[0], floor: .core, uses: used)
    case "io": return ManifestTarget(name: names[0], floor: .io, uses: used)
    case "shim", "systemLibrary": return ManifestTarget(name: names[0], floor: .io, uses: [])
    case "tool", "executableTool":
      return ManifestTarget(name: names[0], floor: .tools, uses: used)
    case "tests":
      return ManifestTarget(name: names[1] + "Tests", floor: nil, uses: [names[1]] + used)
    case "testTarget", "driver":
      return ManifestTarget(name: names[0], floor: nil, uses: used)
    default: return nil
    }
  }

  private static func strings(_ text: Substring) -> [String] {
    text.matches(of: #/"([^"]*)"/#).map { String($0.output.1) }
  }

  /// `text` up to the parenthesis that closes the first one.
  private static func balanced(_ text: Substring) -> Substring {
    var depth = 0
    for index in text.indices {
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" {
        depth -= 1
        if depth == 0 { return text[...index] }
      }
    }
    return text
  }
}
