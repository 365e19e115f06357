import AccessFiles
import BridgeIO
import BrokerIO
import ConfigurationFile
import Reactor

/// An access file that cannot be used.
struct AccessProblem: Error, CustomStringConvertible {
  let description: String
}

/// What the files say that decide who gets in and what for, and how bridges show who they are.
struct AccessFileContents {
  let rules: AccessFileRules?
  let users: PasswordList?
  let tls: [TLSRules]
  let bridges: [BridgeSetup]

  /// Reads all of them, so that a wrong one changes nothing.
  init(_ configuration: Configuration) throws(AccessProblem) {
    if let fault = configuration.contradictions.first { throw AccessProblem(description: fault) }
    rules = try configuration.accessRules()
    users = try configuration.users()
    tls = try configuration.tlsRules()
    bridges = try configuration.bridgeSetups()
  }
}

extension Configuration {
  /// What clients may do, by the files that the configuration names; nil where everybody may do
  /// everything.
  func accessRules() throws(AccessProblem) -> AccessFileRules? {
    guard let aclFile else { return nil }
    let text = try Self.read(aclFile, as: "acl_file")
    do throws(AccessFileError) { return AccessFileRules(try AccessList(text: text)) } catch {
      throw AccessProblem(description: "acl_file \(aclFile), \(error).")
    }
  }

  /// The users; nil where there is no file of them.
  func users() throws(AccessProblem) -> PasswordList? {
    guard let passwordFile else { return nil }
    let text = try Self.read(passwordFile, as: "password_file")
    do throws(AccessFileError) { return try PasswordList(text: text) } catch {
      throw AccessProblem(description: "password_file \(passwordFile), \(error).")
    }
  }

  /// The secrets of TLS; none where there is no file of them.
  func sharedKeys() throws(AccessProblem) -> SharedKeyList? {
    guard let sharedKeyFile else { return nil }
    let text = try Self.read(sharedKeyFile, as: "psk_file")
    do throws(AccessFileError) { return try SharedKeyList(text: text) } catch {
      throw AccessProblem(description: "psk_file \(sharedKeyFile), \(error).")
    }
  }

  private static func read(_ path: String, as option: String) throws(AccessProblem) -> String {
    do throws(SystemError) { return try readTextFile(path) } catch {
      throw AccessProblem(description: "Unable to read \(option) \(path): \(error).")
    }
  }
}
