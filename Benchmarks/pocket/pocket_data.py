"""Generated passages, questions and cited answers in the exact form of swiftrag's RAG prompt.

Every fact connects an invented name with a value. Nothing can be known beforehand, so a model can
only answer by finding the sentence with the right name and copying from it. Names whose checksum is
a multiple of eight never occur in training; they are held out.
"""

import random
import zlib

INSTRUCTION = (
    "Answer the question from the passages below and from nothing else. After each sentence give the "
    "number of the passage that it comes from in square brackets, like [1]. If the passages do not "
    "answer the question, say so.")
REFUSAL = "The passages do not answer the question."

ONSETS = "B D F G H J K L M N P R S T V W Br Dr Gr Kr Tr St Sk Fl Gl Sl Ch Sh Th".split()
VOWELS = "a e i o u".split()
CODAS = ["", "", "", "n", "r", "l", "s", "m", "k", "t", "nd", "rn", "lk", "st"]
COLOURS = ("red blue green white black yellow grey brown silver golden purple orange pink violet "
           "copper ivory").split()
MATERIALS = "oak steel glass copper slate granite brass linen leather clay marble pine iron wool".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = ("January February March April May June July August September October November "
          "December").split()
ROOMS = ("the cellar|the north tower|the garden house|the second floor|the reading room|the main hall|"
         "the old mill|the east wing|the workshop|the upper gallery|the boat shed|the attic").split("|")
FOODS = ("rye bread|pear jam|goat cheese|smoked trout|plum cake|lentil soup|honey|apple juice|barley tea|"
         "chestnut flour|elderflower syrup|pickled beans").split("|")


def syllable(rng):
    return rng.choice(ONSETS).lower() + rng.choice(VOWELS) + rng.choice(CODAS)


def invented(rng, held_out):
    """A name of two or three syllables, of the training or of the held-out half."""
    while True:
        name = "".join(syllable(rng) for _ in range(rng.choice([2, 2, 3]))).capitalize()
        if (zlib.crc32(name.encode()) % 8 == 0) == held_out:
            return name


def number(rng):
    return str(rng.choice([rng.randint(2, 99), rng.randint(100, 999), rng.randint(1000, 9999)]))


def price(rng):
    return f"{rng.randint(2, 180)} euros"


def clock(rng):
    return f"{rng.randint(5, 22)}:{rng.choice(['00', '15', '30', '45', '10', '50'])}"


def year(rng):
    return str(rng.randint(1712, 2024))


def date(rng):
    return f"{rng.randint(1, 28)} {rng.choice(MONTHS)}"


def person(rng, held_out=False):
    return invented(rng, held_out) + " " + invented(rng, held_out)


# A relation: the kinds of its subject, how its value is drawn, statements, questions. The first
# statement is the form of the answer. {n} is the subject with its kind, {v} the value.
RELATIONS = {
    "ticket": (["Museum", "Castle", "Theatre", "Garden"], price,
               ["A ticket for the {n} costs {v}.", "Visitors of the {n} pay {v} for a ticket.",
                "The price of a ticket for the {n} is {v}.", "Tickets for the {n} cost {v} each."],
               ["What does a ticket for the {n} cost?", "How much is a ticket for the {n}?",
                "What is the price of a ticket for the {n}?"]),
    "opens": (["Museum", "Library", "Bakery", "Market", "Station"], clock,
              ["The {n} opens at {v}.", "The doors of the {n} open at {v}.",
               "Every morning at {v} the {n} opens."],
              ["When does the {n} open?", "At what time does the {n} open?",
               "What is the opening time of the {n}?"]),
    "closes": (["Museum", "Library", "Bakery", "Market", "Station"], clock,
               ["The {n} closes at {v}.", "The doors of the {n} close at {v}.",
                "Every evening at {v} the {n} closes."],
               ["When does the {n} close?", "At what time does the {n} close?",
                "What is the closing time of the {n}?"]),
    "built": (["Bridge", "Castle", "Tower", "Mill", "Lighthouse"], year,
              ["The {n} was built in {v}.", "In {v} the {n} was built.",
               "Masons finished the {n} in {v}."],
              ["When was the {n} built?", "In which year was the {n} built?",
               "How old is the {n}?"]),
    "height": (["Tower", "Lighthouse", "Dam", "Mast", "Bridge"], lambda r: f"{r.randint(12, 320)} metres",
               ["The {n} is {v} high.", "With {v} of height the {n} is seen from afar.",
                "The height of the {n} is {v}."],
               ["How high is the {n}?", "What is the height of the {n}?"]),
    "founder": (["Society", "School", "Company", "Choir", "Library"], person,
                ["The {n} was founded by {v}.", "{v} founded the {n}.",
                 "The founder of the {n} is {v}."],
                ["Who founded the {n}?", "Who is the founder of the {n}?",
                 "By whom was the {n} founded?"]),
    "head": (["Society", "School", "Company", "Choir", "Hospital"], person,
             ["The head of the {n} is {v}.", "{v} leads the {n}.", "The {n} is led by {v}."],
             ["Who is the head of the {n}?", "Who leads the {n}?", "By whom is the {n} led?"]),
    "colour": (["Train", "Boat", "Flag", "Tram", "Bicycle"], lambda r: r.choice(COLOURS),
               ["The {n} is painted {v}.", "The colour of the {n} is {v}.",
                "People know the {n} by its {v} paint."],
               ["What colour is the {n}?", "What is the colour of the {n}?",
                "In which colour is the {n} painted?"]),
    "material": (["Door", "Table", "Bell", "Statue", "Roof"], lambda r: r.choice(MATERIALS),
                 ["The {n} is made of {v}.", "Its makers chose {v} for the {n}.",
                  "The material of the {n} is {v}."],
                 ["What is the {n} made of?", "Of which material is the {n}?"]),
    "members": (["Society", "Choir", "Club", "Company"], number,
                ["The {n} has {v} members.", "There are {v} members in the {n}.",
                 "Last year the {n} counted {v} members."],
                ["How many members has the {n}?", "How many members does the {n} have?",
                 "How large is the {n}?"]),
    "code": (["Server", "Locker", "Gate", "Safe", "Archive"], lambda r: str(r.randint(1000, 9999)),
             ["The code of the {n} is {v}.", "The {n} is opened with the code {v}.",
              "Enter {v} to open the {n}."],
             ["What is the code of the {n}?", "Which code opens the {n}?"]),
    "day": (["Market", "Club", "Choir", "Committee"], lambda r: r.choice(DAYS),
            ["The {n} meets on {v}.", "Every {v} the {n} meets.", "Meetings of the {n} are on {v}."],
            ["On which day does the {n} meet?", "When does the {n} meet?"]),
    "due": (["Report", "Payment", "Form", "Application"], date,
            ["The {n} is due on {v}.", "The {n} must arrive by {v}.",
             "The last day for the {n} is {v}."],
            ["When is the {n} due?", "By when must the {n} arrive?"]),
    "room": (["Archive", "Printer", "Telescope", "Piano", "Boiler"], lambda r: r.choice(ROOMS),
             ["The {n} stands in {v}.", "You find the {n} in {v}.", "In {v} stands the {n}."],
             ["Where does the {n} stand?", "Where is the {n}?", "In which place is the {n}?"]),
    "weight": (["Bell", "Engine", "Statue", "Anchor"], lambda r: f"{number(r)} kilograms",
               ["The {n} weighs {v}.", "The weight of the {n} is {v}.",
                "A scale showed {v} for the {n}."],
               ["How heavy is the {n}?", "What does the {n} weigh?", "What is the weight of the {n}?"]),
    "food": (["Inn", "Farm", "Bakery", "Market"], lambda r: r.choice(FOODS),
             ["The {n} is known for its {v}.", "The {n} sells {v}.", "Guests of the {n} praise its {v}."],
             ["What is the {n} known for?", "What does the {n} sell?"]),
    "lies": (["Village", "Lake", "Hut", "Harbour"], lambda r: invented(r, False) + " Valley",
             ["The {n} lies in the {v}.", "In the {v} lies the {n}.",
              "Walkers reach the {n} through the {v}."],
             ["Where does the {n} lie?", "In which valley lies the {n}?", "Where is the {n}?"]),
    "distance": (["Hut", "Station", "Harbour", "Village"], lambda r: f"{r.randint(2, 95)} kilometres",
                 ["The {n} is {v} from the town.", "From the town it is {v} to the {n}.",
                  "The way from the town to the {n} measures {v}."],
                 ["How far is the {n} from the town?", "What is the distance to the {n}?"]),
    "keeper": (["Lighthouse", "Archive", "Garden", "Hut"], person,
               ["The keeper of the {n} is {v}.", "{v} looks after the {n}.",
                "The {n} is in the care of {v}."],
               ["Who is the keeper of the {n}?", "Who looks after the {n}?"]),
    "warranty": (["Engine", "Printer", "Bicycle", "Telescope", "Pump"], lambda r: f"{r.randint(2, 60)} months",
                 ["The warranty of the {n} lasts {v}.", "For the {n} the warranty is {v}.",
                  "The maker gives {v} of warranty on the {n}."],
                 ["How long is the warranty of the {n}?", "How long does the warranty of the {n} last?"]),
}

FILLER = [
    "Please read this page to the end.", "More is said in the appendix.", "The rest has not changed.",
    "Questions go to the office.", "This notice replaces the older one.", "Dogs are welcome on a lead.",
    "The road is steep in winter.", "A map hangs at the entrance.", "Photographs are allowed.",
    "The committee has agreed to this.", "Bring warm clothes and good shoes.",
    "The list is checked once a year.", "Children must not go alone.", "Parking is free after noon.",
]
STEMS = ("notes guide report manual minutes rules letter plan catalogue list handbook journal leaflet "
         "archive register prices visit overview history contacts").split()
PLACES = [lambda r: f"line {r.randint(1, 90)}", lambda r: f"page {r.randint(1, 40)}",
          lambda r: (lambda a: f"lines {a}-{a + r.randint(1, 30)}")(r.randint(1, 80))]


class Fact:
    def __init__(self, rng, held_out, relation=None, subject=None):
        self.relation = relation or rng.choice(list(RELATIONS))
        kinds, value, self.statements, self.questions = RELATIONS[self.relation]
        self.subject = subject or f"{invented(rng, held_out)} {rng.choice(kinds)}"
        self.value = value(rng)

    def say(self, template):
        text = template.format(n=self.subject, v=self.value)
        return text[0].upper() + text[1:]

    def statement(self, rng):
        return self.say(rng.choice(self.statements))

    def answer(self, number):
        return self.say(self.statements[0])[:-1] + f" [{number}]."


def label(rng):
    stem = rng.choice(STEMS)
    if rng.random() < 0.5:
        stem = rng.choice(STEMS) + rng.choice("-_") + stem
    return f"{stem}.{rng.choice(['md', 'txt', 'pdf', 'html', 'docx'])}, {rng.choice(PLACES)(rng)}"


def user_turn(passages, question):
    """The user's turn; `passages` are pairs of label and text."""
    blocks = [f"<passage {i}: {name}>\n{text}\n</passage {i}>" for i, (name, text) in
              enumerate(passages, 1)]
    return "\n\n".join([INSTRUCTION, *blocks, f"Question: {question}"])


def example(rng, held_out=False, hardness=1.0):
    """One example: (passages, question, answer). `hardness` scales passages and sentences."""
    counts = [1, 2, 3, 4, 5]
    weights = [0.22, 0.3, 0.26, 0.12, 0.1] if hardness >= 1 else [0.6, 0.3, 0.1, 0, 0]
    passage_count = rng.choices(counts, weights)[0]
    sentences = 4 if hardness >= 1 else 2
    target = Fact(rng, held_out)
    facts = []
    for _ in range(passage_count):
        row = []
        for _ in range(rng.randint(1, sentences)):
            kind = rng.random()
            if kind < 0.25:
                row.append(Fact(rng, held_out, relation=target.relation))
            elif kind < 0.75:
                row.append(Fact(rng, held_out))
            else:
                row.append(rng.choice(FILLER))
        facts.append(row)
    # Another relation of the same subject, so that the name alone does not identify the sentence.
    kind = target.subject.split()[-1]
    others = [r for r, v in RELATIONS.items() if kind in v[0] and r != target.relation]
    if others and rng.random() < 0.3:
        row = rng.choice(facts)
        row.insert(rng.randint(0, len(row)),
                   Fact(rng, held_out, relation=rng.choice(others), subject=target.subject))
    refuses = rng.random() < 0.12
    where = rng.randrange(passage_count)
    if not refuses:
        facts[where].insert(rng.randint(0, len(facts[where])), target)
    passages = []
    for row in facts:
        said = [f if isinstance(f, str) else f.statement(rng) for f in row]
        passages.append((label(rng), rng.choice([" ", " ", "\n"]).join(said)))
    question = target.say(rng.choice(target.questions))
    return passages, question, REFUSAL if refuses else target.answer(where + 1)


def prompt_text(passages, question):
    """The text between BOS and the answer, in Mistral's template."""
    return f"[INST] {user_turn(passages, question)} [/INST]"


if __name__ == "__main__":
    passages, question, answer = example(random.Random(1), held_out=True)
    print(prompt_text(passages, question), answer)
