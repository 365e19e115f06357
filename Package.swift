// swift-tools-version: 6.2
import PackageDescription

// The floor plan. A target's floor tells what it may import: Tools → IO → Core → Embedded.
// `HouseRulesTests` reads this file and every import, so the lists below are the rule.

let package = Package(
  name: "martlet",
  products: [
    .library(name: "WireBytes", targets: ["WireBytes"]),
    .library(name: "MQTTTerms", targets: ["MQTTTerms"]),
    .library(name: "MQTTCodec", targets: ["MQTTCodec"]),
    .library(name: "MQTTSNClient", targets: ["MQTTSNClient"]),
    .library(name: "MQTTClient", targets: ["MQTTClient"]),
    .library(name: "SerialFraming", targets: ["SerialFraming"]),
    .executable(name: "martlet", targets: ["martlet"]),
  ],
  dependencies: [],
  targets: [
    // Embedded: no heap, no Foundation, no `any`, no `#if`; the firmware builds these very files.
    .embedded("WireBytes"),
    .embedded("MQTTTerms", uses: ["WireBytes"]),
    .embedded("MQTTCodec", uses: ["WireBytes", "MQTTTerms"]),
    .embedded("MQTTSNCodec", uses: ["WireBytes", "MQTTTerms"]),
    .embedded("SerialFraming", uses: ["WireBytes", "MQTTTerms"]),
    .embedded("MQTTSNClient", uses: ["WireBytes", "MQTTTerms", "MQTTSNCodec"]),
    .embedded("MQTTClient", uses: ["WireBytes", "MQTTTerms", "MQTTCodec"]),

    // Core: decisions. No sockets, no clocks, no files, no randomness of its own.
    .core("Slabs"),
    .core("SessionLink", uses: ["MQTTTerms", "Slabs"]),
    .core("BrokerCore", uses: ["WireBytes", "MQTTTerms", "Slabs", "SessionLink"]),
    .core("MQTTLink", uses: ["WireBytes", "MQTTTerms", "MQTTCodec", "Slabs", "SessionLink"]),
    .core(
      "MQTTSNGateway", uses: ["WireBytes", "MQTTTerms", "MQTTSNCodec", "Slabs", "SessionLink"]),
    .core(
      "MQTTBridge",
      uses: ["WireBytes", "MQTTTerms", "MQTTCodec", "MQTTLink", "Slabs", "SessionLink"]),
    .core("WebSocket", uses: ["WireBytes"]),
    .core("SOCKS"),
    .core("ProxyProtocol", uses: ["WireBytes", "MQTTTerms", "SessionLink"]),
    .core("ConfigurationFile", uses: ["MQTTTerms"]),
    .core("AccessFiles", uses: ["MQTTTerms", "BrokerCore"]),
    .core("JSONTree"),
    .core(
      "DynamicSecurity", uses: ["MQTTTerms", "Slabs", "BrokerCore", "AccessFiles", "JSONTree"]),
    .core(
      "FleetModel", uses: ["WireBytes", "MQTTTerms", "MQTTSNCodec", "MQTTSNClient", "Slabs"]),

    // IO: performs and decides nothing.
    .shim("CLinux"),
    .systemLibrary(
      name: "CSerialPort", path: "Sources/IO/CSerialPort", pkgConfig: "libserialport",
      providers: [.apt(["libserialport-dev"])]),
    .systemLibrary(
      name: "CUdev", path: "Sources/IO/CUdev", pkgConfig: "libudev",
      providers: [.apt(["libudev-dev"])]),
    .systemLibrary(
      name: "CCrypto", path: "Sources/IO/CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CArgon2", path: "Sources/IO/CArgon2", pkgConfig: "libargon2",
      providers: [.apt(["libargon2-dev"])]),
    .systemLibrary(
      name: "COpenSSL", path: "Sources/IO/COpenSSL", pkgConfig: "libssl",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CcJSON", path: "Sources/IO/CcJSON", pkgConfig: "libcjson",
      providers: [.apt(["libcjson-dev"])]),
    .io("JSONReading", uses: ["CcJSON", "JSONTree"]),
    .io("Reactor", uses: ["CLinux", "Slabs"]),
    .io("TLS", uses: ["COpenSSL", "Reactor", "Slabs"]),
    .io("Streams", uses: ["CLinux", "CCrypto", "Reactor", "Slabs", "WebSocket"]),
    .io("SecureStreams", uses: ["Reactor", "Streams", "TLS", "Slabs"]),
    .io(
      "Datagrams", uses: ["CLinux", "CSerialPort", "CUdev", "Reactor", "Slabs", "SerialFraming"]),
    .io(
      "BrokerIO",
      uses: [
        "Reactor", "Streams", "TLS", "Slabs", "SessionLink", "MQTTTerms", "MQTTCodec", "BrokerCore",
        "MQTTLink", "WebSocket", "ProxyProtocol", "WireBytes",
      ]),
    .io("Workers", uses: ["Reactor"]),
    .io(
      "Logins",
      uses: [
        "CArgon2", "CCrypto", "CLinux", "Reactor", "Workers", "Slabs", "SessionLink", "BrokerCore",
        "AccessFiles", "WireBytes",
      ]),
    .io(
      "DynamicSecurityIO",
      uses: [
        "CCrypto", "Reactor", "Workers", "Logins", "JSONReading", "JSONTree", "SessionLink",
        "BrokerCore", "AccessFiles", "DynamicSecurity",
      ]),
    .io(
      "GatewayIO",
      uses: [
        "CLinux", "Reactor", "Datagrams", "Slabs", "SessionLink", "MQTTTerms", "SerialFraming",
        "MQTTSNGateway",
      ]),
    .io(
      "ClientIO",
      uses: [
        "CLinux", "Reactor", "Streams", "TLS", "SecureStreams", "Datagrams", "Slabs", "WireBytes",
        "MQTTTerms",
        "MQTTCodec", "MQTTClient", "MQTTSNCodec", "MQTTSNClient", "SerialFraming", "WebSocket",
        "SOCKS",
      ]),

    .io(
      "BridgeIO",
      uses: [
        "Reactor", "Workers", "Streams", "TLS", "SecureStreams", "Slabs", "SessionLink",
        "MQTTBridge",
      ]),

    // Tools: one executable, subcommands, and its command kit.
    .tool("CommandKit"),
    .executableTool(
      "martlet",
      uses: [
        "CommandKit", "ConfigurationFile", "AccessFiles", "DynamicSecurity", "JSONTree",
        "JSONReading", "DynamicSecurityIO", "Logins", "CLinux", "CSerialPort",
        "CUdev", "CcJSON", "Reactor", "Streams", "TLS", "Datagrams", "BrokerIO", "GatewayIO",
        "BridgeIO", "ClientIO", "FleetModel", "BrokerCore", "MQTTLink", "MQTTSNGateway",
        "MQTTBridge", "SessionLink", "Slabs", "WireBytes", "MQTTTerms", "MQTTCodec",
        "MQTTClient", "MQTTSNCodec", "MQTTSNClient", "SerialFraming", "WebSocket", "ProxyProtocol",
        "SOCKS",
      ]),

    // Tests mirror the sources.
    .tests("Embedded", "WireBytes"),
    .tests("Embedded", "MQTTTerms"),
    .support("Fuzzing"),
    .tests("Embedded", "MQTTSNCodec", uses: ["MQTTTerms", "Fuzzing"]),
    .tests("Embedded", "MQTTSNClient", uses: ["MQTTSNCodec", "MQTTTerms"]),
    .tests("Embedded", "MQTTCodec", uses: ["MQTTTerms", "WireBytes", "Fuzzing"]),
    .tests("Embedded", "MQTTClient", uses: ["MQTTCodec", "MQTTTerms", "WireBytes"]),
    .tests("Embedded", "SerialFraming", uses: ["MQTTTerms", "Fuzzing"]),
    .tests("Core", "Slabs"),
    .tests(
      "Core", "MQTTSNGateway",
      uses: ["BrokerCore", "MQTTTerms", "MQTTSNCodec", "SessionLink", "Slabs"]),
    .tests("Core", "BrokerCore", uses: ["SessionLink", "MQTTTerms", "Slabs", "Fuzzing"]),
    .tests(
      "Core", "MQTTLink",
      uses: ["SessionLink", "MQTTTerms", "MQTTCodec", "BrokerCore", "Slabs", "Fuzzing"]),
    .tests(
      "Core", "MQTTBridge",
      uses: ["BrokerCore", "MQTTCodec", "MQTTLink", "MQTTTerms", "SessionLink", "Slabs", "Fuzzing"]),
    .tests("Core", "FleetModel", uses: ["BrokerCore", "MQTTSNGateway", "SessionLink", "Slabs"]),
    .tests("Core", "WebSocket", uses: ["Fuzzing"]),
    .tests("Core", "SOCKS"),
    .tests("Core", "ProxyProtocol", uses: ["SessionLink", "Fuzzing"]),
    .tests("Core", "ConfigurationFile", uses: ["Fuzzing"]),
    .tests("Core", "AccessFiles", uses: ["Fuzzing"]),
    .tests("Core", "JSONTree"),
    .tests("Core", "DynamicSecurity", uses: ["AccessFiles", "BrokerCore", "JSONTree"]),
    .tests(
      "IO", "JSONReading", uses: ["JSONTree", "AccessFiles", "DynamicSecurity", "Fuzzing"]),
    .tests("IO", "Logins", uses: ["AccessFiles", "SessionLink", "Fuzzing"]),
    .tests("IO", "Workers"),
    .tests("Tools", "CommandKit"),
    .tests(
      "Tools", "martlet",
      uses: [
        "BrokerCore", "ClientIO", "CommandKit", "ConfigurationFile", "Datagrams", "GatewayIO",
        "JSONReading", "JSONTree", "MQTTLink", "MQTTTerms", "Reactor", "SerialFraming",
        "SessionLink",
      ]),
    .testTarget(
      name: "HouseRulesTests", path: "Tests/HouseRulesTests", swiftSettings: SwiftSetting.house),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "BrokerCore", "BrokerIO", "MQTTLink", "MQTTSNGateway", "MQTTTerms", "Reactor",
        "SessionLink", "Slabs", "Streams",
      ],
      path: "Tests/ConformanceTests", exclude: ["Transcripts"], swiftSettings: SwiftSetting.house),
    .tests("IO", "Reactor", uses: ["CLinux"]),
    .tests("IO", "Streams", uses: ["CLinux", "Reactor"]),
    .tests("IO", "Datagrams", uses: ["CLinux", "Reactor"]),
    .tests(
      "IO", "BrokerIO",
      uses: [
        "BrokerCore", "MQTTLink", "Reactor", "SessionLink", "Slabs", "Streams", "WebSocket",
        "ProxyProtocol",
      ]),
    .tests(
      "IO", "BridgeIO",
      uses: [
        "BrokerCore", "MQTTBridge", "MQTTTerms", "Reactor", "SessionLink", "Slabs", "Streams",
      ]),
    .tests(
      "IO", "GatewayIO",
      uses: [
        "BrokerCore", "CLinux", "Datagrams", "MQTTSNGateway", "Reactor", "SerialFraming",
        "SessionLink", "Slabs",
      ]),
    .tests(
      "IO", "ClientIO",
      uses: [
        "Datagrams", "MQTTClient", "MQTTTerms", "MQTTCodec", "MQTTSNClient", "MQTTSNCodec",
        "Reactor", "Streams", "WebSocket",
      ]),
  ]
)

// `scripts/fuzz` sets the variable. A fuzz target stands among the tests of its module: of those
// modules come the files that need no test library, and what drives them, instead of all tests.
if Context.environment["MARTLET_FUZZ"] != nil {
  let fuzzed = [
    "MQTTCodecTests": ["PacketFuzz.swift", "PacketText.swift", "PacketWords.swift"],
    "MQTTSNCodecTests": ["MessageFuzz.swift", "Describing.swift"],
    "SerialFramingTests": ["LineFuzz.swift", "SerialLine.swift"],
    "MQTTLinkTests": ["ConnectionFuzz.swift", "FuzzedBroker.swift"],
    "WebSocketTests": ["FrameFuzz.swift", "UpgradeFuzz.swift", "Frames.swift"],
    "ProxyProtocolTests": ["ProxyFuzz.swift"],
    "ConfigurationFileTests": ["ConfigurationFuzz.swift"],
    "AccessFilesTests": ["AccessFuzz.swift"],
    "LoginsTests": ["ScramFuzz.swift"],
    "MQTTBridgeTests": ["BridgeFuzz.swift", "BridgeScene.swift"],
    "JSONReadingTests": ["ControlFuzz.swift"],
    "BrokerCoreTests": [
      "WalkFuzz.swift", "Choices.swift", "WalkNames.swift", "WalkWords.swift", "Told.swift",
      "RandomWalk.swift", "RandomWalk+Comparing.swift", "RandomWalk+Connecting.swift",
      "RandomWalk+Listening.swift", "RandomWalk+Subscribing.swift", "Model.swift",
      "Model+Publishing.swift", "Model+Retaining.swift", "Model+Settling.swift",
      "Model+Subscribing.swift", "ModelSession.swift",
    ],
  ]
  package.targets = package.targets.compactMap { target in
    target.type == .test ? fuzzed[target.name].map { .fuzzed(target, $0) } : target
  }
  package.targets.append(
    .driver(
      "FuzzDriver",
      uses: [
        "MQTTCodecTests", "MQTTSNCodecTests", "SerialFramingTests", "MQTTLinkTests",
        "BrokerCoreTests", "WebSocketTests", "ProxyProtocolTests", "ConfigurationFileTests",
        "AccessFilesTests", "LoginsTests", "MQTTBridgeTests", "JSONReadingTests",
      ]))
}

extension SwiftSetting {
  /// Views are `~Escapable`; `Lifetimes` is all they need, on the host and on the microcontroller.
  static let house: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"), .enableUpcomingFeature("ExistentialAny"),
  ]
}

extension Target {
  static func embedded(_ name: String, uses: [String] = []) -> Target {
    floor("Embedded", name, uses)
  }
  static func core(_ name: String, uses: [String] = []) -> Target { floor("Core", name, uses) }
  static func io(_ name: String, uses: [String] = []) -> Target { floor("IO", name, uses) }
  static func tool(_ name: String, uses: [String] = []) -> Target { floor("Tools", name, uses) }

  static func executableTool(_ name: String, uses: [String]) -> Target {
    .executableTarget(
      name: name, dependencies: uses.map { .init(stringLiteral: $0) },
      path: "Sources/Tools/\(name)", swiftSettings: SwiftSetting.house)
  }

  /// A target of headers only: what Swift cannot import from the system's headers by itself.
  static func shim(_ name: String) -> Target {
    .systemLibrary(name: name, path: "Sources/IO/\(name)")
  }

  static func tests(_ floor: String, _ module: String, uses: [String] = []) -> Target {
    .testTarget(
      name: "\(module)Tests", dependencies: ([module] + uses).map { .init(stringLiteral: $0) },
      path: "Tests/\(floor)/\(module)Tests", swiftSettings: SwiftSetting.house)
  }

  /// What tests of several modules share.
  static func support(_ name: String) -> Target {
    .target(name: name, path: "Tests/Support/\(name)", swiftSettings: SwiftSetting.house)
  }

  /// Some files of a test target as a library.
  static func fuzzed(_ tests: Target, _ files: [String]) -> Target {
    .target(
      name: tests.name, dependencies: tests.dependencies, path: tests.path, sources: files,
      swiftSettings: SwiftSetting.house)
  }

  /// The executable around fuzz targets.
  static func driver(_ name: String, uses: [String]) -> Target {
    .executableTarget(
      name: name, dependencies: uses.map { .init(stringLiteral: $0) }, path: "Tests/Fuzz/\(name)",
      swiftSettings: SwiftSetting.house)
  }

  private static func floor(_ floor: String, _ name: String, _ uses: [String]) -> Target {
    .target(
      name: name, dependencies: uses.map { .init(stringLiteral: $0) },
      path: "Sources/\(floor)/\(name)", swiftSettings: SwiftSetting.house)
  }
}
