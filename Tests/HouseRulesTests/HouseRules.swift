/// One broken rule, where it stands, and what would have to change.
struct Violation: Equatable, CustomStringConvertible {
  enum Rule: String {
    case upwardUse, forbiddenArrow, upwardImport, undeclaredImport, foundation, conditional
    case existential, unlistedModule, unknownFloor
  }

  var rule: Rule
  /// A path, with `:line` where there is one.
  var place: String
  var detail: String

  var description: String { "\(place): \(rule.rawValue): \(detail)" }
}

/// The rules of the house over the text of the manifest and of every source: a pure function, so
/// that a fault can be planted in a copy.
struct HouseRules {
  /// Arrows that must never exist, also not by way of a third module.
  static let forbiddenArrows: [(from: String, to: [String])] = [
    ("BrokerCore", ["MQTTCodec", "MQTTSNCodec"]),
    ("MQTTSNGateway", ["BrokerCore", "MQTTLink", "MQTTCodec"]),
    ("MQTTCodec", ["MQTTSNCodec"]),
    ("MQTTSNCodec", ["MQTTCodec"]),
    ("BrokerIO", ["GatewayIO", "ClientIO"]),
    ("GatewayIO", ["BrokerIO", "ClientIO"]),
    ("ClientIO", ["BrokerIO", "GatewayIO"]),
  ]

  private let manifest: Manifest
  private var violations: [Violation] = []

  /// What is wrong with a tree of `sources` (path from the root: text) under `manifest`'s text.
  static func violations(manifest: String, sources: [String: String]) -> [Violation] {
    var rules = HouseRules(manifest: Manifest(manifest))
    rules.checkManifest()
    for (path, text) in sources.sorted(by: { $0.key < $1.key }) {
      rules.check(SourceFile(path: path, text: text))
    }
    return rules.violations
  }

  private init(manifest: Manifest) { self.manifest = manifest }

  private mutating func report(_ rule: Violation.Rule, _ place: String, _ detail: String) {
    violations.append(Violation(rule: rule, place: place, detail: detail))
  }

  private mutating func checkManifest() {
    for target in manifest.targets {
      guard let floor = target.floor else { continue }
      for use in target.uses {
        guard let other = manifest[use]?.floor, other > floor else { continue }
        report(.upwardUse, "Package.swift", "\(target.name) uses \(use), which stands above it")
      }
    }
    for arrow in Self.forbiddenArrows {
      let reach = manifest.reach(of: arrow.from)
      for to in arrow.to where reach.contains(to) {
        report(.forbiddenArrow, "Package.swift", "\(arrow.from) reaches \(to)")
      }
    }
  }

  private mutating func check(_ file: SourceFile) {
    for line in file.lines(containing: "Foundation") {
      report(.foundation, "\(file.path):\(line)", "Foundation has no place here")
    }
    if file.path.hasPrefix("Sources/") { checkRoom(file) }
    if file.path.hasPrefix("Sources/Embedded/") { checkGroundFloor(file) }
    for entry in file.imports { checkImport(entry, of: file) }
  }

  private mutating func checkRoom(_ file: SourceFile) {
    guard let floor = file.floor else {
      report(.unknownFloor, file.path, "there is no such floor")
      return
    }
    if manifest[file.module]?.floor != floor {
      report(.unlistedModule, file.path, "\(file.module) is no target of floor \(floor.folder)")
    }
  }

  private mutating func checkGroundFloor(_ file: SourceFile) {
    for line in file.lines(containing: "#if") {
      report(.conditional, "\(file.path):\(line)", "no conditional code on the Embedded floor")
    }
    for line in file.linesWithExistential {
      report(.existential, "\(file.path):\(line)", "no `any` on the Embedded floor")
    }
  }

  private mutating func checkImport(_ entry: SourceFile.Import, of file: SourceFile) {
    let target = manifest[file.module]
    if Self.isOpen(entry.module, to: file) || target?.uses.contains(entry.module) == true { return }
    let place = "\(file.path):\(entry.line)"
    if let floor = file.floor, let other = manifest[entry.module]?.floor, other > floor {
      report(.upwardImport, place, "\(entry.module) stands above \(file.module)")
    } else {
      report(.undeclaredImport, place, "\(file.module) does not declare \(entry.module) in `uses`")
    }
    for arrow in Self.forbiddenArrows where arrow.from == file.module {
      guard arrow.to.contains(entry.module) else { continue }
      report(.forbiddenArrow, place, "\(file.module) must not know \(entry.module)")
    }
  }

  /// What comes with the toolchain and needs no declaration.
  private static func isOpen(_ module: String, to file: SourceFile) -> Bool {
    switch module {
    case "Swift": true
    case "Synchronization": file.floor != .embedded
    case "Glibc": file.floor != .embedded && file.floor != .core
    case "Testing": file.path.hasPrefix("Tests/")
    default: false
    }
  }
}
