import Testing

/// A fault, planted in a copy of a sound small house, and the rule that must find it.
private struct Plant: CustomTestStringConvertible {
  var fault: String
  var rule: Violation.Rule
  var manifest: (old: String, new: String)?
  var path = "Sources/Core/Planted/Planted.swift"
  var text = ""

  var testDescription: String { fault }

  static func inManifest(_ fault: String, _ rule: Violation.Rule, _ old: String, _ new: String)
    -> Plant
  { Plant(fault: fault, rule: rule, manifest: (old, new)) }

  static func inSource(_ fault: String, _ rule: Violation.Rule, _ path: String, _ text: String)
    -> Plant
  { Plant(fault: fault, rule: rule, path: path, text: text) }
}

@Suite struct HouseRulesTests {
  private static let manifest = """
    let package = Package(
      products: [.library(name: "MQTTCodec", targets: ["MQTTCodec"])],
      targets: [
        // .core("Commented"),
        .embedded("WireBytes"),
        .embedded("MQTTCodec", uses: ["WireBytes"]),
        .embedded("MQTTSNCodec", uses: ["WireBytes"]),
        .core("SessionLink"),
        .core("BrokerCore", uses: ["SessionLink"]),
        .core(
          "MQTTSNGateway", uses: ["MQTTSNCodec", "SessionLink"]),
        .shim("CLinux"),
        .systemLibrary(name: "CSerialPort", path: "Sources/IO/CSerialPort"),
        .io("Reactor", uses: ["CLinux"]),
        .io("BrokerIO", uses: ["Reactor", "BrokerCore"]),
        .io("GatewayIO", uses: ["Reactor", "MQTTSNGateway"]),
        .io("ClientIO", uses: ["Reactor", "MQTTCodec"]),
        .executableTool("martlet", uses: ["BrokerIO", "GatewayIO"]),
        .tests("Core", "BrokerCore"),
      ])
    extension Target {
      static func core(_ name: String, uses: [String] = []) -> Target { floor("Core", name, uses) }
    }
    """

  private static let sources = [
    "Sources/Embedded/WireBytes/Reader.swift": "/// Not `any Reader`; no #if, no Foundation.\n",
    "Sources/Embedded/MQTTCodec/Publish.swift": "import WireBytes\nlet many = list.any (1)\n",
    "Sources/Core/BrokerCore/Broker.swift": "import SessionLink\nimport Synchronization\n",
    "Sources/IO/Reactor/Loop.swift": "import CLinux\nimport Glibc\n",
    "Sources/Tools/martlet/Run.swift": "import BrokerIO\nimport Swift\nlet x = \"#if\"\n",
    "Tests/Core/BrokerCoreTests/BrokerTests.swift":
      "import Testing\n@testable import BrokerCore\nlet text = \"\"\"\n  import Foundation\n  \"\"\"\n",
  ]

  private static let plants: [Plant] = [
    .inManifest(
      "a use that points upward", .upwardUse, #".core("SessionLink")"#,
      #".core("SessionLink", uses: ["Reactor"])"#),
    .inManifest(
      "BrokerCore uses a codec", .forbiddenArrow, #""BrokerCore", uses: ["SessionLink"]"#,
      #""BrokerCore", uses: ["SessionLink", "MQTTCodec"]"#),
    .inManifest(
      "BrokerCore reaches a codec through a third", .forbiddenArrow, #".core("SessionLink")"#,
      #".core("SessionLink", uses: ["MQTTSNCodec"])"#),
    .inManifest(
      "the gateway uses the broker", .forbiddenArrow, #"uses: ["MQTTSNCodec", "#,
      #"uses: ["MQTTSNCodec", "BrokerCore", "#),
    .inManifest(
      "the gateway uses MQTT's codec", .forbiddenArrow, #"uses: ["MQTTSNCodec", "#,
      #"uses: ["MQTTSNCodec", "MQTTCodec", "#),
    .inManifest(
      "the codecs meet", .forbiddenArrow, #""MQTTSNCodec", uses: ["WireBytes"]"#,
      #""MQTTSNCodec", uses: ["WireBytes", "MQTTCodec"]"#),
    .inManifest(
      "two services of the IO floor meet", .forbiddenArrow, #""Reactor", "BrokerCore"]"#,
      #""Reactor", "BrokerCore", "GatewayIO"]"#),
    .inManifest(
      "a module without a manifest entry", .unlistedModule, #".io("Reactor", uses: ["CLinux"]),"#,
      ""),
    .inSource(
      "an upward import", .upwardImport, "Sources/Core/BrokerCore/Bad.swift", "import Reactor\n"),
    .inSource(
      "an upward import behind words", .upwardImport, "Sources/Embedded/WireBytes/Bad.swift",
      "@testable public import struct SessionLink.LinkID\n"),
    .inSource(
      "an undeclared import of the same floor", .undeclaredImport,
      "Sources/Embedded/WireBytes/Bad.swift", "let a = 1; import MQTTCodec\n"),
    .inSource(
      "an undeclared import downward", .undeclaredImport, "Sources/IO/Reactor/Bad.swift",
      "import WireBytes\n"),
    .inSource(
      "an undeclared import in a test", .undeclaredImport,
      "Tests/Core/BrokerCoreTests/BadTests.swift", "import MQTTCodec\n"),
    .inSource(
      "an import from outside", .undeclaredImport, "Sources/IO/Reactor/Bad.swift",
      "import NIOCore\n"),
    .inSource(
      "Glibc in Core", .undeclaredImport, "Sources/Core/BrokerCore/Bad.swift", "import Glibc\n"),
    .inSource(
      "Synchronization on the ground floor", .undeclaredImport,
      "Sources/Embedded/WireBytes/Bad.swift", "import Synchronization\n"),
    .inSource(
      "a codec imported by BrokerCore", .forbiddenArrow, "Sources/Core/BrokerCore/Bad.swift",
      "import MQTTCodec\n"),
    .inSource(
      "the broker imported by the gateway", .forbiddenArrow,
      "Sources/Core/MQTTSNGateway/Bad.swift", "import BrokerCore\n"),
    .inSource(
      "Foundation in a source", .foundation, "Sources/Tools/martlet/Bad.swift",
      "import Foundation\n"),
    .inSource(
      "FoundationEssentials in a test", .foundation, "Tests/Core/BrokerCoreTests/BadTests.swift",
      "public import FoundationEssentials\n"),
    .inSource(
      "Foundation asked for", .foundation, "Sources/IO/Reactor/Bad.swift",
      "#if canImport(Foundation)\n#endif\n"),
    .inSource(
      "#if on the ground floor", .conditional, "Sources/Embedded/MQTTCodec/Bad.swift",
      "  #if DEBUG\n  #endif\n"),
    .inSource(
      "any on the ground floor", .existential, "Sources/Embedded/MQTTCodec/Bad.swift",
      "func take(_ error: [any Error]) {}\n"),
    .inSource(
      "a module folder that the manifest does not know", .unlistedModule,
      "Sources/Core/Stray/Stray.swift", ""),
    .inSource(
      "a module on another floor than declared", .unlistedModule,
      "Sources/Core/WireBytes/Stray.swift", ""),
    .inSource(
      "a floor that does not exist", .unknownFloor, "Sources/Cellar/Stray/Stray.swift", ""),
  ]

  @Test func `a sound house breaks no rule`() {
    let found = HouseRules.violations(manifest: Self.manifest, sources: Self.sources)
    #expect(found == [])
  }

  @Test(arguments: plants)
  private func `a planted fault is found`(_ plant: Plant) {
    var manifest = Self.manifest
    var sources = Self.sources
    if let change = plant.manifest {
      #expect(manifest.contains(change.old))
      manifest.replace(change.old, with: change.new)
    } else {
      sources[plant.path] = plant.text
    }
    let found = HouseRules.violations(manifest: manifest, sources: sources)
    #expect(found.contains { $0.rule == plant.rule }, "\(found)")
  }

  @Test func `a fault names its file and line`() {
    let sources = ["Sources/Core/BrokerCore/Bad.swift": "// one\n\nimport Reactor\n"]
    let found = HouseRules.violations(manifest: Self.manifest, sources: sources)
    #expect(
      found.map(\.description) == [
        "Sources/Core/BrokerCore/Bad.swift:3: upwardImport: Reactor stands above BrokerCore"
      ])
  }

  @Test func `this tree breaks no rule`() {
    var sources = RepositoryFiles.swiftSources(in: "Sources")
    sources.merge(RepositoryFiles.swiftSources(in: "Tests")) { first, _ in first }
    let manifest = RepositoryFiles.text("Package.swift")
    let found = HouseRules.violations(manifest: manifest, sources: sources)
    #expect(sources.count > 20 && Manifest(manifest).targets.count > 20)
    #expect(found.isEmpty, "\(found.map(\.description).joined(separator: "\n"))")
  }
}
