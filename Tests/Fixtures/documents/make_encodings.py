#!/usr/bin/env python3
"""Writes encodings.json: sentences in the encodings of their languages, by Python's own codecs.

Each row has the text, its bytes in base64, the name of the encoding that is to be found, and whether
it is short enough to be doubtful. Run it from anywhere; standard library only.
"""

import base64
import json
import pathlib

LONG = {
    "zh": "码头开放时间是早上八点。渡轮票价为十二元，孩子免费。周日没有渡轮。",
    "zh-TW": "碼頭早上八點開放。渡輪票價為十二元，孩子免費。星期日沒有渡輪，請看公告。",
    "ja": "港は朝八時に開きます。切符の値段は五百円です。日曜日は船がありません。",
    "ko": "항구는 여덟 시에 엽니다. 요금은 천 원입니다. 일요일에는 배가 없습니다.",
    "ru": "Пристань открыта с восьми утра. Билет на паром стоит двенадцать рублей.",
    "uk": "Пристань відкрита з восьмої ранку. Квиток коштує дванадцять гривень, їжа окремо.",
    "pl": "Przystań jest otwarta od ósmej rano. Bilet kosztuje dwanaście złotych, a żeglarze płacą mniej.",
    "cs": "Přístav je otevřen od osmi hodin ráno. Jízdenka stojí dvanáct korun, děti platí méně.",
    "tr": "Liman saat sekizde açılır, ücret on iki liradır; şoför Işık Ağa bekler.",
    "el": "Το λιμάνι ανοίγει στις οκτώ το πρωί. Το εισιτήριο κοστίζει δώδεκα ευρώ.",
    "he": "הנמל נפתח בשמונה בבוקר. הכרטיס עולה שנים עשר שקלים.",
    "ar": "يفتح الميناء في الثامنة صباحا. ثمن التذكرة اثنا عشر درهما.",
    "th": "ท่าเรือเปิดแปดโมงเช้า ค่าโดยสารสิบสองบาท",
    "de": "Die Fähre fährt täglich außer sonntags. Die Gebühr beträgt zwölf Kronen für größere Boote.",
    "fr": "Le café est fermé à midi, l'été comme l'hiver. Où est la clé du phare ?",
    "es": "El puerto abre a las ocho de la mañana. ¿Cuánto cuesta? Doce coronas, niños gratis.",
    "en": "The café opens at eight – “sharp”. It costs 5 € a day.",
}
SHORT = {"en": "The café opens at eight.", "es": "Los niños entran gratis.", "fr": "Où est la clé ?"}

# The language, Python's codec, and the encoding that is to be found.
ROWS = [
    ("zh", "gb2312", "gb18030"), ("zh", "gb18030", "gb18030"), ("zh-TW", "big5", "Big5"),
    ("ja", "cp932", "Shift_JIS"), ("ja", "euc-jp", "EUC-JP"), ("ja", "iso2022_jp", "ISO-2022-JP"),
    ("ko", "cp949", "EUC-KR"), ("ru", "cp1251", "windows-1251"), ("ru", "koi8-r", "KOI8-R"),
    ("ru", "cp866", "IBM866"), ("ru", "iso8859-5", "ISO-8859-5"), ("uk", "koi8-u", "KOI8-U"),
    ("ru", "mac-cyrillic", "x-mac-cyrillic"), ("uk", "cp1251", "windows-1251"),
    ("pl", "cp1250", "windows-1250"), ("pl", "iso8859-2", "ISO-8859-2"), ("pl", "cp852", "IBM852"),
    ("cs", "cp1250", "windows-1250"), ("tr", "cp1254", "windows-1254"),
    ("el", "iso8859-7", "ISO-8859-7"), ("he", "cp1255", "windows-1255"),
    ("ar", "cp1256", "windows-1256"), ("th", "cp874", "windows-874"), ("de", "cp1252", "windows-1252"),
    ("fr", "cp1252", "windows-1252"), ("es", "cp1252", "windows-1252"), ("en", "cp1252", "windows-1252"),
    ("zh", "utf-16-le", "UTF-16LE"), ("zh", "utf-16-be", "UTF-16BE"), ("ru", "utf-16-le", "UTF-16LE"),
    ("ar", "utf-16-be", "UTF-16BE"), ("ja", "utf-16-le", "UTF-16LE"), ("ko", "utf-16-be", "UTF-16BE"),
    ("th", "utf-16-le", "UTF-16LE"), ("el", "utf-16-le", "UTF-16LE"), ("de", "utf-16-be", "UTF-16BE"),
]


def row(name, text, data, encoding):
    return {
        "name": name, "text": text, "bytes": base64.b64encode(data).decode(), "encoding": encoding,
    }


def main():
    rows = [
        row(f"{language} in {codec}", LONG[language] + "\n", (LONG[language] + "\n").encode(codec), found)
        for language, codec, found in ROWS
    ]
    for language, text in SHORT.items():
        rows.append(row(f"short {language}", text, text.encode("cp1252"), "windows-1252"))
    for language in ("de", "ru", "zh", "en"):
        # What a program writes that takes UTF-8 for Windows-1252; it keeps the five bytes without a
        # character there as control characters.
        twice = "".join(
            bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in LONG[language].encode()
        )
        rows.append(row(f"{language} encoded twice", LONG[language], twice.encode(), "UTF-8 encoded twice"))
    path = pathlib.Path(__file__).resolve().parent / "encodings.json"
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
