import AccessFiles
import BrokerIO
import ConfigurationFile
import Reactor
import TLS

extension Configuration {
  /// The TLS of each listener that speaks it, in their order; reads the files.
  func tlsRules() throws(AccessProblem) -> [TLSRules] {
    var rules: [TLSRules] = []
    for listener in listeners where listener.tls.isSpoken {
      var settings = TLSSettings(listener.tls, try security(of: listener).sharedKeys())
      settings.keyLogFile = keyLogFile
      do throws(SystemError) {
        rules.append(TLSRules(try TLSContext(server: settings), identity: .init(listener.tls)))
      } catch {
        throw AccessProblem(description: "Unable to \(error) (listener on port \(listener.port)).")
      }
    }
    return rules
  }
}

extension TLSSettings {
  fileprivate init(_ tls: ListenerTLS, _ keys: SharedKeyList?) {
    self.init()
    certificateFile = tls.certificateFile
    keyFile = tls.keyFile
    authorityFile = tls.authorityFile
    authorityFolder = tls.authorityFolder
    revocationFile = tls.revocationFile
    ciphers = tls.ciphers
    ciphersuites = tls.ciphersuites
    parameterFile = tls.parameterFile
    leastVersion = tls.leastVersion == .tls13 ? .tls13 : .tls12
    requiresCertificate = tls.requiresCertificate || tls.usesIdentity || tls.usesSubject
    ignoresDates = tls.ignoresDates
    guard let hint = tls.sharedKeyHint else { return }
    self.hint = hint
    sharedKeys = keys?.keys ?? [:]
  }
}

extension TLSRules.Identity {
  fileprivate init(_ tls: ListenerTLS) {
    if tls.usesIdentity {
      self = tls.sharedKeyHint == nil ? .commonName : .sharedIdentity
    } else {
      self = tls.usesSubject ? .subject : .none
    }
  }
}
