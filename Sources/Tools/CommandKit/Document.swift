/// A manual page about something else than a command: a file that a command reads.
public struct Document: Sendable {
  /// One thing that there is to tell of.
  public struct Row: Sendable {
    /// What it is.
    public let heading: String
    /// A sentence or more about it.
    public let text: String

    /// A row of the page.
    public init(_ heading: String, _ text: String) {
      self.heading = heading
      self.text = text
    }
  }

  /// The page's name.
  public let name: String
  /// The number of the manual's section: 5 for files.
  public let section: Int
  /// One line without a full stop.
  public let summary: String
  /// The paragraphs in front of the rows.
  public let about: [String]
  /// The heading of the rows.
  public let title: String
  /// What there is to tell.
  public let rows: [Row]

  /// A page.
  public init(
    _ name: String, section: Int, summary: String, about: [String], title: String, rows: [Row]
  ) {
    self.name = name
    self.section = section
    self.summary = summary
    self.about = about
    self.title = title
    self.rows = rows
  }
}
