import Bytes

/// Reads Word, Excel and PowerPoint files of before 2007 by converting them with LibreOffice, where
/// it is installed.
///
/// `soffice` runs in a process of its own with limits on time and memory, in a temporary folder with
/// a copy of the file and a profile of its own: macros are off, links are not followed, and a proxy
/// that does not exist keeps it from the network.
struct OldOfficeReader {
  /// A kind of old file, and what it is converted to.
  struct Kind: Sendable {
    let type: DocumentType
    /// The file name extension of the old format.
    let fileExtension: String
    let target: DocumentType
    let debianPackage: String
  }

  private let source: DocumentSource
  private let kind: Kind

  private static let tool = "soffice"

  init(_ source: DocumentSource, kind: Kind) {
    self.source = source
    self.kind = kind
  }

  /// Whether a file is an OLE file with one of several streams.
  static func hasStream(_ bytes: [UInt8], _ names: String...) -> Bool {
    guard bytes.first == 0xD0, let directory = OLEDirectory(bytes) else { return false }
    return names.contains { directory.names.contains($0) }
      && !directory.names.contains("EncryptedPackage")
  }

  /// Converts and reads the file.
  ///
  /// - Throws: `.toolMissing`, `.timedOut`, `.toolFailed`, and what the reader of the new format
  ///   throws.
  func read() throws(DocumentError) -> ExtractedDocument {
    guard let program = ChildProcess.find(Self.tool) else {
      throw .toolMissing(path: source.path, tool: Self.tool, debianPackage: kind.debianPackage)
    }
    guard let folder = TemporaryFolder(prefix: "swiftrag-office") else {
      throw failure("no temporary folder can be made; set TMPDIR to a folder that can be written")
    }
    let input = "document." + kind.fileExtension
    guard folder.write(source.contents, to: input), folder.makeFolder("profile"),
      folder.makeFolder("profile/user"),
      folder.write(Array(Self.settings.utf8), to: "profile/user/registrymodifications.xcu")
    else { throw failure("the temporary folder '\(folder.path)' cannot be written") }
    try convert(program, input: "\(folder.path)/\(input)", folder: folder.path)
    let output = "\(folder.path)/document." + (kind.target.fileExtensions.first ?? "")
    let contents: [UInt8]
    do throws(DocumentError) {
      contents = try FileContents.read(path: output, limit: source.limits.maximumFileByteCount)
    } catch {
      throw .damaged(
        path: source.path, type: kind.type, reason: "'\(Self.tool)' could not convert it")
    }
    let copy = DocumentSource(contents: contents, path: output, limits: source.limits)
    do throws(DocumentError) {
      let document = try kind.target.read(copy)
      // They are parts of the copy, which is gone when they are read.
      let extensions = kind.target.fileExtensions
      let warning =
        "\(document.pictures.count) picture(s) were left out; "
        + "save the document as .\(extensions.first ?? "docx") to have them"
      return document.retyped(
        as: kind.type, warnings: document.pictures.isEmpty ? [] : [warning], keepsPictures: false)
    } catch {
      throw .damaged(
        path: source.path, type: kind.type, reason: "after conversion it \(error.reason)")
    }
  }

  private func convert(
    _ program: String, input: String, folder: String
  ) throws(DocumentError) {
    let arguments = [
      program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
      "--nofirststartwizard", "-env:UserInstallation=file://\(folder)/profile", "--convert-to",
      kind.target.fileExtensions.first ?? "", "--outdir", folder, input,
    ]
    let environment = [
      "HOME": folder, "TMPDIR": folder, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
    ]
    let result: ChildProcess.Result
    do throws(ChildProcess.Failure) {
      result = try ChildProcess.run(
        .init(
          arguments, environment: environment,
          limits: .init(
            outputByteCount: 1 << 20, seconds: source.limits.toolSeconds,
            addressSpaceByteCount: source.limits.toolAddressSpaceByteCount,
            cpuSeconds: source.limits.toolSeconds)))
    } catch {
      switch error {
      case .timedOut:
        throw .timedOut(path: source.path, tool: Self.tool, seconds: source.limits.toolSeconds)
      case .outputTooLarge: throw failure("it printed more than 1 MiB")
      case .cannotRun(let reason): throw failure(reason)
      case .cancelled: throw failure("cancelled")
      }
    }
    guard case .exited(0) = result.ending else {
      throw failure(result.lastMessage ?? "it ended without a message")
    }
  }

  private func failure(_ reason: String) -> DocumentError {
    .toolFailed(path: source.path, tool: Self.tool, reason: reason)
  }

  /// The settings of the profile: no macros, no links to files elsewhere, no network.
  private static let settings = """
    <?xml version="1.0" encoding="UTF-8"?>
    <oor:items xmlns:oor="http://openoffice.org/2001/registry"
      xmlns:xs="http://www.w3.org/2001/XMLSchema"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    <item oor:path="/org.openoffice.Office.Common/Security/Scripting">
    <prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
    <item oor:path="/org.openoffice.Office.Common/Security/Scripting">
    <prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
    <item oor:path="/org.openoffice.Inet/Settings">
    <prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
    <item oor:path="/org.openoffice.Inet/Settings">
    <prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
    <item oor:path="/org.openoffice.Inet/Settings">
    <prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
    <item oor:path="/org.openoffice.Inet/Settings">
    <prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
    <item oor:path="/org.openoffice.Inet/Settings">
    <prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
    </oor:items>
    """
}
