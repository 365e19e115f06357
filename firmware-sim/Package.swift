// swift-tools-version: 6.2
import PackageDescription

// The sensor node for emulated boards, from the very sources of the Embedded floor. A board is
// built by its toolset: `firmware-sim/build` knows how.

let package = Package(
  name: "firmware-sim",
  products: [
    .executable(name: "node-microbit", targets: ["microbit"]),
    .executable(name: "node-mps2-an386", targets: ["mps2-an386"]),
  ],
  dependencies: [.package(name: "martlet", path: "..")],
  targets: [
    .systemLibrary(name: "CCortexM", path: "Boards/CCortexM"),
    .target(
      name: "CortexM", dependencies: ["CCortexM"], path: "Boards/CortexM", exclude: ["sections.ld"],
      swiftSettings: SwiftSetting.house),
    .target(
      name: "Node",
      dependencies: [
        .product(name: "WireBytes", package: "martlet"),
        .product(name: "MQTTTerms", package: "martlet"),
        .product(name: "SerialFraming", package: "martlet"),
        .product(name: "MQTTSNClient", package: "martlet"),
      ],
      swiftSettings: SwiftSetting.house),
    // What no image has, compiled for the same proof.
    .target(
      name: "ClientProof",
      dependencies: [
        .product(name: "MQTTTerms", package: "martlet"),
        .product(name: "MQTTCodec", package: "martlet"),
        .product(name: "MQTTClient", package: "martlet"),
        .product(name: "MQTTSNClient", package: "martlet"),
        .product(name: "SerialFraming", package: "martlet"),
      ],
      swiftSettings: SwiftSetting.house),
    .board("microbit"),
    .board("mps2-an386"),
  ]
)

extension SwiftSetting {
  static let house: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]
}

extension Target {
  /// An image: vector table, UART and the node, linked by the board's script.
  static func board(_ name: String) -> Target {
    .executableTarget(
      name: name,
      dependencies: ["CortexM", "Node", .product(name: "MQTTTerms", package: "martlet")],
      path: "Boards/\(name)", exclude: ["\(name).ld"], swiftSettings: SwiftSetting.house)
  }
}
