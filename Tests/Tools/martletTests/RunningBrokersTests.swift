import Testing

@testable import martlet

/// Which processes `martlet signal -a` is for.
@Suite struct RunningBrokersTests {
  @Test(arguments: [
    ["mosquitto"], ["/usr/sbin/mosquitto", "-c", "x"], ["martlet", "run"],
    ["/usr/bin/martlet", "run", "-c", "x"],
  ])
  func `a broker is known by its command line`(_ words: [String]) {
    #expect(isBroker(commandLine: words))
  }

  @Test(arguments: [
    [], ["martlet"], ["martlet", "sub", "-t", "run"], ["mosquitto_sub"], ["sh", "mosquitto"],
    ["vi", "martlet", "run"], [""],
  ])
  func `others are left alone`(_ words: [String]) { #expect(!isBroker(commandLine: words)) }
}
