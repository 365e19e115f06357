import AccessFiles
import CArgon2

extension Argon2Cost {
  /// What Argon2id, version 1.3, gives [RFC 9106]; nil where it failed, for want of memory. All of it on the
  /// calling thread.
  func digest(of password: [UInt8], _ salt: [UInt8], count: Int) -> [UInt8]? {
    var (password, salt) = (password, salt)
    var digest = [UInt8](repeating: 0, count: count)
    let status = password.withUnsafeMutableBufferPointer { password in
      salt.withUnsafeMutableBufferPointer { salt in
        digest.withUnsafeMutableBufferPointer { hash(password, salt, into: $0) }
      }
    }
    return status == ARGON2_OK.rawValue ? digest : nil
  }

  private func hash(
    _ password: UnsafeMutableBufferPointer<UInt8>, _ salt: UnsafeMutableBufferPointer<UInt8>,
    into digest: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 {
    var context = argon2_context()
    context.out = digest.baseAddress
    context.outlen = UInt32(clamping: digest.count)
    context.pwd = password.baseAddress
    context.pwdlen = UInt32(clamping: password.count)
    context.salt = salt.baseAddress
    context.saltlen = UInt32(clamping: salt.count)
    context.t_cost = UInt32(clamping: passes)
    context.m_cost = UInt32(clamping: memory)
    context.lanes = UInt32(clamping: lanes)
    context.threads = 1
    context.version = ARGON2_VERSION_13.rawValue
    return argon2_ctx(&context, Argon2_id)
  }
}
