import AccessFiles
import BridgeIO
import BrokerIO
import ConfigurationFile
import DynamicSecurityIO
import Reactor

/// An access file that cannot be used.
struct AccessProblem: Error, CustomStringConvertible {
  let description: String
}

/// What the files say that decide who gets in and what for, and how bridges show who they are.
struct AccessFileContents {
  /// The rules of each `acl_file`, by its path.
  private(set) var rules: [String: AccessFileRules] = [:]
  /// The users of each `password_file`, by its path.
  private(set) var users: [String: PasswordList] = [:]
  /// The TLS of each listener that speaks it.
  let tls: [TLSRules]
  /// Those of the files of TLS, from before they were read.
  let stamps: FileStamps
  /// The bridges, ready to run.
  let bridges: [BridgeSetup]

  /// Reads all of them, so that a wrong one changes nothing.
  init(_ configuration: Configuration) throws(AccessProblem) {
    if let fault = configuration.contradictions.first { throw AccessProblem(description: fault) }
    stamps = FileStamps(configuration.watchedFiles)
    tls = try configuration.tlsRules()
    bridges = try configuration.bridgeSetups()
    for security in configuration.securities {
      if let path = security.aclFile, rules[path] == nil { rules[path] = try Self.rules(path) }
      if let path = security.passwordFile, users[path] == nil { users[path] = try Self.users(path) }
    }
  }

  private static func rules(_ path: String) throws(AccessProblem) -> AccessFileRules {
    let text = try readAccessFile(path, as: "acl_file")
    do throws(AccessFileError) { return AccessFileRules(try AccessList(text: text)) } catch {
      throw AccessProblem(description: "acl_file \(path), \(error).")
    }
  }

  private static func users(_ path: String) throws(AccessProblem) -> PasswordList {
    let text = try readAccessFile(path, as: "password_file")
    do throws(AccessFileError) { return try PasswordList(text: text) } catch {
      throw AccessProblem(description: "password_file \(path), \(error).")
    }
  }
}

extension Configuration {
  /// The file of dynamic security; nil where that is not used.
  var dynamicSecurity: SecurityFile? {
    securityFile.map { SecurityFile(path: $0, firstPasswordFile: firstPasswordFile) }
  }
}

extension SecuritySettings {
  /// The secrets of TLS; none where there is no file of them.
  func sharedKeys() throws(AccessProblem) -> SharedKeyList? {
    guard let sharedKeyFile else { return nil }
    let text = try readAccessFile(sharedKeyFile, as: "psk_file")
    do throws(AccessFileError) { return try SharedKeyList(text: text) } catch {
      throw AccessProblem(description: "psk_file \(sharedKeyFile), \(error).")
    }
  }
}

private func readAccessFile(_ path: String, as option: String) throws(AccessProblem) -> String {
  do throws(SystemError) { return try readTextFile(path) } catch {
    throw AccessProblem(description: "Unable to read \(option) \(path): \(error).")
  }
}
