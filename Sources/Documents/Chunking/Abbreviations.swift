/// Abbreviations whose full stop does not always end a sentence, in fourteen languages.
///
/// The language of a text is not known, so all tables apply to all texts. An abbreviation that is a
/// common word of another language is left out, or counts only before a number.
enum Abbreviations {
  /// The kinds, by the text that follows where the sentence goes on.
  enum Kind {
    /// Usually a name: titles, and abbreviations that cannot end a sentence.
    case beforeNames
    /// A number: "No. 5". Many of these are words as well.
    case beforeNumbers
    /// A small letter or a number, because these are words as well ("he sat."). After a number ("20 Min.
    /// Fußweg") they are abbreviations, as the next kind.
    case beforeSmallLetters
    /// Anything but a word that usually begins a sentence, such as "The".
    case beforeAnything
  }

  /// The kind of a word in lower case without its last full stop; nil for other words.
  static func kind(of word: String) -> Kind? { kinds[word] }

  private static let kinds: [String: Kind] = {
    var kinds: [String: Kind] = [:]
    for (kind, list) in lists {
      for word in list.split(whereSeparator: \.isWhitespace) { kinds[String(word)] = kind }
    }
    return kinds
  }()

  private static let lists: [(Kind, String)] = [
    (
      .beforeNames,
      // English
      """
      mr mrs ms messrs mx dr prof rev hon gen col capt cmdr lt maj sgt cpl adm gov sen rep pres supt
      insp det amb atty mt e.g i.e cf vs viz approx incl excl ph.d
      """
    ),
    (
      .beforeNames,
      // German
      """
      hr fr frl dipl ing univ z.b z.t d.h u.a u.ä o.ä o.g u.u i.d.r i.a i.v s.o s.u v.a bzw ggf evtl
      vgl bzgl inkl exkl zzgl abzgl ca sog geb gest verh mio mrd tsd jh jhd bspw einschl ehem gem lt
      hrsg zit
      """
    ),
    (
      .beforeNames,
      // French, Spanish, Portuguese, Italian
      """
      mme mmes mlle mgr p.ex c.-à-d env janv févr juil ste sr sra sres srta dra d.ª dña ud uds vd
      p.ej núm pág págs avda aprox exmo exma n.º n.ª sig sig.ra sigg dott dott.ssa avv geom
      """
    ),
    (
      .beforeNames,
      // Dutch, Danish, Norwegian, Swedish, Polish, Czech, Russian
      """
      dhr mevr mw drs bijv d.w.z o.a m.b.t t.a.v i.p.v t.ex bl.a d.v.s dvs f.eks f.d kl m.in np ul tzn
      tj tzw inż św tys mln mld např tzv č ул г т.е т.к руб тыс млн млрд стр проф
      """
    ),
    (
      .beforeNumbers,
      """
      no nos nr fig figs eq eqs sec ch vol vols pt par art ref refs tab app pp p pg bk ed eds abs kap abb рис
      bd anm ziff rn rz s.v chap éd n° n nº cap tav blz afb hfdst str rozdz poz гл с §
      """
    ),
    (
      .beforeSmallLetters,
      """
      al tel fax mar sat sun wed mon thu fri tue dec min max dept est std sek stk usw etc enz itd itp ecc osv m.m др
      т.д т.п jf
      """
    ),
    (
      .beforeAnything,
      """
      u.s u.k e.u u.n u.s.a d.c a.m p.m b.c a.d inc ltd corp bros co plc llc jr st ft jan feb apr jun jul
      aug sept sep oct nov dez okt b.a m.a ave blvd rd ee.uu
      """
    ),
  ]
}

/// Words that usually begin a sentence where they are capitalised, so that the full stop before them
/// ends one.
enum SentenceStarters {
  /// In lower case: articles, pronouns, conjunctions and question words.
  static let words = Set(
    """
    the a an this that these those it its he she they we i you his her their our my your there here
    how what when where who why which if but and so or yet however although because since while after
    before then thus also in on at as for with from by to not no some many most all each every one
    is are was were do does did can could will would please let
    der die das den dem des ein eine einer eines einem einen dieser diese dieses er sie es wir ihr ich
    man und aber oder doch denn wenn weil da dann danach dort hier wer was wann wo warum wie im in am
    bei mit nach von zu für auf aus ab seit jede jeder jedes alle viele kein keine
    le la les un une des il elle ils elles nous vous je ce cette ces et mais ou si dans pour avec
    el los las una uno unos y pero en con para por este esta esto il lo gli i una e ma nel per con
    o os as um uma de het een hij zij wij dit dat en maar
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}

/// Ordinals that are written with a full stop, as in German, the Nordic languages, Czech and Polish.
enum Ordinals {
  /// Words before an ordinal, in lower case.
  static let leaders: Set<String> = Set(
    """
    am der die das den dem des vom zum zur im bis ab seit jeder jeden jedem jedes jeweils dieser unser
    sein ihr sein und beim ins als erste den det d dne od do dnia od
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  /// Words after an ordinal: months and periods.
  static let followers: Set<String> = Set(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember
    jahrhundert jahrhunderts jahrhunderte werktag werktags tag tages monat monats stock stockwerk
    etage klasse lebensjahr geburtstag auflage kapitel weltkrieg weltkriegs quartal halbjahr
    januari februari mars maj augusti ledna února března dubna května června července srpna září října
    listopadu prosince stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października
    listopada grudnia stoletia století wieku etasje århundre århundrede
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
