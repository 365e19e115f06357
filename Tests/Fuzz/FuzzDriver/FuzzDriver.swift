import AccessFilesTests
import BrokerCoreTests
import ConfigurationFileTests
import Glibc
import JSONReadingTests
import LoginsTests
import MQTTBridgeTests
import MQTTCodecTests
import MQTTLinkTests
import MQTTSNCodecTests
import ProxyProtocolTests
import SerialFramingTests
import WebSocketTests

// libFuzzer has the `main`. MARTLET_FUZZ_TARGET names the target.

private let target: @Sendable (_ octets: [UInt8]) throws -> Void = {
  switch getenv("MARTLET_FUZZ_TARGET").map({ String(cString: $0) }) {
  case "packet": fuzzPacket
  case "message": fuzzMessage
  case "line": fuzzLine
  case "connection": fuzzConnection
  case "walk": fuzzWalk
  case "frames": fuzzFrames
  case "upgrade": fuzzUpgrade
  case "proxy": fuzzProxy
  case "configuration": fuzzConfiguration
  case "access": fuzzAccess
  case "passwords": fuzzPasswords
  case "secrets": fuzzSecrets
  case "scram": fuzzScram
  case "bridge": fuzzBridge
  case "control": fuzzControl
  case let other:
    fatalError("MARTLET_FUZZ_TARGET is \(other ?? "not set")")
  }
}()

/// What libFuzzer calls for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try target(Array(UnsafeBufferPointer(start: start, count: count)))
  } catch {
    print("finding: \(error)")
    fflush(nil)
    abort()
  }
  return 0
}
