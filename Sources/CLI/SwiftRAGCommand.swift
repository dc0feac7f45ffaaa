import ArgumentParser

@main
struct SwiftRAGCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "swiftrag")
}
