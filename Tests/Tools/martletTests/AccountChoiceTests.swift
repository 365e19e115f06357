import Reactor
import Testing

@testable import martlet

/// As whom a daemon runs that root has started.
@Suite struct AccountChoiceTests {
  private func choice(
    _ option: String?, _ environment: [String: String] = [:]
  ) throws -> AccountChoice {
    try AccountChoice(option: option) { environment[$0] }
  }

  @Test func `without a word it is the first that exists of three`() throws {
    #expect(try choice(nil).names == ["martlet", "mosquitto", "nobody"])
  }

  @Test func `Mosquitto's user may be missing, another may not`() throws {
    #expect(try choice("mosquitto").names == ["mosquitto", "nobody"])
    #expect(throws: SystemError.self) { try choice("no such user").account() }
  }

  @Test func `numbers of the environment go before names`() throws {
    let account = try choice("root", ["PUID": "4321", "PGID": "7"]).account()
    #expect(account.user == 4321 && account.group == 7 && "\(account)" == "4321")
    #expect(try choice("root", ["PGID": "7"]).account().group == 7)
  }

  @Test(arguments: ["", "-1", "4294967295", "root", "1 "])
  func `a number that is none is an error`(_ text: String) {
    #expect(throws: SystemError.self) { try choice(nil, ["PUID": text]) }
    #expect(throws: SystemError.self) { try choice(nil, ["PGID": text]) }
  }
}
