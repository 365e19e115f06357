import ConfigurationFile
import Testing

@Suite struct StorageDirectivesTests {
  private func notices(_ text: String) throws -> [String] {
    try Configuration(text: text, file: "a.conf").notices
  }

  @Test func `whoever asks for storage is told once that there is none`() throws {
    let all = """
      persistence true
      retained_persistence true
      persistence_file x.db
      persistence_location /var/lib/x/
      autosave_interval 60
      autosave_on_changes true
      """
    let lines = try notices(all)
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("The persistence option has no effect") == true)
  }

  @Test func `who asks for none is told nothing`() throws {
    #expect(try notices("persistence false\npersistence_location /x/").isEmpty)
    #expect(try notices("").isEmpty)
  }
}
